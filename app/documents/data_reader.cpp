// Data kept as text (json, jsonl, yaml, toml, xml): the characters as they stand in the file, so that a line number there
// is a line number here. Nothing is evaluated: no entity is replaced, nothing is fetched. Only JSON that was written on
// one line is broken into lines, since otherwise no place in it could be named.
#include "app/documents/document_builder.h"
#include "app/documents/readers.h"
#include "app/documents/text_decoder.h"

#include <algorithm>
#include <array>
#include <utility>

namespace lectern {

namespace {

constexpr std::size_t kLongLine = 400; // bytes; a line longer than this is not read by people
constexpr std::size_t kDeepestIndent = 40;

// The encoding that an XML declaration names, or nothing.
std::string declaredXmlCharset(std::string_view head)
{
    constexpr std::string_view kName = "encoding=";
    if (!head.starts_with("<?xml"))
        return {};
    const std::string_view declaration = head.substr(0, head.find("?>"));
    const std::size_t at = declaration.find(kName);
    if (at == std::string_view::npos || at + kName.size() >= declaration.size())
        return {};
    const char quote = declaration[at + kName.size()];
    const std::string_view rest = declaration.substr(at + kName.size() + 1);
    return quote == '"' || quote == '\'' ? std::string(rest.substr(0, rest.find(quote))) : std::string();
}

bool isJsonOnOneLine(std::string_view text)
{
    const std::size_t begin = text.find_first_not_of(" \t\n");
    if (begin == std::string_view::npos || (text[begin] != '{' && text[begin] != '['))
        return false;
    const std::size_t lineEnd = text.find('\n', begin);
    const bool alone = lineEnd == std::string_view::npos ||
                       text.find_first_not_of(" \t\n", lineEnd) == std::string_view::npos;
    return alone && std::min(lineEnd, text.size()) - begin > kLongLine;
}

// A line for each member. Characters are only added between tokens: values stay as written, damage stays visible, and
// neither depth nor length costs more than a counter.
class JsonLines {
public:
    std::string write(std::string_view text)
    {
        for (const char c : text)
            take(c);
        m_out += '\n';
        return std::move(m_out);
    }

private:
    void take(char c)
    {
        if (m_inString) {
            m_out += c;
            m_inString = m_escaped || c != '"';
            m_escaped = c == '\\' && !m_escaped;
            return;
        }
        if (c == ' ' || c == '\t' || c == '\n')
            return;
        const bool closes = c == '}' || c == ']';
        if (closes && m_depth > 0)
            --m_depth;
        if (m_breakBefore && !(closes && m_justOpened))
            breakLine();
        else if (closes && !m_justOpened)
            breakLine();
        m_breakBefore = c == '{' || c == '[' || c == ',';
        m_justOpened = c == '{' || c == '[';
        m_depth += m_justOpened ? 1 : 0;
        m_inString = c == '"';
        m_out += c;
        if (c == ':')
            m_out += ' ';
    }

    void breakLine()
    {
        m_out += '\n';
        m_out.append(std::min(m_depth, kDeepestIndent), ' ');
    }

    std::string m_out;
    std::size_t m_depth = 0;
    bool m_inString = false;
    bool m_escaped = false;
    bool m_breakBefore = false;
    bool m_justOpened = false;
};

} // namespace

Result<Document> readData(const std::string& path, const ReadOptions& options)
{
    Result<InputFile> file = InputFile::open(path);
    if (!file)
        return failed(file);
    std::array<char, 256> head{};
    const Result<std::size_t> got = file->read(head);
    if (!got)
        return failed(got);
    if (const Status start = file->rewind(); !start)
        return failed(start);
    const DecodeLimits limits{options.limits.maxFileBytes, options.limits.maxTextBytes};
    Result<DecodedText> decoded = decodeFile(*file, limits, options, declaredXmlCharset({head.data(), *got}));
    if (!decoded)
        return failed(decoded);
    Document document = beginDocument(*file, path, "data");
    document.warnings = decodingWarnings(file->name(), *decoded);
    document.text = isJsonOnOneLine(decoded->text) ? JsonLines().write(decoded->text) : std::move(decoded->text);
    return finishDocument(std::move(document));
}

} // namespace lectern
