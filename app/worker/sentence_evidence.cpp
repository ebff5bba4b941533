#include "app/worker/sentence_evidence.h"

#include "app/worker/answer_sentences.h"
#include "app/worker/evidence.h"

#include <algorithm>

namespace lectern {

SentenceEvidence::SentenceEvidence(const std::vector<float>& mass, const ReadingPrompt& prompt,
                                   const std::vector<Document>& documents)
    : m_mass(mass), m_prompt(prompt), m_documents(documents)
{
}

void SentenceEvidence::closeSentence(const std::string& answer,
                                     std::pair<std::uint64_t, std::uint64_t> sentence,
                                     const std::vector<float>& until)
{
    std::vector<float> own = until;
    for (std::size_t i = 0; i < std::min(own.size(), m_begin.size()); ++i)
        own[i] = std::max(0.0f, own[i] - m_begin[i]);
    const std::string text = answer.substr(sentence.first, sentence.second - sentence.first);
    for (EvidencePassage& passage : findEvidence(own, m_prompt, m_documents, text)) {
        passage.answerRanges = {sentence};
        m_found.push_back(std::move(passage));
    }
}

void SentenceEvidence::grown(const std::string& answer)
{
    if (m_documents.empty() || answer.empty())
        return;
    const auto sentences = answerSentences(answer);
    // The last one may go on: only those before it are over.
    while (m_closed + 1 < sentences.size()) {
        const std::vector<float>& until = m_atMark.empty() ? m_mass : m_atMark;
        closeSentence(answer, sentences[m_closed], until);
        m_begin = until;
        m_atMark.clear();
        ++m_closed;
    }
    const char last = answer.back();
    if (last == '.' || last == '!' || last == '?' || last == '\n')
        m_atMark = m_mass;
}

std::vector<EvidencePassage> SentenceEvidence::finish(const std::string& answer)
{
    std::vector<EvidencePassage> all = findEvidence(m_mass, m_prompt, m_documents, answer);
    const auto sentences = answerSentences(answer);
    if (sentences.size() == 1) {
        for (EvidencePassage& passage : all)
            passage.answerRanges = sentences;
        return all;
    }
    if (!m_documents.empty() && m_closed < sentences.size())
        closeSentence(answer, sentences.back(), m_mass);
    for (EvidencePassage& passage : m_found) {
        const auto known = std::find_if(all.begin(), all.end(), [&](const EvidencePassage& other) {
            return other.documentId == passage.documentId && other.start == passage.start;
        });
        if (known == all.end())
            all.push_back(std::move(passage));
        else if (known->answerRanges.empty() || known->answerRanges.back() != passage.answerRanges.front())
            known->answerRanges.push_back(passage.answerRanges.front());
    }
    return all;
}

} // namespace lectern
