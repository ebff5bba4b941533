// Values as Python and JSON write them.
#include "engine/text/jinja_value.h"
#include "engine/text/utf8.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

namespace lectern::jinja {

namespace {

// Python's repr() of a str.
std::string quoted(std::string_view text)
{
    const bool useDouble =
        text.find('\'') != std::string_view::npos && text.find('"') == std::string_view::npos;
    const char quote = useDouble ? '"' : '\'';
    std::string out(1, quote);
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        char buffer[8];
        if (c == quote || c == '\\')
            out.append(1, '\\').append(1, c);
        else if (c == '\n')
            out += "\\n";
        else if (c == '\r')
            out += "\\r";
        else if (c == '\t')
            out += "\\t";
        else if (byte < 0x20 || byte == 0x7F)
            out.append(buffer,
                       static_cast<std::size_t>(std::snprintf(buffer, sizeof(buffer), "\\x%02x", byte)));
        else
            out += c;
    }
    return out + quote;
}

std::string represent(const Value& value, int depth)
{
    if (depth > kDeepestNesting)
        return "...";
    switch (value.kind) {
    case Kind::Undefined:
        return "Undefined";
    case Kind::None:
        return "None";
    case Kind::Bool:
        return value.boolean ? "True" : "False";
    case Kind::Integer:
        return std::to_string(value.integer);
    case Kind::Real:
        return realText(value.real);
    case Kind::Text:
        return quoted(value.text->bytes());
    case Kind::List: {
        std::string out(1, value.list->tuple ? '(' : '[');
        for (std::size_t i = 0; i < value.list->items.size(); ++i)
            out.append(i > 0 ? ", " : "").append(represent(value.list->items[i], depth + 1));
        out.append(value.list->tuple && value.list->items.size() == 1 ? "," : "");
        return out + (value.list->tuple ? ')' : ']');
    }
    case Kind::Dict: {
        std::string out = "{";
        for (const auto& [key, inner] : value.dict->entries)
            out.append(out.size() > 1 ? ", " : "")
                .append(represent(key, depth + 1))
                .append(": ")
                .append(represent(inner, depth + 1));
        return out + "}";
    }
    case Kind::Callable:
        return "<function " + std::string(value.callable->name) + ">";
    case Kind::Loop:
        return "<loop>";
    }
    return {};
}

void appendJsonText(std::string_view text, bool asciiOnly, std::string& out)
{
    out += '"';
    for (std::size_t at = 0; at < text.size();) {
        const utf8::Character character = utf8::decode(text.substr(at));
        const std::uint32_t code = character.codePoint;
        constexpr std::string_view kNamed = "\"\\\n\r\t\b\f";
        constexpr std::string_view kNames = "\"\\nrtbf";
        char buffer[16];
        const auto escape = [&](std::uint32_t unit) {
            out.append(buffer,
                       static_cast<std::size_t>(std::snprintf(buffer, sizeof(buffer), "\\u%04x", unit)));
        };
        const std::size_t named = code < 0x80 ? kNamed.find(static_cast<char>(code)) : std::string_view::npos;
        if (named != std::string_view::npos)
            out.append(1, '\\').append(1, kNames[named]);
        else if (code < 0x20 || (asciiOnly && code >= 0x80 && code < 0x10000))
            escape(code);
        else if (asciiOnly && code >= 0x10000) {
            escape(0xD800 + ((code - 0x10000) >> 10));
            escape(0xDC00 + ((code - 0x10000) & 0x3FF));
        } else
            out.append(text.substr(at, character.bytes));
        at += character.bytes;
    }
    out += '"';
}

// Opens a line inside a list or dictionary, or closes it.
void breakLine(const JsonStyle& style, int depth, std::string& out)
{
    if (style.indent < 0)
        return;
    out += '\n';
    out.append(static_cast<std::size_t>(style.indent) * static_cast<std::size_t>(depth), ' ');
}

bool appendJsonList(const List& list, const JsonStyle& style, std::string& out, int depth)
{
    out += '[';
    for (std::size_t i = 0; i < list.items.size(); ++i) {
        out.append(i > 0 ? style.itemSeparator : std::string());
        breakLine(style, depth + 1, out);
        if (!toJson(list.items[i], style, out, depth + 1))
            return false;
    }
    if (!list.items.empty())
        breakLine(style, depth, out);
    out += ']';
    return true;
}

bool appendJsonDict(const Dict& dict, const JsonStyle& style, std::string& out, int depth)
{
    std::vector<std::pair<Value, Value>> entries = dict.entries;
    if (style.sortKeys)
        std::stable_sort(entries.begin(), entries.end(),
                         [](const auto& a, const auto& b) { return compare(a.first, b.first) == -1; });
    out += '{';
    for (std::size_t i = 0; i < entries.size(); ++i) {
        out.append(i > 0 ? style.itemSeparator : std::string());
        breakLine(style, depth + 1, out);
        const Value& key = entries[i].first;
        std::string plain;
        if (key.is(Kind::Text))
            plain = key.text->bytes();
        else if (!toJson(key, style, plain, depth + 1))
            return false;
        appendJsonText(plain, style.asciiOnly, out);
        out += style.keySeparator;
        if (!toJson(entries[i].second, style, out, depth + 1))
            return false;
    }
    if (!entries.empty())
        breakLine(style, depth, out);
    out += '}';
    return true;
}

} // namespace

// The shortest digits that read back the same, in Python's layout: 1.0, 0.0001, 1e-05, 1e+16.
std::string realText(double value)
{
    if (std::isnan(value))
        return "nan";
    if (std::isinf(value))
        return value > 0 ? "inf" : "-inf";
    std::array<char, 64> buffer{};
    const double size = std::fabs(value);
    const bool exponent = size != 0 && (size < 1e-4 || size >= 1e16);
    const auto format = exponent ? std::chars_format::scientific : std::chars_format::fixed;
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, format).ptr;
    std::string out(buffer.data(), end);
    if (!exponent && out.find('.') == std::string::npos)
        out += ".0";
    return out;
}

Text toText(const Value& value)
{
    if (value.is(Kind::Text))
        return *value.text;
    if (value.is(Kind::Undefined))
        return {};
    return Text(represent(value, 0), derivedSource(value));
}

bool toJson(const Value& value, const JsonStyle& style, std::string& out, int depth)
{
    if (depth > kDeepestNesting)
        return false;
    switch (value.kind) {
    case Kind::None:
        out += "null";
        return true;
    case Kind::Bool:
        out += value.boolean ? "true" : "false";
        return true;
    case Kind::Integer:
        out += std::to_string(value.integer);
        return true;
    case Kind::Real:
        out += std::isnan(value.real) ? "NaN"
                                      : (std::isinf(value.real) ? (value.real > 0 ? "Infinity" : "-Infinity")
                                                                : realText(value.real));
        return true;
    case Kind::Text:
        appendJsonText(value.text->bytes(), style.asciiOnly, out);
        return true;
    case Kind::List:
        return appendJsonList(*value.list, style, out, depth);
    case Kind::Dict:
        return appendJsonDict(*value.dict, style, out, depth);
    default:
        return false;
    }
}

} // namespace lectern::jinja
