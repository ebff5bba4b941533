#include "app/worker/needle_text.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>

namespace lectern {

namespace {

// The filler of the passkey test.
constexpr const char* kPlainFiller =
    "The grass is green. The sky is blue. The sun is yellow. Here we go. There and back again.";

constexpr std::array<const char*, 26> kCodeWords{
    "alpha", "bravo",    "charlie", "delta", "echo",   "foxtrot", "golf",  "hotel",   "india",
    "juliet", "kilo",    "lima",    "mike",  "november", "oscar",  "papa",  "quebec",  "romeo",
    "sierra", "tango",   "uniform", "victor", "whiskey", "xray",   "yankee", "zulu"};

constexpr std::array<const char*, 10> kOrdinals{"first", "second",  "third",  "fourth", "fifth",
                                                "sixth", "seventh", "eighth", "ninth",  "tenth"};

std::string ordinal(int index)
{
    return index < int(kOrdinals.size()) ? kOrdinals[std::size_t(index)] : std::to_string(index + 1) + "th";
}

// The text as sentences, each with the white space behind it.
std::vector<std::string> sentencesOf(const std::string& text)
{
    std::vector<std::string> sentences;
    std::size_t begin = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool mark = text[i] == '.' || text[i] == '!' || text[i] == '?' || text[i] == '\n';
        if (!mark || (i + 1 < text.size() && !std::isspace(static_cast<unsigned char>(text[i + 1]))))
            continue;
        while (i + 1 < text.size() && std::isspace(static_cast<unsigned char>(text[i + 1])))
            ++i;
        sentences.push_back(text.substr(begin, i + 1 - begin));
        begin = i + 1;
    }
    if (begin < text.size())
        sentences.push_back(text.substr(begin));
    for (std::string& sentence : sentences)
        if (!std::isspace(static_cast<unsigned char>(sentence.back())))
            sentence += ' ';
    return sentences;
}

double anyDepth(std::mt19937_64& random) { return std::uniform_real_distribution<double>(0.05, 0.95)(random); }

std::string lettersAndDigits(const std::string& text)
{
    std::string kept;
    for (const char c : text)
        if (std::isalnum(static_cast<unsigned char>(c)))
            kept += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return kept;
}

} // namespace

NeedlePuzzle::NeedlePuzzle(const NeedleSettings& settings)
    : m_filler(sentencesOf(settings.haystack.empty() ? kPlainFiller : settings.haystack))
{
}

NeedlePuzzle::NeedlePuzzle(const NeedleSettings& settings, double asked, bool continues,
                           std::mt19937_64& random)
    : NeedlePuzzle(settings)
{
    if (settings.kind == NeedleKind::Passkey) {
        m_questions.push_back(addPasskey(asked, continues, random));
    } else {
        const int count = std::max(1, settings.needles);
        const int wanted = int(random() % std::uint64_t(count));
        for (int i = 0; i < count; ++i) {
            if (i != wanted)
                addWords(i, settings.words, anyDepth(random), continues, random);
        }
        m_questions.push_back(addWords(wanted, settings.words, asked, continues, random));
    }
    sortNeedles();
}

NeedlePuzzle NeedlePuzzle::ofAllDepths(const NeedleSettings& settings, bool continues,
                                       std::mt19937_64& random)
{
    NeedlePuzzle puzzle(settings);
    for (const double depth : settings.depths)
        puzzle.m_questions.push_back(
            puzzle.addWords(int(puzzle.m_questions.size()), settings.words, depth, continues, random));
    puzzle.sortNeedles();
    return puzzle;
}

void NeedlePuzzle::sortNeedles()
{
    std::stable_sort(m_needles.begin(), m_needles.end(),
                     [](const Needle& a, const Needle& b) { return a.depth < b.depth; });
}

NeedlePuzzle::Question NeedlePuzzle::addPasskey(double depth, bool continues, std::mt19937_64& random)
{
    const std::string key = std::to_string(10000 + random() % 40000);
    m_needles.push_back({"The pass key is " + key + ". Remember it. " + key + " is the pass key. ", depth});
    return {std::string("What is the pass key?") + (continues ? " The pass key is" : ""), key};
}

NeedlePuzzle::Question NeedlePuzzle::addWords(int index, int words, double depth, bool continues,
                                              std::mt19937_64& random)
{
    std::string sequence;
    for (int i = 0; i < words; ++i)
        sequence += (i == 0 ? "" : " ") + std::string(kCodeWords[random() % kCodeWords.size()]);
    // The authors' words, with their spelling.
    const std::string opening = "Remeber this sequence of words, it's the " + ordinal(index) + " passkey to the vault:";
    m_needles.push_back({opening + " " + sequence + ". ", depth});
    std::string question = "Based on the content of the book, what is the " + ordinal(index) +
                           " passkey to the vault?\nPasskey:";
    if (continues)
        question += " " + opening;
    return {std::move(question), std::move(sequence)};
}

NeedleText NeedlePuzzle::make(std::size_t sentences, std::size_t asked) const
{
    NeedleText made;
    made.question = m_questions.at(asked).text;
    made.expected = m_questions.at(asked).expected;
    std::size_t next = 0;
    for (std::size_t i = 0; i <= sentences; ++i) {
        for (; next < m_needles.size() &&
               static_cast<std::size_t>(std::lround(m_needles[next].depth * double(sentences))) <= i;
             ++next)
            made.text += m_needles[next].sentence;
        if (i < sentences)
            made.text += m_filler[i % m_filler.size()];
    }
    return made;
}

bool needleFound(const std::string& answer, const std::string& expected)
{
    return lettersAndDigits(answer).find(lettersAndDigits(expected)) != std::string::npos;
}

} // namespace lectern
