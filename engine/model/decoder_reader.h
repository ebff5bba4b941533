// What the architectures of GGUF share in reading: the plain numbers, and the tensors of a layer by their
// standard names. An architecture's file then reads as the list of what it has.
#pragma once

#include "engine/format/model_file.h"
#include "engine/model/decoder_spec.h"
#include "engine/model/spec_reader.h"
#include "engine/model/weight_loader.h"

namespace lectern {

// Sizes, epsilon (from the key), scale 1 / sqrt(headDim) and rotary positions. Errors are in reader.status().
DecoderSpec readNumbers(const ModelFile& file, SpecReader& reader, const std::string& architecture,
                        RopeLayout layout, const char* epsilonKey = "attention.layer_norm_rms_epsilon");
// The spec, or the reader's error.
Result<DecoderSpec> finishSpec(const SpecReader& reader, DecoderSpec spec);

// Takes one layer's tensors; the first error stays in the loader.
class LayerReader {
public:
    LayerReader(WeightLoader& loader, const DecoderSpec& spec, int layer, ModelWeights& model);

    // A norm, with its bias where the model's norms have one.
    void norm(std::vector<float>& weight, std::vector<float>& bias, const char* tensor);
    void norm(std::vector<float>& weight, const char* tensor, int count);
    // Query, key and value (apart or as one attn_qkv) and attn_output, with biases where the file has them.
    void attention();
    // ffn_gate, ffn_up and ffn_down, with biases where the file has them.
    void gatedFeedForward();
    void plainFeedForward();
    // The gate and up matrices as one ffn_up of twice the rows, the gate first.
    void fusedFeedForward();

    LayerWeights& weights() { return m_weights; }
    const DecoderSpec& spec() const { return m_spec; }

private:
    std::string tensor(const char* name, const char* kind = ".weight") const
    {
        return m_prefix + name + kind;
    }
    void matrix(LinearWeights& into, const char* name, int rows, int cols);

    WeightLoader& m_loader;
    const DecoderSpec& m_spec;
    ModelWeights& m_model;
    LayerWeights& m_weights;
    std::string m_prefix;
};

// Embeddings, every layer as `readLayer` takes it, output norm and output matrix (or the embeddings again).
Result<ModelWeights> readWeights(const ModelFile& file, const DecoderSpec& spec,
                                 void (*readLayer)(LayerReader&));

} // namespace lectern
