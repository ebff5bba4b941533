#include "app/worker/answer_sentences.h"

#include <algorithm>
#include <cctype>

namespace lectern {

namespace {

bool isSpace(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

bool startsFence(const std::string& text, std::size_t at)
{
    return text.compare(at, 3, "```") == 0 && (at == 0 || text[at - 1] == '\n');
}

// A mark ends a sentence where space follows it, perhaps after closing quotes or emphasis. "3." before a
// space is more often the number of a list's item.
bool endsSentence(const std::string& text, std::size_t mark, std::size_t begin, std::size_t* next)
{
    const char c = text[mark];
    if (c != '.' && c != '!' && c != '?')
        return false;
    std::size_t after = mark + 1;
    while (after < text.size() && (text[after] == '*' || text[after] == '_' || text[after] == '"' ||
                                   text[after] == '\'' || text[after] == ')'))
        ++after;
    if (after < text.size() && !isSpace(text[after]))
        return false;
    bool onlyDigits = mark > begin;
    for (std::size_t i = begin; i < mark; ++i)
        onlyDigits &= std::isdigit(static_cast<unsigned char>(text[i])) != 0;
    *next = after;
    return !onlyDigits;
}

} // namespace

std::vector<std::pair<std::uint64_t, std::uint64_t>> answerSentences(const std::string& answer)
{
    std::vector<std::pair<std::uint64_t, std::uint64_t>> sentences;
    std::size_t at = 0;
    while (at < answer.size()) {
        while (at < answer.size() && isSpace(answer[at]))
            ++at;
        if (at == answer.size())
            break;
        const std::size_t begin = at;
        std::size_t end = answer.size();
        if (startsFence(answer, at)) {
            const std::size_t close = answer.find("\n```", at + 3);
            end = close == std::string::npos ? answer.size() : std::min(answer.size(), close + 4);
        } else {
            for (std::size_t i = at; i < answer.size(); ++i) {
                std::size_t next = 0;
                if (answer[i] == '\n') {
                    end = i;
                    break;
                }
                if (endsSentence(answer, i, begin, &next)) {
                    end = next;
                    break;
                }
            }
        }
        sentences.emplace_back(begin, end);
        at = end;
    }
    return sentences;
}

} // namespace lectern
