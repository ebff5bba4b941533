// Runs a decoder over a chunk of tokens: embeddings in, residual stream through the layers, logits out. Owns
// the activations' memory, taken once; one thread calls it, the pool's threads help.
#pragma once

#include "engine/base/cancel.h"
#include "engine/attention/token_rotation.h"
#include "engine/kernels/attention.h"
#include "engine/kv/kv_cache.h"
#include "engine/model/model.h"

#include <span>

namespace lectern {

// What a layer's attention did, shown to an observer right after it was computed.
struct LayerAttention {
    int layer = 0;
    const AttentionShape* shape = nullptr;
    const AttentionJob* job = nullptr; // queries, positions and the KV heads
    const std::vector<PageMass>* masses = nullptr;
};

// Looks on while attention is computed. Called in the computing thread, between layers; must be quick.
class AttentionObserver {
public:
    virtual ~AttentionObserver() = default;
    virtual bool wants(int layer, int tokens) const = 0;
    virtual void onLayer(const LayerAttention& attention) = 0;
};

// What a decoder takes for its activations. `dualChunk`: Dual Chunk Attention turns each query three ways.
std::uint64_t activationBytes(const DecoderSpec& spec, int chunkTokens, bool dualChunk = false);

class Decoder {
public:
    // chunkTokens: the longest chunk of one step(). OutOfMemory if the activations do not fit.
    static Result<std::unique_ptr<Decoder>> create(std::shared_ptr<const Model> model, ThreadPool& pool,
                                                   int chunkTokens, const PositionPlan& positions);
    // With the model's own positions.
    static Result<std::unique_ptr<Decoder>> create(std::shared_ptr<const Model> model, ThreadPool& pool,
                                                   int chunkTokens);

    // The tokens of the text that is read from now on, where they are known; positions may depend on it.
    void setTextLength(std::int64_t tokens) { m_textLength = tokens; }
    // Appends the tokens to the cache, which must have room for them. Cancelled: the cache is as before.
    // Token ids must lie in the vocabulary.
    Status step(std::span<const std::int32_t> tokens, KvCache& cache, const CancelToken& cancel,
                AttentionObserver* observer);
    // Logits after token `index` of the last step: vocabulary floats.
    void logits(int index, float* out);

    // True if keys cached under one context are wrong under another: the text must be read anew.
    bool keysDependOn(std::int64_t context, std::int64_t otherContext) const;

    int chunkTokens() const { return m_chunkTokens; }
    std::uint64_t workspaceBytes() const { return m_memory.size(); }

private:
    Decoder(std::shared_ptr<const Model> model, ThreadPool& pool, int chunkTokens, const PositionPlan& positions);
    TokenRotation& rotation(int layer) { return m_rotations[std::size_t(m_rotationOfLayer[std::size_t(layer)])]; }
    void embed(std::span<const std::int32_t> tokens);
    // The residual stream after a norm, or itself where there is none.
    const float* normalised(const float* x, const std::vector<float>& weight, const std::vector<float>& bias,
                            int tokens);
    void storeKeys(int layer, int tokens, KvCache& cache);
    void attention(int layer, int tokens, KvCache& cache, const CancelToken& cancel,
                   AttentionObserver* observer);
    void feedForward(int layer, int tokens);
    // Adds what a block made to the residual stream, after a norm of its own if there is one.
    void addDelta(const std::vector<float>& postNorm, int tokens);

    std::shared_ptr<const Model> m_model;
    ThreadPool& m_pool;
    int m_chunkTokens;
    AttentionShape m_shape;
    std::vector<TokenRotation> m_rotations; // one a kind of layer
    std::vector<int> m_rotationOfLayer;
    bool m_dualChunk; // one of them turns queries three ways
    std::int64_t m_textLength = 0;
    LinearWorkspace m_linear;
    AttentionWorkspace m_attention;
    std::vector<PageMass> m_masses;
    AlignedBuffer m_memory;
    // All [chunkTokens][...]:
    float* m_residual = nullptr; // [embedding]
    float* m_normed = nullptr;   // [embedding]
    float* m_queries = nullptr;  // [heads * headDim]
    float* m_queriesForStretchBefore = nullptr;  // the same, with Dual Chunk Attention
    float* m_queriesForOlderStretches = nullptr; // the same
    float* m_keys = nullptr;     // [kvHeads * headDim]
    float* m_values = nullptr;   // [kvHeads * headDim]
    float* m_mixed = nullptr;    // [heads * headDim]
    float* m_gate = nullptr;     // [feedForward]
    float* m_up = nullptr;       // [feedForward]
    float* m_delta = nullptr;    // [embedding]
};

} // namespace lectern
