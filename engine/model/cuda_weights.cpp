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

bool ofOneType(std::initializer_list<const LinearWeights*> parts)
{
    const LinearWeights& first = **parts.begin();
    return std::all_of(parts.begin(), parts.end(), [&](const LinearWeights* part) {
        return part->data && part->type == first.type && part->cols == first.cols;
    });
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

// One matrix of the rows of all parts, in order.
Status CudaWeights::placeTogether(std::span<const LinearWeights* const> from, CudaMatrix& to)
{
    const LecternCudaApi& api = m_device->api();
    const LinearWeights& first = *from.front();
    int rows = 0;
    for (const LinearWeights* part : from)
        rows += part->rows;
    auto type = static_cast<std::int32_t>(first.type);
    const bool converted = api.weightBytes(type, rows, first.cols) == 0;
    if (converted)
        type = LECTERN_CUDA_F16;
    const std::uint64_t bytes = api.weightBytes(type, rows, first.cols);
    if (bytes == 0)
        return fail(ErrorCode::Unsupported,
                    "The GPU multiplies matrices whose rows are a multiple of 8 long; this model has one of " +
                        std::to_string(first.cols) + ".",
                    "Use --device cpu for this model.");
    const auto memory = take(bytes);
    if (!memory)
        return failed(memory);
    to.op.type = type;
    to.op.rows = rows;
    to.op.cols = first.cols;
    to.op.weights = *memory;
    if (type != LECTERN_CUDA_F16)
        m_unpackedBytes = std::max(m_unpackedBytes, std::uint64_t(rows) * std::uint64_t(first.cols) * 2);
    std::vector<std::byte> joined;
    const std::byte* data = first.data;
    if (converted || from.size() > 1) {
        joined.reserve(converted ? bytes : std::size_t(rows) * first.rowBytes);
        for (const LinearWeights* part : from) {
            if (!converted) {
                joined.insert(joined.end(), part->data, part->row(part->rows));
                continue;
            }
            const std::vector<std::uint16_t> halves = asHalves(*part);
            const auto* begin = reinterpret_cast<const std::byte*>(halves.data());
            joined.insert(joined.end(), begin, begin + halves.size() * sizeof(halves[0]));
        }
        data = joined.data();
    }
    if (auto done = m_device->check(
            api.prepareWeights(m_device->context(), type, rows, first.cols, data, *memory));
        !done)
        return done;
    std::vector<float> bias(std::size_t(rows), 0.0f);
    auto next = bias.begin();
    for (const LinearWeights* part : from) {
        if (part->bias)
            std::copy_n(part->bias, part->rows, next);
        next += part->rows;
    }
    if (std::any_of(from.begin(), from.end(), [](const LinearWeights* part) { return part->bias != nullptr; }))
        if (auto done = place(bias, to.op.bias); !done)
            return done;
    return m_device->check(api.synchronize(m_device->context()));
}

Status CudaWeights::place(const LinearWeights& from, CudaMatrix& to)
{
    if (!from.data)
        return {};
    if (const auto placed = m_placed.find(from.data); placed != m_placed.end()) {
        to = placed->second;
        return {};
    }
    const LinearWeights* only = &from;
    const Status done = placeTogether({&only, 1}, to);
    m_placed[from.data] = to;
    return done;
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
    if (ofOneType({&from.query, &from.key, &from.value})) {
        const LinearWeights* parts[] = {&from.query, &from.key, &from.value};
        done = done ? placeTogether(parts, to.queryKeyValue) : done;
    } else {
        put(from.query, to.query);
        put(from.key, to.key);
        put(from.value, to.value);
    }
    put(from.queryNorm, to.queryNorm);
    put(from.keyNorm, to.keyNorm);
    put(from.attentionOut, to.attentionOut);
    put(from.attentionPostNorm, to.attentionPostNorm);
    put(from.feedForwardNorm, to.feedForwardNorm);
    put(from.feedForwardNormBias, to.feedForwardNormBias);
    if (ofOneType({&from.gate, &from.up})) {
        const LinearWeights* parts[] = {&from.gate, &from.up};
        done = done ? placeTogether(parts, to.gateUp) : done;
    } else {
        put(from.gate, to.gate);
        put(from.up, to.up);
    }
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
