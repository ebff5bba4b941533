// Attention patterns beside the masks of their papers, written out: the pattern under test and a predicate
// that shares no code with it.
#pragma once

#include "engine/attention/patterns.h"

#include <functional>
#include <random>
#include <string>

namespace lectern::test {

// True if query position q sees key position k.
using Mask = std::function<bool(std::int64_t q, std::int64_t k)>;

struct MaskCase {
    HeadPattern pattern;
    Mask keeps;
    std::string what;
};

MaskCase fullCase();
// LongGen with AttnSink (arXiv 2410.01485): the first `sink` tokens and the most recent `blocks` blocks, the
// query's own included.
MaskCase sinkBlocksCase(std::int64_t sink, std::int64_t block, std::int64_t blocks);
// StreamingLLM (arXiv 2309.17453): the first `sink` tokens and the last `window` tokens, the query included.
MaskCase tokenWindowCase(std::int64_t sink, std::int64_t window);

// DuoAttention's streaming heads (arXiv 2410.10819) while a prompt is read chunk by chunk: the first chunk
// sees all that is before, later ones the sink, `recent` tokens before the chunk, and the chunk.
MaskCase sinkChunkCase(std::int64_t sink, std::int64_t recent, std::int64_t chunk);

// The mask of local and strided blocks (arXiv 2407.17678) of one head.
struct LocalStride {
    std::int64_t block = 64, local = 1, stride = 1;
    std::int64_t head = 0, heads = 1; // the KV head, and how many query heads the layer has
    std::int64_t offset = 0;          // 0, or 1 as Phi-3-small has it
};
bool localStrideKeeps(const LocalStride& rule, std::int64_t q, std::int64_t k);
MaskCase localStrideCase(const LocalStride& rule);

// Any of the above with numbers that suit texts of some hundred tokens.
MaskCase randomCase(std::mt19937& random);

// Uniform in [low, high].
std::int64_t drawn(std::mt19937& random, std::int64_t low, std::int64_t high);

} // namespace lectern::test
