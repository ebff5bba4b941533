#include "engine/run/span_constraint.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace lectern {

namespace {

constexpr int kTried = 64; // likeliest tokens looked at for one that goes on with a span
constexpr char kBorder = '\0';
constexpr float kTakenOut = -std::numeric_limits<float>::infinity();

bool isSpace(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

// A byte of a word: a letter or digit, or part of a character beyond ASCII.
bool isOfWord(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80;
}

// Lower case, and one space for each run of white space.
std::string folded(std::string_view text)
{
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        if (isSpace(c)) {
            if (out.empty() || out.back() != ' ')
                out += ' ';
        } else {
            out += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        }
    }
    return out;
}

std::string_view withoutSpace(std::string_view piece)
{
    return piece.substr(piece.starts_with(' ') ? 1 : 0);
}

} // namespace

SpanConstraint::SpanConstraint(const Tokenizer& tokenizer, std::span<const TokenId> prompt,
                               std::string_view alsoAllowed)
    : m_tokenizer(&tokenizer)
{
    std::string text;
    for (const TokenId token : prompt) {
        if (tokenizer.isSpecial(token))
            text += kBorder;
        else
            text += tokenizer.piece(token);
    }
    m_text = folded(text + kBorder + std::string(alsoAllowed));
}

bool SpanConstraint::mayEnd() const
{
    return !m_begun || std::any_of(m_ends.begin(), m_ends.end(), [&](std::size_t end) {
        return end == m_text.size() || !isOfWord(m_text[end]);
    });
}

std::vector<std::size_t> SpanConstraint::endsAfter(TokenId token) const
{
    std::vector<std::size_t> ends;
    const std::string piece = folded(m_tokenizer->piece(token));
    if (m_begun) {
        for (const std::size_t end : m_ends)
            if (m_text.compare(end, piece.size(), piece) == 0)
                ends.push_back(end + piece.size());
        return ends;
    }
    const std::string_view start = withoutSpace(piece);
    for (std::size_t at = m_text.find(start); at != std::string::npos; at = m_text.find(start, at + 1))
        if (at == 0 || !isOfWord(m_text[at - 1]))
            ends.push_back(at + start.size());
    return ends;
}

bool SpanConstraint::goesOn(TokenId token) const
{
    if (m_tokenizer->isEndOfGeneration(token))
        return mayEnd();
    return !m_tokenizer->isSpecial(token) && !endsAfter(token).empty();
}

bool SpanConstraint::hold(std::span<float> logits) const
{
    for (int tried = 0; tried < kTried && !logits.empty(); ++tried) {
        const auto likeliest = std::max_element(logits.begin(), logits.end());
        if (*likeliest == kTakenOut)
            return false;
        if (!std::isfinite(*likeliest) || goesOn(TokenId(likeliest - logits.begin())))
            return true; // numbers that broke down are the sampler's to tell
        *likeliest = kTakenOut;
    }
    return false;
}

void SpanConstraint::accept(TokenId token)
{
    m_ends = endsAfter(token);
    m_begun = m_begun || !withoutSpace(m_tokenizer->piece(token)).empty();
}

} // namespace lectern
