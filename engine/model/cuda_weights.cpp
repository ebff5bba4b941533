#include "engine/model/cuda_weights.h"

#include "engine/base/half.h"
#include "engine/quant/quant_types.h"

#include <algorithm>

namespace lectern {

namespace {

// The matrix as F16, row after row.
std::vector<std::uint16_t> asHalves(const LinearWeights& from)
{
    const QuantType& type = *quantType(from.type);
    std::vector<float> row(std::size_t(from.cols));
    std::vector<std::uint16_t> halves(std::size_t(from.rows) * row.size());
    for (int i = 0; i < from.rows; ++i) {
        type.unpackRow(from.row(i), row.data(), row.size());
        std::transform(row.begin(), row.end(), halves.begin() + std::ptrdiff_t(i) * from.cols,
                       floatToFiniteHalf);
    }
    return halves;
}

} // namespace

Result<void*> CudaWeights::take(std::uint64_t bytes)
{
    auto buffer = DeviceBuffer::allocate(m_device, bytes, "the model's weights");
    if (!buffer)
        return failed(buffer);
    m_bytes += bytes;
    m_memory.push_back(std::move(*buffer));
    return m_memory.back().as<void>();
}

Status CudaWeights::place(const std::vector<float>& from, const float*& to)
{
    if (from.empty())
        return {};
    const auto memory = take(from.size() * sizeof(float));
    if (!memory)
        return failed(memory);
    to = static_cast<const float*>(*memory);
    return m_device->check(
        m_device->api().upload(m_device->context(), *memory, from.data(), from.size() * sizeof(float)));
}

Status CudaWeights::place(const LinearWeights& from, CudaMatrix& to)
{
    if (!from.data)
        return {};
    if (const auto placed = m_placed.find(from.data); placed != m_placed.end()) {
        to = placed->second;
        return {};
    }
    const LecternCudaApi& api = m_device->api();
    auto type = static_cast<std::int32_t>(from.type);
    std::uint64_t bytes = api.weightBytes(type, from.rows, from.cols);
    std::vector<std::uint16_t> halves;
    const void* data = from.data;
    if (bytes == 0) {
        type = LECTERN_CUDA_F16;
        bytes = api.weightBytes(type, from.rows, from.cols);
        halves = asHalves(from);
        data = halves.data();
    }
    if (bytes == 0)
        return fail(
            ErrorCode::Unsupported,
            "The GPU multiplies matrices whose rows are a multiple of 8 long; this model has one of " +
                std::to_string(from.cols) + ".",
            "Use --device cpu for this model.");
    const auto memory = take(bytes);
    if (!memory)
        return failed(memory);
    to.op.type = type;
    to.op.rows = from.rows;
    to.op.cols = from.cols;
    to.op.weights = *memory;
    if (type != LECTERN_CUDA_F16)
        m_unpackedBytes = std::max(m_unpackedBytes, std::uint64_t(from.rows) * std::uint64_t(from.cols) * 2);
    if (auto done = m_device->check(
            api.prepareWeights(m_device->context(), type, from.rows, from.cols, data, *memory));
        !done)
        return done;
    if (from.bias)
        if (auto done = place(std::vector<float>(from.bias, from.bias + from.rows), to.op.bias); !done)
            return done;
    m_placed[from.data] = to;
    return m_device->check(api.synchronize(m_device->context()));
}

Status CudaWeights::placeLayer(const LayerWeights& from, CudaLayerWeights& to)
{
    Status done;
    const auto put = [&](const auto& source, auto& target) {
        if (done)
            done = place(source, target);
    };
    put(from.attentionNorm, to.attentionNorm);
    put(from.attentionNormBias, to.attentionNormBias);
    put(from.query, to.query);
    put(from.key, to.key);
    put(from.value, to.value);
    put(from.queryNorm, to.queryNorm);
    put(from.keyNorm, to.keyNorm);
    put(from.attentionOut, to.attentionOut);
    put(from.attentionPostNorm, to.attentionPostNorm);
    put(from.feedForwardNorm, to.feedForwardNorm);
    put(from.feedForwardNormBias, to.feedForwardNormBias);
    put(from.gate, to.gate);
    put(from.up, to.up);
    put(from.down, to.down);
    put(from.feedForwardPostNorm, to.feedForwardPostNorm);
    return done;
}

Result<std::shared_ptr<const CudaWeights>> CudaWeights::upload(std::shared_ptr<CudaDevice> device,
                                                               std::shared_ptr<const Model> model)
{
    std::shared_ptr<CudaWeights> weights(new CudaWeights);
    weights->m_device = std::move(device);
    weights->m_model = std::move(model);
    if (!weights->m_model->adapters().empty()) // their low-rank products are not uploaded
        return fail(ErrorCode::Unsupported, "The GPU does not yet compute models with adapters.",
                    "Use --device cpu, or leave --adapter out.");
    const ModelWeights& from = weights->m_model->weights();
    Status done = weights->place(from.tokenEmbedding, weights->m_tokenEmbedding);
    if (done)
        done = weights->place(from.output, weights->m_output);
    if (done)
        done = weights->place(from.outputNorm, weights->m_outputNorm);
    if (done)
        done = weights->place(from.outputNormBias, weights->m_outputNormBias);
    for (const LayerWeights& layer : from.layers) {
        if (!done)
            break;
        weights->m_layers.emplace_back();
        done = weights->placeLayer(layer, weights->m_layers.back());
    }
    if (!done)
        return tl::unexpected(done.error());
    return weights;
}

} // namespace lectern
