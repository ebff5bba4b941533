// Where the low-rank product of a tensor goes: the matrix of that name, or the matrices that are stored as one
// under it (attn_qkv; ffn_up with the gate first). Several products of one matrix become one of the summed rank.
#pragma once

#include "engine/format/model_file.h"
#include "engine/model/decoder_spec.h"
#include "engine/model/weights.h"

#include <map>

namespace lectern {

// b a, with the strength in b already.
struct LowRankPair {
    std::string target;    // GGUF's name
    std::vector<float> a;  // [rank][inputs]
    std::vector<float> b;  // [outputs][rank]
    int rank = 0;
    bool embedding = false; // the target has `inputs` rows of `outputs`: tokens
    std::uint64_t inputs = 0, outputs = 0;
};

class LowRankSlots {
public:
    LowRankSlots(const ModelFile& file, const DecoderSpec& spec, ModelWeights& weights);

    bool has(const std::string& target) const { return m_slots.count(target) != 0; }
    // BadInput naming the target where the shapes do not fit.
    Status add(const LowRankPair& pair);
    // Gives the products to the weights.
    void finish();

private:
    struct Slot {
        LinearWeights* weights = nullptr;
        int firstRow = 0; // of the weights, within the tensor
    };
    void layer(const ModelFile& file, const DecoderSpec& spec, int index, LayerWeights& weights);
    Status addToEmbeddings(const LowRankPair& pair);

    ModelWeights& m_model;
    std::map<std::string, std::vector<Slot>> m_slots;
    std::map<LinearWeights*, std::unique_ptr<LowRank>> m_products;
};

} // namespace lectern
