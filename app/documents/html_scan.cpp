#include "app/documents/html_scan.h"

#include <algorithm>
#include <array>
#include <map>
#include <unordered_map>
#include <vector>

namespace lectern {

namespace {

template <std::size_t N> using Names = std::array<std::string_view, N>;

constexpr auto kVoid = std::to_array<std::string_view>(
    {"area", "base", "basefont", "bgsound", "br", "col", "embed", "frame", "hr", "image", "img", "input",
     "keygen", "link", "meta", "param", "source", "track", "wbr"});
constexpr auto kRawText = std::to_array<std::string_view>(
    {"iframe", "noembed", "noframes", "script", "style", "textarea", "title", "xmp"});
// A new one of these ends the last one, so pages leave them unclosed.
constexpr auto kSelfEnding =
    std::to_array<std::string_view>({"caption", "colgroup", "dd", "dt", "li", "optgroup", "option", "p", "rb",
                                     "rp", "rt", "rtc", "tbody", "td", "tfoot", "th", "thead", "tr"});
// Where the search for such a last one stops.
constexpr auto kContainers = std::to_array<std::string_view>(
    {"button", "dl", "math", "object", "ol", "ruby", "select", "svg", "table", "template", "ul"});
// Left open, these come back inside every following block.
constexpr auto kFormatting = std::to_array<std::string_view>(
    {"b", "big", "code", "em", "font", "i", "s", "small", "strike", "strong", "tt", "u"});

template <std::size_t N> bool isOneOf(const Names<N>& names, std::string_view name)
{
    return std::binary_search(names.begin(), names.end(), name);
}

bool isSpace(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

bool isLetter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

std::string lowered(std::string_view text)
{
    std::string low(text);
    std::transform(low.begin(), low.end(), low.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return low;
}

struct Tag {
    std::string name;
    std::string_view text; // from '<' to '>'
    std::size_t attributes = 0;
    bool isEnd = false;
    bool selfClosing = false;
};

class HtmlScan {
public:
    HtmlScan(std::string_view html, const std::string& name, const ReadOptions& options)
        : m_html(html), m_name(name), m_options(options)
    {
    }

    Status run()
    {
        std::size_t tags = 0;
        while ((m_at = m_html.find('<', m_at)) != std::string_view::npos) {
            if (++tags % 4096 == 0 && m_options.cancel.isCancelled())
                return fail(ErrorCode::Cancelled, "Reading " + m_name + " was stopped.");
            if (skipMarkup())
                continue;
            const Tag tag = readTag();
            if (tag.attributes > m_options.limits.maxHtmlAttributes)
                return tooLong("a tag with more than " + std::to_string(m_options.limits.maxHtmlAttributes) +
                               " attributes");
            tag.isEnd ? close(tag) : open(tag);
            if (m_open.size() > m_options.limits.maxHtmlDepth || m_formatting > m_options.limits.maxHtmlDepth)
                return tooLong("elements nested more than " + std::to_string(m_options.limits.maxHtmlDepth) +
                               " deep");
        }
        return {};
    }

private:
    Status tooLong(const std::string& what) const
    {
        return fail(ErrorCode::TooLong,
                    m_name + " has " + what + ", which no web page needs, so it was not read.",
                    "Open it in a browser and save its text.");
    }

    // Comments, declarations and a '<' that begins no tag. True if something was skipped.
    bool skipMarkup()
    {
        const std::string_view rest = m_html.substr(m_at + 1);
        if (rest.starts_with("!--"))
            m_at = after(m_html.find("-->", m_at + 4), 3);
        else if (rest.starts_with("!") || rest.starts_with("?"))
            m_at = after(m_html.find('>', m_at), 1);
        else if (!rest.empty() &&
                 (isLetter(rest[0]) || (rest.size() > 1 && rest[0] == '/' && isLetter(rest[1]))))
            return false;
        else
            ++m_at;
        return true;
    }

    std::size_t after(std::size_t found, std::size_t length) const
    {
        return found == std::string_view::npos ? m_html.size() : found + length;
    }

    char peek() const { return m_at < m_html.size() ? m_html[m_at] : '>'; }

    void skipWhile(auto&& wanted)
    {
        while (m_at < m_html.size() && wanted(m_html[m_at]))
            ++m_at;
    }

    Tag readTag()
    {
        Tag tag;
        const std::size_t begin = m_at++;
        if (peek() == '/') {
            tag.isEnd = true;
            ++m_at;
        }
        const std::size_t nameBegin = m_at;
        skipWhile([](char c) { return !isSpace(c) && c != '/' && c != '>'; });
        tag.name = lowered(m_html.substr(nameBegin, std::min<std::size_t>(m_at - nameBegin, 32)));
        while (m_at < m_html.size() && peek() != '>') {
            tag.selfClosing = peek() == '/';
            if (isSpace(peek()) || peek() == '/') {
                ++m_at;
                continue;
            }
            skipAttribute();
            ++tag.attributes;
        }
        m_at = std::min(m_at + 1, m_html.size());
        tag.text = m_html.substr(begin, m_at - begin);
        return tag;
    }

    void skipAttribute()
    {
        ++m_at; // a name may begin with '='
        skipWhile([](char c) { return !isSpace(c) && c != '/' && c != '>' && c != '='; });
        skipWhile(isSpace);
        if (m_at >= m_html.size() || peek() != '=')
            return;
        ++m_at;
        skipWhile(isSpace);
        const char quote = peek();
        if (quote == '"' || quote == '\'')
            m_at = after(m_html.find(quote, m_at + 1), 1);
        else
            skipWhile([](char c) { return !isSpace(c) && c != '>'; });
    }

    bool inForeignContent() const
    {
        return std::any_of(m_open.begin(), m_open.end(),
                           [](const std::string& name) { return name == "svg" || name == "math"; });
    }

    void open(const Tag& tag)
    {
        if (isOneOf(kVoid, tag.name))
            return;
        const bool foreign = inForeignContent();
        if (foreign && tag.selfClosing)
            return;
        if (!foreign && isOneOf(kRawText, tag.name)) {
            skipRawText(tag.name);
            return;
        }
        if (isOneOf(kFormatting, tag.name) && ++m_seenFormatting[tag.text] <= 3) {
            ++m_openFormatting[tag.name];
            ++m_formatting;
        }
        if (isOneOf(kSelfEnding, tag.name))
            endLast(tag.name);
        m_open.push_back(tag.name);
    }

    void endLast(const std::string& name)
    {
        for (std::size_t i = m_open.size(); i-- > 0 && !isOneOf(kContainers, m_open[i]);) {
            if (m_open[i] == name) {
                m_open.resize(i);
                return;
            }
        }
    }

    void close(const Tag& tag)
    {
        const auto formatting = m_openFormatting.find(tag.name);
        if (formatting != m_openFormatting.end() && formatting->second > 0) {
            --formatting->second;
            --m_formatting;
        }
        const auto last = std::find(m_open.rbegin(), m_open.rend(), tag.name);
        if (last != m_open.rend())
            m_open.erase(std::prev(last.base()), m_open.end());
    }

    void skipRawText(const std::string& name)
    {
        while ((m_at = m_html.find("</", m_at)) != std::string_view::npos) {
            if (lowered(m_html.substr(m_at + 2, name.size())) == name)
                return;
            m_at += 2;
        }
        m_at = m_html.size();
    }

    std::string_view m_html;
    const std::string& m_name;
    const ReadOptions& m_options;
    std::size_t m_at = 0;
    std::vector<std::string> m_open;
    std::unordered_map<std::string_view, int> m_seenFormatting; // by the tag's whole text
    std::map<std::string, std::uint32_t> m_openFormatting;
    std::uint32_t m_formatting = 0;
};

} // namespace

Status checkHtmlShape(std::string_view html, const std::string& name, const ReadOptions& options)
{
    return HtmlScan(html, name, options).run();
}

std::string declaredHtmlCharset(std::string_view head)
{
    const std::string low = lowered(head.substr(0, 4096));
    std::size_t at = low.find("charset");
    if (at == std::string::npos)
        at = low.find("encoding"); // <?xml version="1.0" encoding="..."?>
    at = at == std::string::npos ? at : low.find('=', at);
    if (at == std::string::npos)
        return {};
    at = low.find_first_not_of(" \t\n\"'", at + 1);
    if (at == std::string::npos)
        return {};
    const std::size_t end = low.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-_.:", at);
    const std::string charset = low.substr(at, end == std::string::npos ? end : end - at);
    // Every page that says Latin-1 means Windows-1252; a page read as bytes can not be UTF-16.
    if (charset == "iso-8859-1" || charset == "latin1")
        return "WINDOWS-1252";
    return charset.starts_with("utf") ? std::string() : charset;
}

} // namespace lectern
