// What the heads look at, reduced where it was computed. Probabilities are of the softmax over the keys a head sees.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

namespace lectern {

// One head's map: rows are sampled queries (the last of every query block), columns are blocks of keys.
// cells[row * cols + col] is the probability mass the row's query gives the column's keys, 0..1; rows sum to 1.
struct AttentionMap {
    std::int32_t layer = 0;
    std::int32_t head = 0;
    std::int32_t rows = 0;
    std::int32_t cols = 0;
    std::int64_t tokensPerCol = 0;
    std::vector<std::int64_t> rowPosition; // token position of each row's query, ascending
    std::vector<float> cells;
};

// Small picture of one head: mass pooled to at most kThumbnailSide rows and columns, square-root scaled to 0..255
// (so that faint but broad attention stays visible).
struct AttentionThumbnail {
    std::int32_t layer = 0;
    std::int32_t head = 0;
    std::int32_t side = 0;
    std::vector<std::uint8_t> cells; // side * side, row-major, row 0 = start of the text
    float sinkMass = 0;   // mean mass on the first block, over rows
    float localMass = 0;  // mean mass on the last 16 blocks (1024 tokens)
    float distantMass = 0; // the rest: what a window would lose
};
constexpr int kThumbnailSide = 48;

// What one answer token used: mean over the full-attention heads (sink block and the block being written left out),
// weighted by how far each head looks back. blockMass[b] covers tokens [b * 64, b * 64 + 64) of the prompt.
struct TokenSources {
    std::int64_t position = 0; // of the answer token
    std::vector<float> blockMass;
};

struct AttentionSnapshot {
    std::int64_t step = 0;    // increases with every published snapshot
    std::int64_t position = 0;
    std::int32_t layers = 0;
    std::int32_t heads = 0;
    std::vector<AttentionThumbnail> thumbnails; // all layers x heads, layer-major; empty until first capture
    std::vector<AttentionMap> maps;             // of the chosen heads
    std::vector<TokenSources> sources;          // one an answer token, in order
};

using AttentionSnapshotPtr = std::shared_ptr<const AttentionSnapshot>;

} // namespace lectern
