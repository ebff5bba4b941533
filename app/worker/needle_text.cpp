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

NeedlePuzzle::NeedlePuzzle(const NeedleSettings& settings, double asked, bool continues, std::mt19937_64& random)
    : m_filler(sentencesOf(settings.haystack.empty() ? kPlainFiller : settings.haystack))
{
    if (settings.kind == NeedleKind::Passkey) {
        addPasskey(asked, continues, random);
    } else {
        const int count = std::max(1, settings.needles);
        const int wanted = int(random() % std::uint64_t(count));
        for (int i = 0; i < count; ++i) {
            if (i != wanted)
                addWords(i, settings.words, anyDepth(random), continues, random);
        }
        addWords(wanted, settings.words, asked, continues, random); // last: its question is the one that stays
    }
    std::stable_sort(m_needles.begin(), m_needles.end(),
                     [](const Needle& a, const Needle& b) { return a.depth < b.depth; });
}

void NeedlePuzzle::addPasskey(double depth, bool continues, std::mt19937_64& random)
{
    m_expected = std::to_string(10000 + random() % 40000);
    m_needles.push_back({"The pass key is " + m_expected + ". Remember it. " + m_expected + " is the pass key. ", depth});
    m_question = "What is the pass key?";
    if (continues)
        m_question += " The pass key is";
}

void NeedlePuzzle::addWords(int index, int words, double depth, bool continues, std::mt19937_64& random)
{
    std::string sequence;
    for (int i = 0; i < words; ++i)
        sequence += (i == 0 ? "" : " ") + std::string(kCodeWords[random() % kCodeWords.size()]);
    // The authors' words, with their spelling.
    const std::string opening = "Remeber this sequence of words, it's the " + ordinal(index) + " passkey to the vault:";
    m_needles.push_back({opening + " " + sequence + ". ", depth});
    m_expected = sequence;
    m_question = "Based on the content of the book, what is the " + ordinal(index) + " passkey to the vault?\nPasskey:";
    if (continues)
        m_question += " " + opening;
}

NeedleText NeedlePuzzle::make(std::size_t sentences) const
{
    NeedleText made;
    made.question = m_question;
    made.expected = m_expected;
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
