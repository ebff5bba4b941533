// What a snapshot of keys and values is good for: the same model, tokenizer, plan, positions and KV type. All
// of it must be equal, else the numbers mean something else.
//
// The model is known by its content, not its path: every key and value of the file's header, every tensor's
// name, type and shape, and of each tensor's data the first, middle and last 4 KiB (XXH3, 128 bits). Two
// files that differ only between those samples would be taken for one; a change by training, merging or
// quantising touches every sample of a tensor, so this is the price for not reading gigabytes again. What adapters add is
// hashed whole.
#pragma once

#include "engine/run/engine_session.h"

#include <string>

namespace lectern {

struct SnapshotIdentity {
    std::string model, tokenizer; // hashes, hexadecimal
    std::string plan;             // its text, and a hash of what each head keeps
    std::string positions;        // the method's name, and a hash of the angles it gives
    std::string kvType;
    std::int32_t layers = 0, kvHeads = 0, headDim = 0;
    bool operator==(const SnapshotIdentity&) const = default;
};

// Hash of the model's file; "" for a model without one. Touches every tensor: keep the result.
std::string modelIdentity(const LoadedModel& model);
std::string tokenizerIdentity(const Vocabulary& vocabulary);
// What changes with the session. `positions` and `kvType` are the settings' strings.
std::string planIdentity(const LayerPlan& plan);
std::string positionsIdentity(const std::string& positions, const DecoderSpec& spec, std::int64_t context);

} // namespace lectern
