// Follows an answer while it is written and finds the passages that each of its sentences rests on: the
// attention that came since the sentence began. One answer, one thread.
#pragma once

#include "app/worker/reading_prompt.h"
#include "app/worker/values.h"

namespace lectern {

class SentenceEvidence {
public:
    // `mass`: AttentionRecorder::documentMass(), which grows while the answer is written. All must outlive
    // this.
    SentenceEvidence(const std::vector<float>& mass, const ReadingPrompt& prompt,
                     const std::vector<Document>& documents);

    // A token more: `answer` so far.
    void grown(const std::string& answer);
    // The passages of the whole answer, best first, then those that only a sentence rests on; each with the
    // sentences that rest on it.
    std::vector<EvidencePassage> finish(const std::string& answer);

private:
    void closeSentence(const std::string& answer, std::pair<std::uint64_t, std::uint64_t> sentence,
                       const std::vector<float>& until);

    const std::vector<float>& m_mass;
    const ReadingPrompt& m_prompt;
    const std::vector<Document>& m_documents;
    std::vector<float> m_begin;  // the mass when the sentence under way began
    std::vector<float> m_atMark; // and when a mark that may end it came
    std::vector<EvidencePassage> m_found;
    std::size_t m_closed = 0; // sentences
};

} // namespace lectern
