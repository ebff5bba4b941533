// Reads chunks of tokens on a GPU: a decoder and its KV cache in the device's memory. The arithmetic is the
// CPU decoder's; products take f16 inputs and sum in f32, the residual stream is f32. A step's work is queued
// at once; a single token's is recorded as a graph the first time and replayed after that.
#pragma once

#include "engine/base/cancel.h"
#include "engine/kv/device_pages.h"
#include "engine/model/cuda_weights.h"

namespace lectern {

class CudaRunner {
public:
    // Takes all memory for `context` tokens and chunks of at most `chunkTokens`.
    static Result<std::unique_ptr<CudaRunner>> create(std::shared_ptr<const CudaWeights> weights,
                                                      const LayerPlan& plan, std::int64_t context,
                                                      int chunkTokens);
    ~CudaRunner();

    // As KvCache::grow, rewind, clear. Growing takes the new pool before the old one is given back.
    Status grow(std::int64_t context);
    bool rewind(std::int64_t position) { return m_pages.rewind(position); }
    void clear() { m_pages.clear(); }

    // Appends the tokens. A chunk is not interrupted: it is done within a few milliseconds.
    Status step(std::span<const std::int32_t> tokens, const CancelToken& cancel);
    // Logits after token `index` of the last step: vocabulary floats.
    Status logits(int index, float* out);
    // The token with the highest logit after token `index` of the last step, chosen on the device.
    Result<std::int32_t> greedy(int index);

    int chunkTokens() const { return m_chunkTokens; }
    const DevicePages& pages() const { return m_pages; }
    std::uint64_t workspaceBytes() const;

private:
    CudaRunner(std::shared_ptr<const CudaWeights> weights, const LayerPlan& plan, int chunkTokens);
    Status takeMemory();
    Status placeHeads(const LayerPlan& plan);
    Status placeAngles(std::int64_t context);
    Status placeSplits(std::int64_t context);
    Status sendStep(std::span<const std::int32_t> tokens);
    Status queueStep(int tokens);
    Status replayStep();
    Status queueAngles(int tokens);
    Status queueLayer(int layer, int tokens);
    Status queueAttention(int layer, int tokens);
    Status queueFeedForward(int layer, int tokens);
    Status queueNorm(const float* x, const float* weight, const float* bias, void* split, int tokens);
    Status queueProduct(const CudaMatrix& matrix, const void* x, float* out, int stride, int tokens,
                        bool accumulate);
    Status queueDelta(const CudaMatrix& matrix, const void* x, const float* postNorm, int tokens);
    Status queueLogits(int index);
    // The logits after a token, in m_logits: a single token's step has made them already.
    Status needLogits(int index) { return m_hasLogits ? Status() : queueLogits(index); }
    void forgetGraph();
    // Where the input of a product is split: null where that product does not need it.
    void* splitFor(std::initializer_list<const CudaMatrix*> matrices, int tokens) const;
    Status check(std::int32_t code) const { return m_weights->device()->check(code); }
    const LecternCudaApi& api() const { return m_weights->device()->api(); }
    LecternCudaContext* context() const { return m_weights->device()->context(); }
    const DecoderSpec& spec() const { return m_weights->model().spec(); }

    std::shared_ptr<const CudaWeights> m_weights;
    int m_chunkTokens;
    DevicePages m_pages;
    RopeTable m_rope;
    std::optional<RopeTable> m_windowRope;
    // All for m_chunkTokens tokens.
    static constexpr int kTokensAt = 4; // of m_input
    DeviceBuffer m_input;    // i32: position, and from kTokensAt the token ids
    DeviceBuffer m_residual; // f32 [embedding]
    DeviceBuffer m_normed;   // f16 [embedding]
    DeviceBuffer m_qkv;      // f32
    DeviceBuffer m_queries;  // packed pages
    DeviceBuffer m_mixed;    // f16 [heads * headDim]
    DeviceBuffer m_gateUp;   // f32 [2 feedForward]
    DeviceBuffer m_active;   // f16 [feedForward]
    DeviceBuffer m_delta;    // f32 [embedding], where blocks have a norm of their own
    DeviceBuffer m_split;    // the next product's input split, of a single token
    DeviceBuffer m_unpacked, m_workspace, m_heads, m_table, m_moves, m_pool, m_logits, m_chosen;
    DeviceBuffer m_frequencies, m_windowFrequencies; // f64, radians per position
    DeviceBuffer m_angles, m_windowAngles;           // f32 [dimensions]
    DeviceBuffer m_splits;                           // [layers][kvHeads + 1], of decode's work
    std::vector<std::int32_t> m_totalSplits;
    std::vector<std::int32_t> m_hostInput;
    void* m_graph = nullptr;
    bool m_hasLogits = false;
};

} // namespace lectern
