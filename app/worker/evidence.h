// The passages an answer rests on: sentences of the documents that the answer's tokens looked at, checked against the
// answer's words. No passage is named unless both agree: then there is "no confident source".
#pragma once

#include "app/worker/reading_prompt.h"
#include "app/worker/values.h"

namespace lectern {

// documentMass: by prompt token, from AttentionRecorder. Best passage first; at most three.
std::vector<EvidencePassage> findEvidence(const std::vector<float>& documentMass, const ReadingPrompt& prompt,
                                          const std::vector<Document>& documents, const std::string& answer);

} // namespace lectern
