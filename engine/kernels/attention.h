// Attention of a chunk of queries over the KV cache: softmax(q k^T * scale) v over exactly the keys that each head's
// pattern shows, with an online softmax (FlashAttention, arXiv 2205.14135). The heads of a KV group share every key and
// value load. What a pattern never sees is skipped by page, by arithmetic.
#pragma once

#include "engine/attention/key_angles.h"
#include "engine/base/cancel.h"
#include "engine/base/thread_pool.h"
#include "engine/kernels/cpu/page_reader.h"
#include "engine/kv/head_pages.h"

#include <vector>

namespace lectern {

struct AttentionShape {
    int heads = 0;   // query heads
    int kvHeads = 0; // heads / kvHeads query heads share one KV head
    int headDim = 0;
    float scale = 1.0f;
    float softcap = 0.0f; // 0: none; else scores become cap * tanh(score / cap) (Gemma 2)
};

// The probability mass of one query over the pages it saw, as the kernel computed it.
struct PageMass {
    int head = 0;
    std::int64_t position = 0;
    std::vector<float> mass; // by page number, 0 where nothing was seen; sums to 1
};

// Which of a query's rotations a key meets, where positions start again in every stretch of the text.
enum QuerySet { kOwnStretch, kStretchBefore, kOlderStretches, kQuerySets };

struct AttentionJob {
    const float* queries = nullptr; // [tokens][heads][headDim], after RoPE
    float* out = nullptr;           // the same shape
    std::int64_t firstPosition = 0;
    int tokens = 0;
    // One entry a KV head, of any KV type; the pages hold every key of the chunk too.
    std::vector<const HeadPages*> kv;
    // If set, the masses of the last query of every page of queries and of the last query of the chunk are appended.
    std::vector<PageMass>* pageMasses = nullptr;
    // Positions that start again every `stretch` tokens (engine/attention/dual_chunk.h): keys of a query's own stretch
    // meet `queries`, those of the stretch before and of all older ones these, of the same shape. 0: all meet `queries`.
    std::int64_t stretch = 0;
    const float* queriesForStretchBefore = nullptr;
    const float* queriesForOlderStretches = nullptr;
    // If set, keys are cached before rotation, and the kernel turns each page as it reads it.
    const KeyAngles* keyAngles = nullptr;

    QuerySet querySet(std::int64_t query, std::int64_t key) const;
    const float* queriesOf(QuerySet set) const;
};

// Scratch memory, kept between calls so that a step allocates nothing once it is warm. One per engine session.
struct AttentionWorkspace {
    struct Thread {
        std::vector<float> floats;
        std::vector<KeySpan> spans;
        PageScratch scratch;
    };
    std::vector<Thread> threads;
    std::vector<float> partials;
};

// Returns early, with `out` undefined, once cancelled.
void attend(const AttentionShape& shape, const AttentionJob& job, AttentionWorkspace& workspace, ThreadPool& pool,
            const CancelToken& cancel);

} // namespace lectern
