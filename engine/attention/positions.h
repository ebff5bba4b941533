// How a session counts positions: as the model says, or by a method that lets it read further than it was
// trained to. A method is a string, like a plan: model | linear:F | ntk:F | dynamic[:F] | yarn:F | e2[:G] |
// dca[:...].
//   linear    position interpolation (arXiv 2306.15595): positions / F
//   ntk       the base grows so that the slowest pair turns F times slower; dynamic: by how far the context
//   exceeds
//             the model's own, keys being turned when they are read because the base changes
//   yarn      arXiv 2309.00071
//   e2        E2-LLM (arXiv 2401.06951): positions / G, G = max(1, ceil(context / window)) fixed when the
//   session opens;
//             e2:grow lets G follow the context, keys being turned when they are read
//   dca       Dual Chunk Attention (arXiv 2402.17463), see dual_chunk.h
// A method replaces the model's own scaling. Layers whose window has rotary positions of its own keep them.
#pragma once

#include "engine/attention/dual_chunk.h"
#include "engine/attention/layer_plan.h"
#include "engine/attention/rope.h"

#include <optional>

namespace lectern {

// Scores that grow with the logarithm of the text's length n, 1 up to `original` tokens. Keys keep the factor
// of the length at which they were cached.
enum class LengthScale {
    None,
    ChunkLlama, // keys and queries times 0.05 ln(n / original) + 1
    Qwen,       // keys times 0.1 ln(n / original) + 1
};

// How one kind of layer turns its queries and keys.
struct LayerPositions {
    RopeSettings rope;
    std::optional<DualChunk> dual;
    LengthScale lengthScale = LengthScale::None;
    double lengthOriginal = 0; // tokens
    bool turnedWhenRead =
        false; // keys are cached before rotation, because the angles change with the context
};

double keyFactor(const LayerPositions& positions, std::int64_t length);
double queryFactor(const LayerPositions& positions, std::int64_t length);
// The numbers of a model's own Dual Chunk Attention (dual_chunk_attention_config of Qwen 1M models).
struct DualChunkConfig {
    std::int64_t chunkSize = 0, localSize = 0;
    std::int64_t originalContext = 0; // 0: no length scale
    bool operator==(const DualChunkConfig&) const = default;
};

// What a model says of its positions.
struct ModelPositions {
    RopeSettings rope;
    std::optional<RopeSettings> windowRope; // of layers with a window of the model's own
    std::vector<std::int64_t> windows;      // by layer; 0: none; empty: none at all
    std::int64_t contextLength = 0;         // tokens the model was made for
    std::optional<DualChunkConfig> dualChunk;
};

struct PositionPlan {
    std::string text; // the method with its numbers resolved: "model", "e2:4", ...
    std::vector<LayerPositions> kinds;
    std::vector<int> kindOfLayer;

    const LayerPositions& of(int layer) const
    {
        return kinds[static_cast<std::size_t>(kindOfLayer[static_cast<std::size_t>(layer)])];
    }
    bool anyDual() const;
};

// True for a method whose numbers are settled when the session opens (e2 without a scale): what was settled
// must be recorded and used when the session goes on.
bool isSettledAtOpening(const std::string& text);

// `text` empty or "auto": what the plan says, else "model". `context`: tokens the session opens with room
// for. Usage error that names the part which is wrong.
Result<PositionPlan> resolvePositions(const std::string& text, const ModelPositions& model,
                                      const LayerPlan& plan, std::int64_t context);

} // namespace lectern
