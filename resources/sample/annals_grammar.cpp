#include "resources/sample/annals_grammar.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <vector>

namespace lectern::annals {

namespace {

// Position of the bracket that closes the one at `open`; the end of the text where there is none.
std::size_t closingBracket(std::string_view text, std::size_t open)
{
    int depth = 0;
    for (std::size_t i = open; i < text.size(); ++i) {
        if (text[i] == '[')
            ++depth;
        else if (text[i] == ']' && --depth == 0)
            return i;
    }
    return text.size();
}

std::vector<std::string_view> choicesOf(std::string_view inside)
{
    std::vector<std::string_view> choices;
    int depth = 0;
    std::size_t begin = 0;
    for (std::size_t i = 0; i < inside.size(); ++i) {
        depth += inside[i] == '[' ? 1 : inside[i] == ']' ? -1 : 0;
        if (inside[i] == '|' && depth == 0) {
            choices.push_back(inside.substr(begin, i - begin));
            begin = i + 1;
        }
    }
    choices.push_back(inside.substr(begin));
    return choices;
}

constexpr std::array kUnits{"zero",     "one",     "two",     "three",     "four",     "five",    "six",
                            "seven",    "eight",   "nine",    "ten",       "eleven",   "twelve",  "thirteen",
                            "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"};
constexpr std::array kTens{"",      "",      "twenty",  "thirty", "forty",
                           "fifty", "sixty", "seventy", "eighty", "ninety"};
constexpr std::array kOrdinals{"zeroth",    "first",     "second",      "third",      "fourth",
                               "fifth",     "sixth",     "seventh",     "eighth",     "ninth",
                               "tenth",     "eleventh",  "twelfth",     "thirteenth", "fourteenth",
                               "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth"};

} // namespace

std::string expand(std::string_view phrase, SplitMix& random, const FillGap& fill)
{
    std::string out;
    for (std::size_t i = 0; i < phrase.size(); ++i) {
        if (phrase[i] == '[') {
            const std::size_t close = closingBracket(phrase, i);
            const auto choices = choicesOf(phrase.substr(i + 1, close - i - 1));
            out += expand(choices[random.below(choices.size())], random, fill);
            i = close;
        } else if (phrase[i] == '{') {
            const std::size_t close = std::min(phrase.find('}', i), phrase.size());
            out += fill(phrase.substr(i + 1, close - i - 1));
            i = close;
        } else {
            out += phrase[i];
        }
    }
    return out;
}

std::string joined(std::initializer_list<std::string> parts)
{
    std::string out;
    for (const std::string& part : parts)
        out += part;
    return out;
}

std::string capitalised(std::string text)
{
    const std::size_t letter = !text.empty() && text[0] == '"' ? 1 : 0;
    if (letter < text.size())
        text[letter] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[letter])));
    return text;
}

std::string numberWord(int number)
{
    if (number < 0 || number > 99)
        return std::to_string(number);
    const auto n = static_cast<std::size_t>(number);
    if (n < kUnits.size())
        return kUnits[n];
    std::string word = kTens[n / 10];
    if (n % 10 != 0)
        word.append("-").append(kUnits[n % 10]);
    return word;
}

std::string ordinalWord(int number)
{
    if (number < 1 || number > 39)
        return std::to_string(number) + "th";
    const auto n = static_cast<std::size_t>(number);
    if (n < kOrdinals.size())
        return kOrdinals[n];
    std::string word = n < 30 ? "twent" : "thirt";
    if (n % 10 == 0)
        word.append("ieth");
    else
        word.append("y-").append(kOrdinals[n % 10]);
    return word;
}

} // namespace lectern::annals
