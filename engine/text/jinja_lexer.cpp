#include "engine/text/jinja_lexer.h"

#include "engine/text/utf8.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace lectern::jinja {

namespace {

constexpr std::string_view kBlanks = " \t\n\r\f\v";

bool isNameStart(char c)
{
    return std::isalpha(static_cast<unsigned char>(c)) || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

std::string_view withoutTrailingBlanks(std::string_view text)
{
    const std::size_t last = text.find_last_not_of(kBlanks);
    return last == std::string_view::npos ? std::string_view() : text.substr(0, last + 1);
}

// Newlines as \n, and without the one at the very end.
std::string normalised(std::string_view source)
{
    std::string out;
    for (std::size_t i = 0; i < source.size(); ++i) {
        if (source[i] == '\r') {
            out += '\n';
            i += i + 1 < source.size() && source[i + 1] == '\n' ? 1 : 0;
        } else {
            out += source[i];
        }
    }
    if (out.ends_with('\n'))
        out.pop_back();
    return out;
}

class Lexer {
public:
    explicit Lexer(std::string source) : m_source(std::move(source)) {}
    Result<std::vector<Token>> run();

private:
    std::string_view rest() const { return std::string_view(m_source).substr(m_at); }
    bool at(std::string_view text) const { return rest().starts_with(text); }
    void advance(std::size_t bytes);
    void skipBlanks() { advance(std::min(rest().find_first_not_of(kBlanks), rest().size())); }
    void push(TokenKind kind, std::string text) { m_tokens.push_back({kind, m_line, std::move(text)}); }
    tl::unexpected<Error> error(const std::string& why) const;

    void pushData(std::string_view data, char control, bool isOutput);
    Status comment();
    bool rawBlock();
    Status tag(bool isOutput);
    bool closes(bool isOutput);
    Status tokenInTag();
    Status stringLiteral();
    void numberLiteral();
    Status escape(std::string& out);
    Status codePoint(std::size_t digits, std::string& out);

    std::string m_source;
    std::size_t m_at = 0;
    int m_line = 1;
    std::string m_open; // brackets not closed yet
    std::vector<Token> m_tokens;
};

void Lexer::advance(std::size_t bytes)
{
    m_line +=
        static_cast<int>(std::count(m_source.begin() + static_cast<std::ptrdiff_t>(m_at),
                                    m_source.begin() + static_cast<std::ptrdiff_t>(m_at + bytes), '\n'));
    m_at += bytes;
}

tl::unexpected<Error> Lexer::error(const std::string& why) const
{
    return fail(ErrorCode::BadInput, atLine(m_line) + why + ".",
                "The model's chat template is faulty; choose another.");
}

// `control` is the character after the opening braces: '-' strips all blanks before the tag, '+' none; else a
// block or comment alone on its line swallows its indentation.
void Lexer::pushData(std::string_view data, char control, bool isOutput)
{
    const std::size_t begin = static_cast<std::size_t>(data.data() - m_source.data());
    std::string_view kept = data;
    if (control == '-') {
        kept = withoutTrailingBlanks(data);
    } else if (control != '+' && !isOutput) {
        const std::size_t newline = data.rfind('\n');
        const std::size_t lineStart = newline == std::string_view::npos ? 0 : newline + 1;
        const bool startsLine = lineStart > 0 || begin == 0 || m_source[begin - 1] == '\n';
        if (startsLine && data.substr(lineStart).find_first_not_of(kBlanks) == std::string_view::npos)
            kept = data.substr(0, lineStart);
    }
    if (!kept.empty())
        push(TokenKind::Data, std::string(kept));
}

Status Lexer::comment()
{
    const std::size_t end = rest().find("#}", 2);
    if (end == std::string_view::npos)
        return error("a comment is not closed");
    const char control = rest()[end - 1];
    advance(end + 2);
    if (control == '-')
        skipBlanks();
    else if (control != '+' && at("\n"))
        advance(1);
    return {};
}

// {% raw %} ... {% endraw %}: all of it is data. False if the tag ahead is another one.
bool Lexer::rawBlock()
{
    const auto tagEnd = [&](std::string_view text, std::string_view word) -> std::size_t {
        std::size_t i = 2 + (text.size() > 2 && (text[2] == '-' || text[2] == '+') ? 1 : 0);
        i = std::min(text.find_first_not_of(kBlanks, i), text.size());
        if (text.substr(i, word.size()) != word)
            return 0;
        i = std::min(text.find_first_not_of(kBlanks, i + word.size()), text.size());
        i += i < text.size() && (text[i] == '-' || text[i] == '+') ? 1 : 0;
        return text.substr(i, 2) == "%}" ? i + 2 : 0;
    };
    const std::size_t opening = tagEnd(rest(), "raw");
    if (opening == 0)
        return false;
    const std::string_view body = rest().substr(opening);
    for (std::size_t end = body.find("{%"); end != std::string_view::npos; end = body.find("{%", end + 2)) {
        const std::size_t closing = tagEnd(body.substr(end), "endraw");
        if (closing == 0)
            continue;
        const bool stripBefore = rest()[opening - 3] == '-';
        const bool stripAfter = body[end + closing - 3] == '-';
        std::string_view data = body.substr(0, end);
        if (stripBefore)
            data.remove_prefix(std::min(data.find_first_not_of(kBlanks), data.size()));
        pushData(data, body[end + 2], false);
        advance(opening + end + closing);
        if (stripAfter)
            skipBlanks();
        else if (at("\n"))
            advance(1);
        return true;
    }
    return false;
}

bool Lexer::closes(bool isOutput)
{
    const std::string_view end = isOutput ? "}}" : "%}";
    const bool dash = at("-") && rest().substr(1).starts_with(end);
    const bool plus = !isOutput && at("+") && rest().substr(1).starts_with(end);
    if (!m_open.empty() || (!dash && !plus && !at(end)))
        return false;
    push(isOutput ? TokenKind::OutputEnd : TokenKind::BlockEnd, {});
    advance(end.size() + (dash || plus ? 1 : 0));
    if (dash)
        skipBlanks();
    else if (!plus && !isOutput && at("\n"))
        advance(1);
    return true;
}

Status Lexer::tag(bool isOutput)
{
    push(isOutput ? TokenKind::OutputBegin : TokenKind::BlockBegin, {});
    advance(2);
    if (at("-") || at("+"))
        advance(1);
    m_open.clear();
    while (true) {
        skipBlanks();
        if (rest().empty())
            return error(isOutput ? "'{{' is not closed" : "'{%' is not closed");
        if (closes(isOutput))
            return {};
        if (const Status token = tokenInTag(); !token)
            return token;
    }
}

Status Lexer::tokenInTag()
{
    const char c = rest()[0];
    if (c == '"' || c == '\'')
        return stringLiteral();
    if (isDigit(c)) {
        numberLiteral();
        return {};
    }
    if (isNameStart(c)) {
        const auto end =
            std::find_if(rest().begin(), rest().end(), [](char x) { return !isNameStart(x) && !isDigit(x); });
        const auto bytes = static_cast<std::size_t>(end - rest().begin());
        push(TokenKind::Name, std::string(rest().substr(0, bytes)));
        advance(bytes);
        return {};
    }
    static constexpr std::array<std::string_view, 25> kOperators = {
        "==", "!=", "<=", ">=", "//", "**", "+", "-", "*", "/", "%", "~", "(",
        ")",  "[",  "]",  "{",  "}",  ",",  ".", ":", "|", "=", "<", ">"};
    const auto found =
        std::find_if(kOperators.begin(), kOperators.end(), [&](std::string_view op) { return at(op); });
    if (found == kOperators.end())
        return error(std::string("the character '") + c + "' has no meaning here");
    if (c == '(' || c == '[' || c == '{')
        m_open += c;
    if (c == ')' || c == ']' || c == '}') {
        const char partner = c == ')' ? '(' : (c == ']' ? '[' : '{');
        if (m_open.empty() || m_open.back() != partner)
            return error(std::string("'") + c + "' closes nothing");
        m_open.pop_back();
    }
    push(TokenKind::Operator, std::string(*found));
    advance(found->size());
    return {};
}

void Lexer::numberLiteral()
{
    const std::string_view text = rest();
    std::size_t i = 0;
    const auto digits = [&] {
        while (i < text.size() &&
               (isDigit(text[i]) || (text[i] == '_' && i + 1 < text.size() && isDigit(text[i + 1]))))
            ++i;
    };
    digits();
    bool real = false;
    const bool isIndex = m_at > 0 && m_source[m_at - 1] == '.'; // x.0.1 is two indices
    if (!isIndex && i + 1 < text.size() && text[i] == '.' && isDigit(text[i + 1])) {
        real = true;
        ++i;
        digits();
    }
    if (!isIndex && i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
        std::size_t sign = i + 1 < text.size() && (text[i + 1] == '+' || text[i + 1] == '-') ? 2 : 1;
        if (i + sign < text.size() && isDigit(text[i + sign])) {
            real = true;
            i += sign;
            digits();
        }
    }
    std::string number;
    std::copy_if(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(i), std::back_inserter(number),
                 [](char c) { return c != '_'; });
    push(real ? TokenKind::Real : TokenKind::Integer, std::move(number));
    advance(i);
}

Status Lexer::codePoint(std::size_t digits, std::string& out)
{
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < digits; ++i) {
        const char c = i < rest().size() ? rest()[i] : ' ';
        if (!std::isxdigit(static_cast<unsigned char>(c)))
            return error("a \\x or \\u escape is cut short");
        value = value * 16 + static_cast<std::uint32_t>(isDigit(c) ? c - '0' : (c | 32) - 'a' + 10);
    }
    if (value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF))
        return error("an escape names no character");
    utf8::append(out, value);
    advance(digits);
    return {};
}

Status Lexer::escape(std::string& out)
{
    static constexpr std::string_view kNames = "nrtabfv0'\"\\";
    static constexpr std::string_view kValues{"\n\r\t\a\b\f\v\0'\"\\", 11};
    const char c = rest().empty() ? '\0' : rest()[0];
    if (const std::size_t known = kNames.find(c); known != std::string_view::npos && c != '\0') {
        out += kValues[known];
        advance(1);
        return {};
    }
    if (c == '\n') {
        advance(1);
        return {};
    }
    const std::size_t digits = c == 'x' ? 2 : (c == 'u' ? 4 : (c == 'U' ? 8 : 0));
    if (digits == 0) {
        out += '\\';
        return {};
    }
    advance(1);
    return codePoint(digits, out);
}

Status Lexer::stringLiteral()
{
    const char quote = rest()[0];
    const int line = m_line;
    advance(1);
    std::string out;
    while (!rest().empty() && rest()[0] != quote) {
        if (rest()[0] == '\\') {
            advance(1);
            if (const Status done = escape(out); !done)
                return done;
            continue;
        }
        const std::size_t plain =
            std::min(rest().find_first_of(quote == '"' ? "\"\\" : "'\\"), rest().size());
        out.append(rest().substr(0, plain));
        advance(plain);
    }
    if (rest().empty())
        return error("a text is not closed");
    advance(1);
    m_tokens.push_back({TokenKind::String, line, std::move(out)});
    return {};
}

Result<std::vector<Token>> Lexer::run()
{
    while (m_at < m_source.size()) {
        std::size_t open = rest().find('{');
        while (open != std::string_view::npos && open + 1 < rest().size() &&
               std::string_view("{%#").find(rest()[open + 1]) == std::string_view::npos)
            open = rest().find('{', open + 1);
        if (open == std::string_view::npos || open + 1 >= rest().size())
            open = rest().size();
        const char kind = open + 1 < rest().size() ? rest()[open + 1] : '\0';
        const char control = open + 2 < rest().size() ? rest()[open + 2] : '\0';
        pushData(rest().substr(0, open), kind == '\0' ? '+' : control, kind == '{');
        advance(open);
        Status done;
        if (kind == '#')
            done = comment();
        else if (kind == '{')
            done = tag(true);
        else if (kind == '%' && !rawBlock())
            done = tag(false);
        if (!done)
            return failed(done);
    }
    push(TokenKind::End, {});
    return std::move(m_tokens);
}

} // namespace

std::string atLine(int line)
{
    return "The chat template, line " + std::to_string(line) + ": ";
}

Result<std::vector<Token>> tokenize(std::string_view source)
{
    return Lexer(normalised(source)).run();
}

} // namespace lectern::jinja
