// The prompt of a session: documents first, then questions and answers in order, so that a follow-up only adds to its end
// and everything before stays in the KV cache. Keeps the way back from each prompt token to the byte of a document.
#pragma once

#include "app/documents/document.h"
#include "app/session/session_types.h"
#include "engine/kv/ring_checkpoints.h"
#include "engine/run/loaded_model.h"
#include "engine/text/prompt.h"

namespace lectern {

// Where in which document a prompt token's text lies. document -1: not in a document.
struct DocumentSpan {
    int document = -1; // index into the documents given to makeReadingPrompt()
    std::uint64_t begin = 0, end = 0;
};

struct ReadingPrompt {
    std::vector<TokenId> ids;
    std::vector<DocumentSpan> spans; // as long as ids
    // Token ranges [begin, end) that are document text.
    std::vector<std::pair<std::int64_t, std::int64_t>> documentRanges;
    // Where other prompts of the session may go another way: the end of the documents, the beginnings of messages.
    std::vector<CheckpointMark> marks;
};

// `earlier`: the session's finished turns; `question`: the new one. Errors: those of the template and the tokenizer.
Result<ReadingPrompt> makeReadingPrompt(const LoadedModel& model, const std::vector<Document>& documents,
                                        const std::vector<Message>& earlier, const std::string& question);

} // namespace lectern
