#include "engine/model/decoder.h"

#include "engine/kernels/elementwise.h"
#include "engine/quant/quant_types.h"

#include <algorithm>
#include <limits>

namespace lectern {

namespace {
constexpr int kTokensPerPiece = 16; // of the work between the products
} // namespace

Decoder::Decoder(std::shared_ptr<const Model> model, ThreadPool& pool, int chunkTokens,
                 const PositionPlan& positions)
    : m_model(std::move(model)), m_pool(pool), m_chunkTokens(chunkTokens),
      m_rotations(positions.kinds.begin(), positions.kinds.end()), m_rotationOfLayer(positions.kindOfLayer),
      m_dualChunk(positions.anyDual())
{
    const DecoderSpec& spec = m_model->spec();
    m_shape = {spec.heads, spec.kvHeads, spec.headDim, spec.attentionScale, spec.attentionSoftcap};
}

std::uint64_t activationBytes(const DecoderSpec& spec, int chunkTokens, bool dualChunk)
{
    const std::uint64_t floats =
        3 * std::uint64_t(spec.embedding) + (dualChunk ? 4 : 2) * std::uint64_t(spec.heads * spec.headDim) +
        2 * std::uint64_t(spec.kvHeads * spec.headDim) + 2 * std::uint64_t(spec.feedForward);
    return floats * std::uint64_t(chunkTokens) * sizeof(float);
}

Result<std::unique_ptr<Decoder>> Decoder::create(std::shared_ptr<const Model> model, ThreadPool& pool,
                                                 int chunkTokens)
{
    LayerPlan plan;
    plan.layers.resize(std::size_t(model->spec().layers));
    const auto positions = resolvePositions("model", model->spec().positions(), plan, 0);
    if (!positions)
        return failed(positions);
    return create(std::move(model), pool, chunkTokens, *positions);
}

Result<std::unique_ptr<Decoder>> Decoder::create(std::shared_ptr<const Model> model, ThreadPool& pool,
                                                 int chunkTokens, const PositionPlan& positions)
{
    model->preparePanels(pool);
    std::unique_ptr<Decoder> decoder(new Decoder(std::move(model), pool, chunkTokens, positions));
    const DecoderSpec& spec = decoder->m_model->spec();
    auto memory =
        AlignedBuffer::allocate(activationBytes(spec, chunkTokens, decoder->m_dualChunk), "the activations");
    if (!memory)
        return failed(memory);
    decoder->m_memory = std::move(*memory);
    auto* next = decoder->m_memory.as<float>();
    const auto take = [&](float*& array, int width) {
        array = next;
        next += std::ptrdiff_t(width) * chunkTokens;
    };
    for (float** array : {&decoder->m_residual, &decoder->m_normed, &decoder->m_delta})
        take(*array, spec.embedding);
    for (float** array : {&decoder->m_queries, &decoder->m_mixed})
        take(*array, spec.heads * spec.headDim);
    if (decoder->m_dualChunk)
        for (float** array : {&decoder->m_queriesForStretchBefore, &decoder->m_queriesForOlderStretches})
            take(*array, spec.heads * spec.headDim);
    for (float** array : {&decoder->m_keys, &decoder->m_values})
        take(*array, spec.kvHeads * spec.headDim);
    for (float** array : {&decoder->m_gate, &decoder->m_up})
        take(*array, spec.feedForward);
    return decoder;
}

void Decoder::embed(std::span<const std::int32_t> tokens)
{
    const LinearWeights& table = m_model->weights().tokenEmbedding;
    const QuantType& type = *quantType(table.type);
    for (std::size_t i = 0; i < tokens.size(); ++i)
        type.unpackRow(table.row(tokens[i]), m_residual + i * std::size_t(table.cols),
                       std::size_t(table.cols));
    if (const float scale = m_model->spec().embeddingScale; scale != 1)
        for (std::size_t i = 0; i < tokens.size() * std::size_t(table.cols); ++i)
            m_residual[i] *= scale;
}

const float* Decoder::normalised(const float* x, const std::vector<float>& weight,
                                 const std::vector<float>& bias, int tokens)
{
    const DecoderSpec& spec = m_model->spec();
    if (weight.empty())
        return x;
    if (spec.norm == NormKind::Layer)
        layerNorm(x, weight.data(), bias.data(), spec.normEpsilon, m_normed, tokens, spec.embedding);
    else
        rmsNorm(x, weight.data(), spec.normEpsilon, m_normed, tokens, spec.embedding);
    return m_normed;
}

void Decoder::addDelta(const std::vector<float>& postNorm, int tokens)
{
    const int width = m_model->spec().embedding;
    if (!postNorm.empty())
        rmsNorm(m_delta, postNorm.data(), m_model->spec().normEpsilon, m_delta, tokens, width);
    addInto(m_residual, m_delta, std::size_t(tokens) * std::size_t(width));
}

namespace {

// One token's queries or keys; the norm is over as many numbers as it has weights.
void normHeads(const std::vector<float>& weight, float epsilon, float* heads, int width)
{
    if (!weight.empty())
        rmsNorm(heads, weight.data(), epsilon, heads, width / int(weight.size()), int(weight.size()));
}

} // namespace

void Decoder::storeKeys(int layer, int tokens, KvCache& cache)
{
    const DecoderSpec& spec = m_model->spec();
    const LayerWeights& weights = m_model->weights().layers[std::size_t(layer)];
    const TokenRotation& turning = rotation(layer);
    const int queryWidth = spec.heads * spec.headDim;
    const int keyWidth = spec.kvHeads * spec.headDim;
    m_pool.parallelFor((tokens + kTokensPerPiece - 1) / kTokensPerPiece, [&](int piece, int) {
        for (int i = piece * kTokensPerPiece; i < std::min(tokens, (piece + 1) * kTokensPerPiece); ++i) {
            const auto rowOf = [&](float* queries) { return queries + std::ptrdiff_t(i) * queryWidth; };
            float* queries = rowOf(m_queries);
            float* keys = m_keys + std::ptrdiff_t(i) * keyWidth;
            normHeads(weights.queryNorm, spec.normEpsilon, queries, queryWidth);
            normHeads(weights.keyNorm, spec.normEpsilon, keys, keyWidth);
            turning.turnQueries(i, queries, m_dualChunk ? rowOf(m_queriesForStretchBefore) : nullptr,
                                m_dualChunk ? rowOf(m_queriesForOlderStretches) : nullptr, spec.heads, spec.headDim);
            turning.turnKeys(i, keys, spec.kvHeads, spec.headDim);
            for (int head = 0; head < spec.kvHeads; ++head) {
                const std::ptrdiff_t at = std::ptrdiff_t(i) * keyWidth + head * spec.headDim;
                cache.write(layer, head, i, m_keys + at, m_values + at);
            }
        }
    });
}

void Decoder::attention(int layer, int tokens, KvCache& cache, const CancelToken& cancel,
                        AttentionObserver* observer)
{
    const DecoderSpec& spec = m_model->spec();
    const LayerWeights& weights = m_model->weights().layers[std::size_t(layer)];
    const float* x = normalised(m_residual, weights.attentionNorm, weights.attentionNormBias, tokens);
    const LinearOp ops[] = {{&weights.query, m_queries}, {&weights.key, m_keys}, {&weights.value, m_values}};
    linear(ops, x, tokens, m_linear, m_pool);
    storeKeys(layer, tokens, cache);

    AttentionJob job;
    job.queries = m_queries;
    job.stretch = rotation(layer).stretch();
    job.queriesForStretchBefore = m_queriesForStretchBefore;
    job.queriesForOlderStretches = m_queriesForOlderStretches;
    job.keyAngles = rotation(layer).keyAngles();
    job.out = m_mixed;
    job.firstPosition = cache.position();
    job.tokens = tokens;
    for (int head = 0; head < spec.kvHeads; ++head)
        job.kv.push_back(&cache.head(layer, head));
    m_masses.clear();
    const bool observed = observer && observer->wants(layer, tokens);
    job.pageMasses = observed ? &m_masses : nullptr;
    attend(m_shape, job, m_attention, m_pool, cancel);
    if (observed && !cancel.isCancelled())
        observer->onLayer({layer, &m_shape, &job, &m_masses});

    const LinearOp out[] = {{&weights.attentionOut, m_delta}};
    linear(out, m_mixed, tokens, m_linear, m_pool);
    addDelta(weights.attentionPostNorm, tokens);
}

namespace {

void activate(FeedForwardKind kind, float* gate, const float* up, std::size_t count)
{
    switch (kind) {
    case FeedForwardKind::SwiGlu:
        return swiglu(gate, up, count);
    case FeedForwardKind::GeGlu:
        return geglu(gate, up, count);
    case FeedForwardKind::Gelu:
        return gelu(gate, count);
    }
}

} // namespace

void Decoder::feedForward(int layer, int tokens)
{
    const DecoderSpec& spec = m_model->spec();
    const LayerWeights& weights = m_model->weights().layers[std::size_t(layer)];
    const float* x = normalised(m_residual, weights.feedForwardNorm, weights.feedForwardNormBias, tokens);
    const LinearOp gated[] = {{&weights.gate, m_gate}, {&weights.up, m_up}};
    const LinearOp plain[] = {{&weights.up, m_gate}};
    const std::span<const LinearOp> in = weights.gate.data ? std::span<const LinearOp>(gated) : plain;
    linear(in, x, tokens, m_linear, m_pool);
    m_pool.parallelFor((tokens + kTokensPerPiece - 1) / kTokensPerPiece, [&](int piece, int) {
        const int first = piece * kTokensPerPiece;
        const int count = std::min(kTokensPerPiece, tokens - first);
        const std::ptrdiff_t at = std::ptrdiff_t(first) * spec.feedForward;
        activate(spec.feedForwardKind, m_gate + at, m_up + at,
                 std::size_t(count) * std::size_t(spec.feedForward));
    });
    const LinearOp out[] = {{&weights.down, m_delta}};
    linear(out, m_gate, tokens, m_linear, m_pool);
    addDelta(weights.feedForwardPostNorm, tokens);
}

Status Decoder::step(std::span<const std::int32_t> tokens, KvCache& cache, const CancelToken& cancel,
                     AttentionObserver* observer)
{
    const int count = static_cast<int>(tokens.size());
    if (count < 1 || count > m_chunkTokens || cache.position() + count > cache.context())
        return fail(ErrorCode::Internal,
                    "A chunk of " + std::to_string(count) +
                        " tokens was given to a decoder with "
                        "room for fewer.",
                    "Please report this.");
    for (const std::int32_t token : tokens)
        if (token < 0 || token >= m_model->spec().vocabulary)
            return fail(ErrorCode::Usage,
                        "The token id " + std::to_string(token) +
                            " is not in the model's vocabulary "
                            "of " +
                            std::to_string(m_model->spec().vocabulary) + ".",
                        "Use ids made by this model's tokenizer.");
    embed(tokens);
    const std::int64_t length = std::max(m_textLength, cache.position() + count);
    for (TokenRotation& rotation : m_rotations)
        rotation.prepare(cache.context(), cache.position(), count, length);
    cache.beginChunk(count);
    for (int layer = 0; layer < m_model->spec().layers; ++layer) {
        attention(layer, count, cache, cancel, observer);
        if (!cancel.isCancelled())
            feedForward(layer, count);
        if (cancel.isCancelled()) {
            cache.abandonChunk();
            return fail(ErrorCode::Cancelled, "The reading was stopped.");
        }
    }
    cache.endChunk();
    return {};
}

bool Decoder::keysDependOn(std::int64_t context, std::int64_t otherContext) const
{
    return std::any_of(m_rotations.begin(), m_rotations.end(), [&](const TokenRotation& rotation) {
        return rotation.keysDependOn(context, otherContext);
    });
}

void Decoder::logits(int index, float* out)
{
    const DecoderSpec& spec = m_model->spec();
    const ModelWeights& weights = m_model->weights();
    const float* x = normalised(m_residual + std::ptrdiff_t(index) * spec.embedding, weights.outputNorm,
                                weights.outputNormBias, 1);
    const LinearOp op[] = {{&weights.output, out}};
    linear(op, x, 1, m_linear, m_pool);
    if (spec.outputSoftcap > 0)
        softcap(out, spec.outputSoftcap, std::size_t(weights.output.rows));
    std::fill(out + weights.output.rows, out + spec.vocabulary, std::numeric_limits<float>::lowest());
}

} // namespace lectern
