// A model's weights in a GPU's memory. Types that the GPU's kernels read stay as they are, others become F16.
#pragma once

#include "engine/kernels/cuda/cuda_module.h"
#include "engine/model/model.h"

#include <map>
#include <span>

namespace lectern {

struct CudaMatrix {
    LecternCudaLinear op{}; // weights, type, shape and bias filled in
    bool exists() const { return op.weights != nullptr; }
};

struct CudaLayerWeights {
    const float *attentionNorm = nullptr, *attentionNormBias = nullptr, *queryNorm = nullptr,
                *keyNorm = nullptr, *attentionPostNorm = nullptr, *feedForwardNorm = nullptr,
                *feedForwardNormBias = nullptr, *feedForwardPostNorm = nullptr;
    // Where the parts are of one type they lie together as one matrix: queries, keys, values; gate, up. Otherwise the
    // whole does not exist, and the parts do.
    CudaMatrix queryKeyValue, gateUp;
    CudaMatrix query, key, value, attentionOut, gate, up, down;
};

class CudaWeights {
public:
    // OutOfMemory where they do not fit; Unsupported where the model has a shape that the GPU's kernels have
    // not.
    static Result<std::shared_ptr<const CudaWeights>> upload(std::shared_ptr<CudaDevice> device,
                                                             std::shared_ptr<const Model> model);

    const std::shared_ptr<CudaDevice>& device() const { return m_device; }
    const Model& model() const { return *m_model; }
    const CudaMatrix& tokenEmbedding() const { return m_tokenEmbedding; }
    const CudaMatrix& output() const { return m_output; }
    const float* outputNorm() const { return m_outputNorm; }
    const float* outputNormBias() const { return m_outputNormBias; }
    const CudaLayerWeights& layer(int index) const { return m_layers[std::size_t(index)]; }
    std::uint64_t bytes() const { return m_bytes; }
    // Of the largest matrix that is unpacked for products of many tokens, as F16; 0 if none is.
    std::uint64_t unpackedBytes() const { return m_unpackedBytes; }

private:
    CudaWeights() = default;
    Status place(const LinearWeights& from, CudaMatrix& to);
    Status placeTogether(std::span<const LinearWeights* const> from, CudaMatrix& to);
    Status place(const std::vector<float>& from, const float*& to);
    Status placeLayer(const LayerWeights& from, CudaLayerWeights& to);
    Result<void*> take(std::uint64_t bytes);

    std::shared_ptr<CudaDevice> m_device;
    std::shared_ptr<const Model> m_model;
    std::vector<DeviceBuffer> m_memory;
    std::map<const std::byte*, CudaMatrix> m_placed; // matrices that the model names twice
    CudaMatrix m_tokenEmbedding, m_output;
    const float *m_outputNorm = nullptr, *m_outputNormBias = nullptr;
    std::vector<CudaLayerWeights> m_layers;
    std::uint64_t m_bytes = 0, m_unpackedBytes = 0;
};

} // namespace lectern
