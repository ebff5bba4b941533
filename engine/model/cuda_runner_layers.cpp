// What a step queues on the device, layer by layer; Decoder is the same on the CPU.
#include "engine/model/cuda_runner.h"

#include <algorithm>

namespace lectern {

Status CudaRunner::queueNorm(const float* x, const float* weight, const float* bias, void* split, int tokens)
{
    const DecoderSpec& s = spec();
    void* out = m_normed.as<void>();
    if (weight)
        return check(api().norm(context(), x, weight, bias, s.norm == NormKind::Layer, s.normEpsilon, out,
                                split, nullptr, nullptr, tokens, s.embedding));
    const auto count = std::uint64_t(tokens) * std::uint64_t(s.embedding);
    if (auto done = check(api().toHalf(context(), x, out, count)); !done || !split)
        return done;
    return check(api().split(context(), out, split, s.embedding));
}

void* CudaRunner::splitFor(std::initializer_list<const CudaMatrix*> matrices, int tokens) const
{
    const bool needed =
        tokens == 1 && std::any_of(matrices.begin(), matrices.end(), [](const CudaMatrix* matrix) {
            return matrix->exists() && matrix->op.type != LECTERN_CUDA_F16;
        });
    return needed ? m_split.as<void>() : nullptr;
}

Status CudaRunner::queueProduct(const CudaMatrix& matrix, const void* x, float* out, int stride, int tokens,
                                bool accumulate)
{
    LecternCudaLinear op = matrix.op;
    op.x = x;
    op.xSplit = m_split.as<void>();
    op.out = out;
    op.outStride = stride;
    op.tokens = tokens;
    op.accumulate = accumulate;
    op.unpacked = m_unpacked.as<void>();
    return check(api().linear(context(), &op));
}

// Adds the product to the residual stream, after a norm of its own if there is one.
Status CudaRunner::queueDelta(const CudaMatrix& matrix, const void* x, const float* postNorm, int tokens)
{
    const DecoderSpec& s = spec();
    if (!postNorm)
        return queueProduct(matrix, x, m_residual.as<float>(), s.embedding, tokens, true);
    if (auto done = queueProduct(matrix, x, m_delta.as<float>(), s.embedding, tokens, false); !done)
        return done;
    return check(api().norm(context(), m_delta.as<float>(), postNorm, nullptr, 0, s.normEpsilon, nullptr,
                            nullptr, nullptr, m_residual.as<float>(), tokens, s.embedding));
}

Status CudaRunner::queueAttention(int layer, int tokens)
{
    const DecoderSpec& s = spec();
    const CudaLayerWeights& weights = m_weights->layer(layer);
    const bool windowed = !s.windows.empty() && s.windows[std::size_t(layer)] != 0 && m_windowRope;
    const RopeSettings& settings = windowed ? *s.windowRope : s.rope;
    const auto* position = m_input.as<const std::int32_t>();
    const auto* table =
        m_table.as<const std::int32_t>() + std::ptrdiff_t(layer) * s.kvHeads * m_pages.tableStride();
    LecternCudaRope rope{};
    rope.heads = s.heads;
    rope.kvHeads = s.kvHeads;
    rope.headDim = s.headDim;
    rope.dimensions = settings.dimensions;
    rope.neox = settings.layout == RopeLayout::Neox;
    rope.qkv = m_qkv.as<float>();
    rope.queryNorm = weights.queryNorm;
    rope.keyNorm = weights.keyNorm;
    const LayerWeights& host = m_weights->model().weights().layers[std::size_t(layer)];
    rope.queryNormWidth = static_cast<std::int32_t>(host.queryNorm.size());
    rope.keyNormWidth = static_cast<std::int32_t>(host.keyNorm.size());
    rope.epsilon = s.normEpsilon;
    rope.cosSin = (windowed ? m_windowAngles : m_angles).as<float>();
    rope.queries = m_queries.as<void>();
    rope.pool = m_pool.as<void>();
    rope.pageTable = table;
    rope.tableStride = m_pages.tableStride();
    rope.position = position;
    rope.tokens = tokens;
    if (auto done = check(api().ropeAppend(context(), &rope)); !done)
        return done;

    LecternCudaAttention attention{};
    attention.heads = s.heads;
    attention.kvHeads = s.kvHeads;
    attention.headDim = s.headDim;
    attention.scale = s.attentionScale;
    attention.softcap = s.attentionSoftcap;
    attention.queries = m_queries.as<void>();
    attention.out = m_mixed.as<void>();
    attention.outSplit = splitFor({&weights.attentionOut}, tokens);
    attention.pool = m_pool.as<void>();
    attention.pageTable = table;
    attention.tableStride = m_pages.tableStride();
    attention.headPatterns = m_heads.as<LecternCudaHead>() + std::ptrdiff_t(layer) * s.kvHeads;
    attention.position = position;
    attention.tokens = tokens;
    attention.workspace = m_workspace.as<void>();
    attention.splits = m_splits.as<std::int32_t>() + std::ptrdiff_t(layer) * (s.kvHeads + 1);
    attention.totalSplits = m_totalSplits[std::size_t(layer)];
    return check(api().attention(context(), &attention));
}

Status CudaRunner::queueFeedForward(int layer, int tokens)
{
    const DecoderSpec& s = spec();
    const CudaLayerWeights& weights = m_weights->layer(layer);
    const bool gated = weights.gate.exists() || weights.gateUp.exists();
    const int stride = gated ? 2 * s.feedForward : s.feedForward;
    auto* gateUp = m_gateUp.as<float>();
    if (auto done = queueNorm(m_residual.as<float>(), weights.feedForwardNorm, weights.feedForwardNormBias,
                              splitFor({&weights.gateUp, &weights.gate, &weights.up}, tokens), tokens);
        !done)
        return done;
    const auto product = [&](const CudaMatrix& matrix, float* out) {
        return matrix.exists() ? queueProduct(matrix, m_normed.as<void>(), out, stride, tokens, false)
                               : Status();
    };
    if (auto done = product(weights.gateUp, gateUp); !done)
        return done;
    if (auto done = product(weights.gate, gateUp); !done)
        return done;
    if (auto done = product(weights.up, gated ? gateUp + s.feedForward : gateUp); !done)
        return done;
    const int kind = s.feedForwardKind == FeedForwardKind::SwiGlu ? 0 : gated ? 1 : 2;
    if (auto done = check(api().activate(context(), kind, gateUp, m_active.as<void>(),
                                         splitFor({&weights.down}, tokens), tokens, s.feedForward));
        !done)
        return done;
    return queueDelta(weights.down, m_active.as<void>(), weights.feedForwardPostNorm, tokens);
}

Status CudaRunner::queueLayer(int layer, int tokens)
{
    const DecoderSpec& s = spec();
    const CudaLayerWeights& weights = m_weights->layer(layer);
    const int queries = s.heads * s.headDim, keys = s.kvHeads * s.headDim, stride = queries + 2 * keys;
    auto* qkv = m_qkv.as<float>();
    if (auto done = queueNorm(
            m_residual.as<float>(), weights.attentionNorm, weights.attentionNormBias,
            splitFor({&weights.queryKeyValue, &weights.query, &weights.key, &weights.value}, tokens), tokens);
        !done)
        return done;
    if (weights.queryKeyValue.exists()) {
        if (auto done = queueProduct(weights.queryKeyValue, m_normed.as<void>(), qkv, stride, tokens, false);
            !done)
            return done;
    } else {
        const std::pair<const CudaMatrix&, float*> products[] = {
            {weights.query, qkv}, {weights.key, qkv + queries}, {weights.value, qkv + queries + keys}};
        for (const auto& [matrix, out] : products)
            if (auto done = queueProduct(matrix, m_normed.as<void>(), out, stride, tokens, false); !done)
                return done;
    }
    if (auto done = queueAttention(layer, tokens); !done)
        return done;
    if (auto done = queueDelta(weights.attentionOut, m_mixed.as<void>(), weights.attentionPostNorm, tokens);
        !done)
        return done;
    const auto [first, count] = m_pages.movesOf(layer);
    const auto* moves = reinterpret_cast<const std::int32_t*>(m_moves.as<PageMove>() + first);
    if (auto done = check(api().movePages(context(), m_pool.as<void>(), m_pool.as<void>(), s.headDim, moves,
                                          static_cast<std::int32_t>(count)));
        !done)
        return done;
    return queueFeedForward(layer, tokens);
}

Status CudaRunner::queueAngles(int tokens)
{
    const auto queue = [&](const RopeSettings& rope, const DeviceBuffer& frequencies,
                           const DeviceBuffer& angles) {
        return check(api().angles(context(), frequencies.as<double>(), rope.dimensions / 2,
                                  rope.scaling.magnitude, m_input.as<const std::int32_t>(),
                                  angles.as<float>(), tokens));
    };
    if (auto done = queue(spec().rope, m_frequencies, m_angles); !done || !spec().windowRope)
        return done;
    return queue(*spec().windowRope, m_windowFrequencies, m_windowAngles);
}

Status CudaRunner::queueStep(int tokens)
{
    const DecoderSpec& s = spec();
    const LecternCudaLinear& table = m_weights->tokenEmbedding().op;
    const auto* ids = m_input.as<const std::int32_t>() + kTokensAt;
    Status done = check(api().embed(context(), table.type, table.weights, table.rows, table.cols, ids, tokens,
                                    s.embeddingScale, m_residual.as<float>()));
    if (done)
        done = queueAngles(tokens);
    for (int layer = 0; done && layer < s.layers; ++layer)
        done = queueLayer(layer, tokens);
    return done;
}

Status CudaRunner::queueLogits(int index)
{
    const DecoderSpec& s = spec();
    const float* x = m_residual.as<float>() + std::ptrdiff_t(index) * s.embedding;
    if (auto done = queueNorm(x, m_weights->outputNorm(), m_weights->outputNormBias(),
                              splitFor({&m_weights->output()}, 1), 1);
        !done)
        return done;
    if (auto done = queueProduct(m_weights->output(), m_normed.as<void>(), m_logits.as<float>(), s.vocabulary,
                                 1, false);
        !done)
        return done;
    return s.outputSoftcap > 0 ? check(api().softcap(context(), m_logits.as<float>(), s.outputSoftcap,
                                                     std::uint64_t(s.vocabulary)))
                               : Status();
}

} // namespace lectern
