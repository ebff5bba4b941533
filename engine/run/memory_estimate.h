// What a session will take, before it is opened.
#pragma once

#include "engine/model/model.h"

namespace lectern {

struct MemoryEstimate {
    std::uint64_t weightsBytes = 0;   // mapped from the file
    std::uint64_t kvBytes = 0;        // what the KV cache will allocate, exactly
    std::uint64_t fullAttentionKvBytes = 0;
    std::uint64_t workspaceBytes = 0; // activations and the chunk's keys and values
    std::uint64_t availableBytes = 0; // memory the system has left now
    std::uint64_t totalBytes() const { return weightsBytes + kvBytes + workspaceBytes; }
    bool fits() const { return availableBytes == 0 || totalBytes() <= availableBytes; }
};

MemoryEstimate estimateMemory(const Model& model, const LayerPlan& plan, const KvLayouts& layouts,
                              std::int64_t context, int chunkTokens, bool dualChunk = false);

} // namespace lectern
