// Local blocks and every stride-th block: LongGen's BlockSparse layers, dkernel's local-stride mask
// (S2-Attention, arXiv 2407.17678; dkernel utils.get_sparse_attn_mask):
//   keep = q_block - k_block < local  or  (k_block + phase) % stride == 0,  causal inside the block.
// dkernel's phase of KV head h is h * max(1, stride / query heads) + offset; the plan resolves it.
#pragma once

#include "engine/attention/key_span.h"

#include <algorithm>
#include <string>

namespace lectern {

struct StridedBlocksPattern {
    static constexpr const char* kKind = "strided";

    std::int64_t block = 64;  // tokens
    std::int64_t local = 32;  // blocks, the query's own included; >= 1
    std::int64_t stride = 64; // blocks; >= 1
    std::int64_t phase = 0;   // blocks, 0 <= phase < stride

    std::int64_t windowBegin(std::int64_t query) const
    {
        return std::max<std::int64_t>(0, (query / block - local + 1) * block);
    }
    // The first strided block that ends after `from`.
    KeyRun nextKept(std::int64_t from) const
    {
        const std::int64_t current = from / block;
        const std::int64_t rest = (current + phase) % stride;
        const std::int64_t kept = rest == 0 ? current : current + (stride - rest);
        return {kept * block, (kept + 1) * block};
    }
    std::string describe() const
    {
        return "last " + std::to_string(local) + " blocks of " + std::to_string(block) + " + every " +
               std::to_string(stride) + "th block, phase " + std::to_string(phase);
    }
    bool operator==(const StridedBlocksPattern&) const = default;
};

} // namespace lectern
