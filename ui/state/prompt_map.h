// Which part of the prompt is which part of which document, so that attention over token positions can be
// drawn over the text. Exact at the borders of 64-token blocks once the prompt is known; before, laid out
// from token counts, in order: right to within a few tokens at the ends and the unevenness of the text
// inside. No window needed.
#pragma once

#include "app/worker/prompt_view.h"
#include "engine/telemetry/attention_view.h"
#include "ui/state/library.h"

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

namespace lectern {

constexpr int kTokensPerSourceBlock = 64; // of TokenSources::blockMass

// Tokens [tokenBegin, tokenEnd) of the prompt are bytes [byteBegin, byteEnd) of the document, evenly.
struct PromptSpan {
    std::int64_t tokenBegin = 0, tokenEnd = 0;
    std::int64_t document = 0;
    std::uint64_t byteBegin = 0, byteEnd = 0;
};

class PromptMap {
public:
    PromptMap() = default;
    explicit PromptMap(std::vector<PromptSpan> spans); // ascending, apart
    // Documents in the order of the prompt; those without a token count get none.
    static PromptMap fromDocuments(const std::vector<DocumentRow>& documents);
    // One span for each 64-token block and document.
    static PromptMap fromPrompt(const PromptView& prompt);

    const std::vector<PromptSpan>& spans() const { return m_spans; }
    // Token position of a byte; -1 if the document is not in the prompt.
    std::int64_t tokenOfByte(std::int64_t document, std::uint64_t byte) const;

    // Strength 0..1 of `bins` equal stretches of a document's bytes (the strongest is 1), square-root scaled
    // so that faint sources stay visible. Empty where nothing is known or all is zero.
    std::vector<float> strengths(std::int64_t document, std::uint64_t documentBytes,
                                 const std::vector<float>& blockMass, int bins) const;

    // Tokens [first, last) of bytes [begin, end) of a document; (-1, -1) if it is not in the prompt.
    std::pair<std::int64_t, std::int64_t> tokensOfBytes(std::int64_t document, std::uint64_t begin,
                                                        std::uint64_t end) const;

private:
    std::vector<PromptSpan> m_spans;
    std::map<std::int64_t, std::pair<std::size_t, std::size_t>> m_ofDocument; // its spans [first, last)
};

// The blocks' mean mass over all answer tokens, or of one (index >= 0). Empty without sources.
std::vector<float> sourceProfile(const std::vector<TokenSources>& sources, int index);
// The same over answer tokens [begin, end).
std::vector<float> sourceProfile(const std::vector<TokenSources>& sources, int begin, int end);
// The share of each answer token's look that fell on prompt tokens [first, last), from block masses.
std::vector<float> useOfTokens(const std::vector<TokenSources>& sources, std::int64_t first,
                               std::int64_t last);

} // namespace lectern
