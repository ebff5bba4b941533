// Tables kept as text (csv, tsv): one line a record, cells parted by " | " as in every other format's tables. Quoting as
// in RFC 4180; the separator is found by looking.
#include "app/documents/document_builder.h"
#include "app/documents/readers.h"
#include "app/documents/text_decoder.h"

#include <algorithm>
#include <array>
#include <utility>

namespace lectern {

namespace {

constexpr std::size_t kLookLines = 50;
constexpr std::size_t kCancelEvery = std::size_t(1) << 20; // bytes between two looks at the cancel flag

// How often `separator` stands outside quotes in each of the first records.
std::vector<std::size_t> countsOf(std::string_view text, char separator)
{
    std::vector<std::size_t> counts{0};
    bool quoted = false;
    for (const char c : text) {
        if (c == '"')
            quoted = !quoted;
        else if (c == separator && !quoted)
            ++counts.back();
        else if (c == '\n' && !quoted) {
            if (counts.size() == kLookLines)
                return counts;
            counts.push_back(0);
        }
    }
    if (counts.size() > 1)
        counts.pop_back(); // a record that may be cut short, or nothing after the last line end
    return counts;
}

// The separator that parts the most records into as many cells as the first has; the comma where none does.
char separatorOf(std::string_view text)
{
    char best = ',';
    std::size_t bestScore = 0;
    for (const char candidate : {',', ';', '\t', '|'}) {
        const std::vector<std::size_t> counts = countsOf(text.substr(0, 64 * 1024), candidate);
        if (counts.front() == 0)
            continue;
        const auto agreeing = std::count(counts.begin(), counts.end(), counts.front());
        const std::size_t score = static_cast<std::size_t>(agreeing) * 1000 + std::min<std::size_t>(counts.front(), 999);
        if (score > bestScore) {
            bestScore = score;
            best = candidate;
        }
    }
    return best;
}

class TableText {
public:
    TableText(std::string_view table, char separator) : m_table(table), m_separator(separator) {}

    Status write(std::string& out, const ReadOptions& options, const std::string& name)
    {
        std::size_t nextLook = kCancelEvery;
        for (; m_at < m_table.size(); ++m_at) {
            if (m_at >= nextLook) {
                nextLook = m_at + kCancelEvery;
                if (options.cancel.isCancelled())
                    return fail(ErrorCode::Cancelled, "Reading " + name + " was stopped.");
            }
            take(out);
        }
        if (m_lineHasText)
            out += '\n';
        return {};
    }

private:
    void take(std::string& out)
    {
        const char c = m_table[m_at];
        if (m_quoted) {
            takeQuoted(c, out);
        } else if (c == '"' && m_cellEmpty) {
            m_quoted = true;
        } else if (c == m_separator) {
            out += " | ";
            m_cellEmpty = m_lineHasText = true;
        } else if (c == '\n') {
            out += '\n';
            m_cellEmpty = true;
            m_lineHasText = false;
        } else {
            put(c, out);
        }
    }

    void takeQuoted(char c, std::string& out)
    {
        const bool doubled = c == '"' && m_at + 1 < m_table.size() && m_table[m_at + 1] == '"';
        if (c == '"' && !doubled) {
            m_quoted = false;
            return;
        }
        m_at += doubled ? 1 : 0;
        put(c == '\n' ? ' ' : c, out); // a record stays on one line
    }

    void put(char c, std::string& out)
    {
        out += c;
        m_cellEmpty = false;
        m_lineHasText = true;
    }

    std::string_view m_table;
    char m_separator;
    std::size_t m_at = 0;
    bool m_quoted = false;
    bool m_cellEmpty = true;
    bool m_lineHasText = false;
};

} // namespace

Result<Document> readTable(const std::string& path, const ReadOptions& options)
{
    Result<InputFile> file = InputFile::open(path);
    if (!file)
        return failed(file);
    const DecodeLimits limits{options.limits.maxFileBytes, options.limits.maxTextBytes};
    const Result<DecodedText> decoded = decodeFile(*file, limits, options);
    if (!decoded)
        return failed(decoded);
    Document document = beginDocument(*file, path, "table");
    document.warnings = decodingWarnings(file->name(), *decoded);
    document.text.reserve(decoded->text.size() + decoded->text.size() / 8);
    TableText table(decoded->text, separatorOf(decoded->text));
    if (const Status written = table.write(document.text, options, document.name); !written)
        return failed(written);
    return finishDocument(std::move(document));
}

} // namespace lectern
