#include "engine/text/jinja_strings.h"

#include "engine/text/utf8.h"

#include <algorithm>
#include <clocale>
#include <cwctype>

namespace lectern::jinja {

namespace {

// The C library's Unicode tables, without touching the program's own locale. Made once, never freed.
locale_t unicodeLocale()
{
    static const locale_t locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
    return locale;
}

std::string changeCase(std::string_view character, bool toUpper)
{
    const std::uint32_t code = utf8::decode(character).codePoint;
    std::string out;
    if (code == 0xDF && toUpper)
        return "SS";
    if (!utf8::decode(character).valid)
        return std::string(character);
    const auto wide = static_cast<wint_t>(code);
    if (const locale_t locale = unicodeLocale(); locale != nullptr)
        utf8::append(
            out, static_cast<std::uint32_t>(toUpper ? towupper_l(wide, locale) : towlower_l(wide, locale)));
    else if (code < 0x80)
        out += static_cast<char>(toUpper ? std::toupper(static_cast<int>(code))
                                         : std::tolower(static_cast<int>(code)));
    else
        out = character;
    return out;
}

bool isStripped(std::string_view character, std::optional<std::string_view> characters)
{
    if (!characters)
        return isSpaceCharacter(utf8::decode(character).codePoint);
    return characters->find(character) != std::string_view::npos;
}

// The character that ends at `end`.
std::size_t characterBefore(std::string_view text, std::size_t end)
{
    std::size_t begin = end - 1;
    while (begin > 0 && end - begin < 4 && (static_cast<std::uint8_t>(text[begin]) & 0xC0) == 0x80)
        --begin;
    const utf8::Character character = utf8::decode(text.substr(begin));
    return character.valid && begin + character.bytes == end ? begin : end - 1;
}

} // namespace

bool isSpaceCharacter(std::uint32_t c)
{
    return (c >= 0x09 && c <= 0x0D) || (c >= 0x1C && c <= 0x20) || c == 0x85 || c == 0xA0 || c == 0x1680 ||
           (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F ||
           c == 0x3000;
}

Text strip(const Text& text, Side side, std::optional<std::string_view> characters)
{
    const std::string_view bytes = text.bytes();
    std::size_t begin = 0;
    std::size_t end = bytes.size();
    while (side != Side::Right && begin < end) {
        const std::size_t length = utf8::decode(bytes.substr(begin)).bytes;
        if (!isStripped(bytes.substr(begin, length), characters))
            break;
        begin += length;
    }
    while (side != Side::Left && begin < end) {
        const std::size_t last = characterBefore(bytes, end);
        if (!isStripped(bytes.substr(last, end - last), characters))
            break;
        end = last;
    }
    return text.slice(begin, end - begin);
}

std::vector<Text> split(const Text& text, std::optional<std::string_view> separator, std::int64_t most)
{
    const std::string_view bytes = text.bytes();
    std::vector<Text> out;
    std::size_t at = 0;
    if (separator) {
        for (std::size_t found = bytes.find(*separator);
             found != std::string_view::npos && (most < 0 || static_cast<std::int64_t>(out.size()) < most);
             found = bytes.find(*separator, at)) {
            out.push_back(text.slice(at, found - at));
            at = found + separator->size();
        }
        out.push_back(text.slice(at, bytes.size() - at));
        return out;
    }
    const auto skip = [&](bool blanks) {
        while (at < bytes.size()) {
            const utf8::Character character = utf8::decode(bytes.substr(at));
            if (isSpaceCharacter(character.codePoint) != blanks)
                break;
            at += character.bytes;
        }
    };
    for (skip(true); at < bytes.size(); skip(true)) {
        if (most >= 0 && static_cast<std::int64_t>(out.size()) >= most) {
            out.push_back(strip(text.slice(at, bytes.size() - at), Side::Right));
            break;
        }
        const std::size_t begin = at;
        skip(false);
        out.push_back(text.slice(begin, at - begin));
    }
    return out;
}

std::vector<Text> splitFromRight(const Text& text, std::string_view separator, std::int64_t most)
{
    const std::string_view bytes = text.bytes();
    std::vector<Text> out;
    std::size_t end = bytes.size();
    while (end >= separator.size() && (most < 0 || static_cast<std::int64_t>(out.size()) < most)) {
        const std::size_t found = bytes.rfind(separator, end - separator.size());
        if (found == std::string_view::npos)
            break;
        out.push_back(text.slice(found + separator.size(), end - found - separator.size()));
        end = found;
    }
    out.push_back(text.slice(0, end));
    std::reverse(out.begin(), out.end());
    return out;
}

std::vector<Text> splitLines(const Text& text, bool keepEnds)
{
    const std::string_view bytes = text.bytes();
    std::vector<Text> out;
    std::size_t begin = 0;
    for (std::size_t at = 0; at < bytes.size();) {
        const utf8::Character character = utf8::decode(bytes.substr(at));
        const std::uint32_t c = character.codePoint;
        const bool ends =
            (c >= 0x0A && c <= 0x0D) || (c >= 0x1C && c <= 0x1E) || c == 0x85 || c == 0x2028 || c == 0x2029;
        std::size_t next = at + character.bytes;
        if (c == '\r' && next < bytes.size() && bytes[next] == '\n')
            ++next;
        if (ends) {
            out.push_back(text.slice(begin, (keepEnds ? next : at) - begin));
            begin = next;
        }
        at = next;
    }
    if (begin < bytes.size())
        out.push_back(text.slice(begin, bytes.size() - begin));
    return out;
}

Text replace(const Text& text, std::string_view from, const Text& to, std::int64_t most)
{
    const std::string_view bytes = text.bytes();
    Text out;
    std::size_t done = 0;
    std::size_t at = 0;
    for (std::int64_t count = 0; most < 0 || count < most; ++count) {
        const std::size_t found = bytes.find(from, at);
        if (found == std::string_view::npos)
            break;
        out.appendSlice(text, done, found - done);
        out.append(to);
        done = found + from.size();
        if (!from.empty()) {
            at = done;
            continue;
        }
        if (found >= bytes.size()) // an empty text stands before each character and at the end
            break;
        at = found + utf8::decode(bytes.substr(found)).bytes;
    }
    out.appendSlice(text, done, bytes.size() - done);
    return out;
}

Text upper(const Text& text)
{
    return text.mapCharacters([](std::string_view c, bool) { return changeCase(c, true); });
}

Text lower(const Text& text)
{
    return text.mapCharacters([](std::string_view c, bool) { return changeCase(c, false); });
}

Text capitalize(const Text& text)
{
    return text.mapCharacters([](std::string_view c, bool first) { return changeCase(c, first); });
}

Text title(const Text& text)
{
    bool begins = true;
    return text.mapCharacters([&](std::string_view c, bool) {
        const bool isBorder = isSpaceCharacter(utf8::decode(c).codePoint) ||
                              std::string_view("-([{<").find(c) != std::string_view::npos;
        std::string out = changeCase(c, begins);
        begins = isBorder;
        return out;
    });
}

Text escapeHtml(const Text& text)
{
    return text.mapCharacters([](std::string_view c, bool) -> std::string {
        switch (c[0]) {
        case '&':
            return "&amp;";
        case '<':
            return "&lt;";
        case '>':
            return "&gt;";
        case '"':
            return "&#34;";
        case '\'':
            return "&#39;";
        default:
            return std::string(c);
        }
    });
}

Text indent(const Text& text, const Text& indentation, bool first, bool blank)
{
    Text closed = text;
    closed.append("\n", kFromTemplate); // so that a newline at the end opens a line, as in Jinja
    const std::vector<Text> lines = splitLines(closed);
    const std::int32_t newlines = text.derivedSource();
    Text out;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (i > 0)
            out.append("\n", newlines);
        if (i == 0 ? first : (blank || !lines[i].empty()))
            out.append(indentation);
        out.append(lines[i]);
    }
    return out;
}

} // namespace lectern::jinja
