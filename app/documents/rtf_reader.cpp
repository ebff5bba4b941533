// Rich Text Format: the characters and paragraphs; pictures, fonts, styles and fields' instructions are left
// out.
#include "app/documents/document_builder.h"
#include "app/documents/readers.h"
#include "app/documents/text_cleaner.h"

#include <algorithm>
#include <array>
#include <iconv.h>
#include <QString>
#include <utility>
#include <vector>

namespace lectern {

namespace {

constexpr std::size_t kMaxGroups = 1000;

// Groups whose text is not the document's.
constexpr auto kHidden = std::to_array<std::string_view>(
    {"author",  "colortbl",          "datastore", "fldinst",    "fonttbl", "footer",  "footerf",
     "footerl", "footerr",           "generator", "header",     "headerf", "headerl", "headerr",
     "info",    "listoverridetable", "listtable", "nonshppict", "object",  "pict",    "revtbl",
     "rsidtbl", "stylesheet",        "themedata", "xmlnstbl"});

struct Replacement {
    std::string_view word;
    std::string_view text;
};
constexpr auto kReplacements = std::to_array<Replacement>({{"par", "\n"},
                                                           {"line", "\n"},
                                                           {"sect", "\n\n"},
                                                           {"page", "\n\n"},
                                                           {"row", "\n"},
                                                           {"cell", " | "},
                                                           {"tab", "\t"},
                                                           {"emdash", "\u2014"},
                                                           {"endash", "\u2013"},
                                                           {"bullet", "\u2022"},
                                                           {"lquote", "\u2018"},
                                                           {"rquote", "\u2019"},
                                                           {"ldblquote", "\u201C"},
                                                           {"rdblquote", "\u201D"}});

class RtfText {
public:
    explicit RtfText(std::string_view rtf) : m_rtf(rtf) {}

    // False if the braces do not match or nest too deep.
    bool read(const CancelToken& cancel)
    {
        std::size_t steps = 0;
        while (m_at < m_rtf.size()) {
            if (++steps % 65536 == 0 && cancel.isCancelled())
                return true;
            const char c = m_rtf[m_at++];
            if (c == '{') {
                m_groups.push_back(m_groups.empty() ? Group{} : m_groups.back());
                if (m_groups.size() > kMaxGroups)
                    return false;
            } else if (c == '}') {
                flushBytes();
                if (m_groups.empty())
                    return false;
                m_groups.pop_back();
                if (m_groups.empty())
                    break;
            } else if (c == '\\') {
                readControl();
            } else if (c != '\r' && c != '\n') {
                addByte(c);
            }
        }
        flushBytes();
        return m_groups.empty();
    }

    std::string take() { return std::move(m_text); }

private:
    struct Group {
        bool hidden = false;
        int unicodeSkip = 1; // characters after \u that repeat it for old readers
    };

    bool hidden() const { return m_groups.empty() || m_groups.back().hidden; }

    void readControl()
    {
        if (m_at >= m_rtf.size())
            return;
        const char c = m_rtf[m_at];
        if (c == '\'') {
            const std::string hex(m_rtf.substr(m_at + 1, 2));
            m_at += std::min<std::size_t>(3, m_rtf.size() - m_at);
            addByte(static_cast<char>(std::strtol(hex.c_str(), nullptr, 16)));
        } else if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) {
            readWord();
        } else {
            ++m_at;
            readSymbol(c);
        }
    }

    void readSymbol(char c)
    {
        if (c == '*' && !m_groups.empty())
            m_groups.back().hidden = true;
        else if (c == '\\' || c == '{' || c == '}')
            addByte(c);
        else if (c == '~')
            addText(" ");
        else if (c == '_')
            addText("-");
        else if (c == '\n' || c == '\r')
            addText("\n");
    }

    void readWord()
    {
        const std::size_t begin = m_at;
        while (m_at < m_rtf.size() && ((m_rtf[m_at] | 32) >= 'a' && (m_rtf[m_at] | 32) <= 'z'))
            ++m_at;
        const std::string_view word = m_rtf.substr(begin, m_at - begin);
        const std::size_t numberBegin = m_at;
        while (m_at < m_rtf.size() && m_at - numberBegin < 11 &&
               ((m_rtf[m_at] >= '0' && m_rtf[m_at] <= '9') || (m_at == numberBegin && m_rtf[m_at] == '-')))
            ++m_at;
        const std::string digits(m_rtf.substr(numberBegin, m_at - numberBegin));
        const long number = std::strtol(digits.c_str(), nullptr, 10);
        if (m_at < m_rtf.size() && m_rtf[m_at] == ' ')
            ++m_at;
        act(word, number);
    }

    void act(std::string_view word, long number)
    {
        if (word == "u") {
            addUtf16(static_cast<char16_t>(number));
            m_skip = m_groups.empty() ? 1 : m_groups.back().unicodeSkip;
        } else if (word == "uc" && !m_groups.empty()) {
            m_groups.back().unicodeSkip = static_cast<int>(std::clamp(number, 0L, 16L));
        } else if (word == "ansicpg") {
            m_codepage = "CP" + std::to_string(std::clamp(number, 0L, 99999L));
        } else if (word == "bin") {
            m_at +=
                std::min<std::size_t>(static_cast<std::size_t>(std::max(number, 0L)), m_rtf.size() - m_at);
        } else if (std::binary_search(kHidden.begin(), kHidden.end(), word)) {
            if (!m_groups.empty())
                m_groups.back().hidden = true;
        } else {
            for (const Replacement& replacement : kReplacements)
                if (replacement.word == word)
                    addText(replacement.text);
        }
    }

    void addByte(char c)
    {
        if (m_skip > 0)
            --m_skip;
        else if (!hidden()) {
            flushUtf16();
            m_bytes += c;
        }
    }

    void addUtf16(char16_t unit)
    {
        if (hidden())
            return;
        flushEightBit();
        m_utf16 += QChar(unit);
    }

    void addText(std::string_view text)
    {
        if (hidden())
            return;
        flushBytes();
        m_text += text;
    }

    void flushBytes()
    {
        flushEightBit();
        flushUtf16();
    }

    void flushUtf16() { m_text += std::exchange(m_utf16, {}).toStdString(); }

    void flushEightBit()
    {
        if (m_bytes.empty())
            return;
        iconv_t handle = ::iconv_open("UTF-8", m_codepage.c_str());
        if (handle == reinterpret_cast<iconv_t>(-1))
            handle = ::iconv_open("UTF-8", "CP1252");
        std::string out(m_bytes.size() * 4, '\0');
        char* from = m_bytes.data();
        std::size_t left = m_bytes.size();
        char* to = out.data();
        std::size_t room = out.size();
        while (left > 0 && ::iconv(handle, &from, &left, &to, &room) == std::size_t(-1) && left > 0 &&
               room >= 3) {
            *to++ = '?';
            --room;
            ++from;
            --left;
        }
        ::iconv_close(handle);
        m_text.append(out, 0, out.size() - room);
        m_bytes.clear();
    }

    std::string_view m_rtf;
    std::size_t m_at = 0;
    std::vector<Group> m_groups;
    int m_skip = 0;
    std::string m_codepage = "CP1252";
    std::string m_bytes; // in m_codepage, not yet converted
    QString m_utf16;     // from \u, not yet converted
    std::string m_text;
};

} // namespace

bool looksLikeRtf(std::string_view head)
{
    return head.starts_with("{\\rtf");
}

Result<Document> readRtf(const std::string& path, const ReadOptions& options)
{
    Result<InputFile> file = InputFile::open(path);
    if (!file)
        return failed(file);
    if (file->size() > options.limits.maxTextBytes)
        return fail(ErrorCode::TooLong,
                    file->name() + " is larger than " + shownBytes(options.limits.maxTextBytes) + ".",
                    "Save it in smaller parts.");
    std::string rtf(static_cast<std::size_t>(file->size()), '\0');
    const Result<std::size_t> got = file->read(rtf);
    if (!got)
        return failed(got);
    rtf.resize(*got);
    RtfText text(rtf);
    if (!looksLikeRtf(rtf) || !text.read(options.cancel))
        return fail(ErrorCode::BadInput, file->name() + " is damaged: it is not whole as Rich Text.",
                    "Open it in its own program and save it again.");
    if (options.cancel.isCancelled())
        return fail(ErrorCode::Cancelled, "Reading " + file->name() + " was stopped.");
    Document document = beginDocument(*file, path, "rtf");
    TextCleaner cleaner;
    cleaner.feed(text.take(), document.text);
    cleaner.finish(document.text);
    return finishDocument(std::move(document));
}

} // namespace lectern
