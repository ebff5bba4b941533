// The exact prompt of a question as the window shows it: every token with its text, and which bytes of which
// document it stands for. Immutable once made; shared with the window's thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace lectern {

struct ReadingPrompt;
struct Document;
class LoadedModel;

struct PromptView {
    // Bytes [begin, end) of a document; document -1: template, question or an earlier turn.
    struct Span {
        std::int32_t document = -1; // index into `documents`
        std::uint64_t begin = 0, end = 0;
    };

    std::int64_t session = 0;
    std::string text;                // the tokens' texts joined; special tokens by name
    std::vector<std::uint32_t> ends; // of each token, bytes of `text`
    std::vector<std::int32_t> ids;   // of the vocabulary
    std::vector<bool> special;       // control tokens
    std::vector<Span> spans;
    std::vector<std::int64_t> documents; // ids in the store

    std::size_t size() const { return ids.size(); }
    std::string piece(std::size_t token) const
    {
        const std::uint32_t begin = token == 0 ? 0 : ends[token - 1];
        return text.substr(begin, ends[token] - begin);
    }
};

using PromptViewPtr = std::shared_ptr<const PromptView>;

PromptViewPtr makePromptView(std::int64_t session, const LoadedModel& model, const ReadingPrompt& prompt,
                             const std::vector<Document>& documents);

} // namespace lectern
