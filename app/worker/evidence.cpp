#include "app/worker/evidence.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <set>

namespace lectern {

namespace {

constexpr std::uint64_t kLongestPassage = 600; // bytes; a longer sentence is cut around the token
constexpr std::size_t kMostPassages = 3;
// Shares of the attention on documents. A passage that holds the answer word for word needs less of it.
constexpr double kLeastWithAnswer = 0.03;
constexpr double kLeastWithWords = 0.15;
constexpr double kWordsNeeded = 0.6; // share of the answer's words that the passage must hold

bool endsSentence(const std::string& text, std::uint64_t at)
{
    if (text[at] == '\n')
        return true;
    const char mark = text[at];
    return (mark == '.' || mark == '!' || mark == '?') && at + 1 < text.size() &&
           (text[at + 1] == ' ' || text[at + 1] == '\n');
}

bool insideCharacter(const std::string& text, std::uint64_t at)
{
    return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80;
}

// The sentence around byte `at`, without surrounding space.
std::pair<std::uint64_t, std::uint64_t> sentenceAround(const std::string& text, std::uint64_t at)
{
    // A token of white space belongs to the words that follow it.
    while (at + 1 < text.size() && std::isspace(static_cast<unsigned char>(text[at])))
        ++at;
    std::uint64_t begin = at;
    while (begin > 0 && at - begin < kLongestPassage && !endsSentence(text, begin - 1))
        --begin;
    std::uint64_t end = at;
    while (end < text.size() && end - at < kLongestPassage && !endsSentence(text, end))
        ++end;
    if (end < text.size() && text[end] != '\n')
        ++end; // the mark belongs to the sentence
    while (begin < end && (std::isspace(static_cast<unsigned char>(text[begin])) || insideCharacter(text, begin)))
        ++begin;
    while (end > begin && insideCharacter(text, end))
        --end;
    return {begin, end};
}

std::string lowered(const std::string& text)
{
    std::string lower = text;
    for (char& c : lower)
        c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return lower;
}

std::string trimmed(const std::string& text)
{
    const char* ignored = " \t\n.,;:!?\"'";
    const std::size_t begin = text.find_first_not_of(ignored);
    return begin == std::string::npos ? std::string()
                                      : text.substr(begin, text.find_last_not_of(ignored) - begin + 1);
}

std::set<std::string> words(const std::string& text)
{
    std::set<std::string> found;
    std::string word;
    for (const char c : lowered(text) + " ") {
        if (std::isalnum(static_cast<unsigned char>(c)) || (c & 0x80)) {
            word += c;
            continue;
        }
        if (word.size() > 2 || (!word.empty() && std::isdigit(static_cast<unsigned char>(word[0]))))
            found.insert(word);
        word.clear();
    }
    return found;
}

// How well a passage's words bear the answer out: 2 = it holds the answer, 1 = most of its words, 0 = neither.
int agreement(const std::string& passage, const std::string& answer)
{
    const std::string needle = lowered(trimmed(answer));
    if (needle.empty())
        return 0;
    if (lowered(passage).find(needle) != std::string::npos)
        return 2;
    const std::set<std::string> wanted = words(answer);
    const std::set<std::string> held = words(passage);
    const auto common = std::count_if(wanted.begin(), wanted.end(), [&](const auto& word) { return held.count(word) != 0; });
    return !wanted.empty() && double(common) >= kWordsNeeded * double(wanted.size()) ? 1 : 0;
}

EvidencePassage makePassage(const Document& document, std::uint64_t begin, std::uint64_t end, double score)
{
    EvidencePassage passage;
    passage.documentId = document.id.value;
    passage.document = document.name;
    passage.start = begin;
    passage.end = end;
    passage.text = document.text.substr(begin, end - begin);
    passage.score = score;
    const Location location = locate(document, begin);
    passage.page = static_cast<int>(location.page);
    passage.line = static_cast<int>(location.line);
    passage.file = location.file;
    return passage;
}

} // namespace

std::vector<EvidencePassage> findEvidence(const std::vector<float>& documentMass, const ReadingPrompt& prompt,
                                          const std::vector<Document>& documents, const std::string& answer)
{
    double total = 0;
    std::map<std::pair<int, std::uint64_t>, std::pair<std::uint64_t, double>> masses; // (document, begin) -> (end, mass)
    std::pair<std::uint64_t, std::uint64_t> sentence;
    int sentenceDocument = -1;
    for (std::size_t i = 0; i < documentMass.size() && i < prompt.spans.size(); ++i) {
        const DocumentSpan& span = prompt.spans[i];
        if (span.document < 0 || documentMass[i] <= 0)
            continue;
        total += documentMass[i];
        if (span.document != sentenceDocument || span.begin < sentence.first || span.begin >= sentence.second) {
            sentence = sentenceAround(documents[std::size_t(span.document)].text, span.begin);
            sentenceDocument = span.document;
        }
        auto& [end, mass] = masses[{span.document, sentence.first}];
        end = sentence.second;
        mass += documentMass[i];
    }
    std::vector<std::pair<int, EvidencePassage>> found;
    for (const auto& [place, value] : masses) {
        const double score = value.second / total;
        const Document& document = documents[std::size_t(place.first)];
        if (score < kLeastWithAnswer || value.first <= place.second)
            continue;
        const int agrees = agreement(document.text.substr(place.second, value.first - place.second), answer);
        if (agrees == 2 || (agrees == 1 && score >= kLeastWithWords))
            found.emplace_back(agrees, makePassage(document, place.second, value.first, score));
    }
    std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
        return a.first != b.first ? a.first > b.first : a.second.score > b.second.score;
    });
    std::vector<EvidencePassage> passages;
    for (auto& [agrees, passage] : found)
        if (passages.size() < kMostPassages)
            passages.push_back(std::move(passage));
    return passages;
}

} // namespace lectern
