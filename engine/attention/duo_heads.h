// DuoAttention (arXiv 2410.10819): every KV head has a gate; those with the largest are retrieval heads and
// keep full attention, the others stream (attention sink and recent tokens).
#pragma once

#include "engine/base/result.h"

#include <functional>
#include <string>
#include <vector>

namespace lectern {

// What a pattern folder holds.
struct DuoGates {
    std::vector<std::vector<double>>
        gates;         // [layer][KV head], as they were trained: a few may lie outside [0, 1]
    std::string model; // the model they were trained on; may be empty
};

// Reads a folder; the plan parser is given one, so that it knows no files.
using DuoReader = std::function<Result<DuoGates>(const std::string& path)>;

enum class DuoTies {
    Keep,  // all heads at the threshold are full
    Break, // noise below 1e-6 of a fixed seed decides: as many heads are full as the sparsity says
};

struct DuoSplit {
    double threshold = 0;
    std::vector<std::vector<bool>> full; // [layer][KV head]
    int fullHeads() const;
};

// The share `sparsity` of the heads of the given rows streams: a head is full if its gate, clipped to [0, 1],
// is at least the quantile (with linear interpolation). 0: all are full; 1: none.
DuoSplit splitHeads(const std::vector<std::vector<double>>& gates, double sparsity, DuoTies ties);

} // namespace lectern
