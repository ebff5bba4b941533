// A Llama forward pass in float64, written as plainly as can be and without the engine: the judge of hand-set
// weights.
#pragma once

#include "engine/base/ids.h"
#include "resources/models/recall_weights.h"

#include <functional>
#include <vector>

namespace lectern::testing {

struct PlainRun {
    std::vector<TokenId> ids;
    std::vector<double> positions; // one a token; may jump, to stand for a text too long to compute
    // Whether the query at index q of a layer sees the key at index k <= q.
    std::function<bool(std::size_t layer, std::size_t q, std::size_t k)> sees;
};

struct PlainResult {
    std::vector<double> logits; // after the last token, [kVocabulary]
    // Attention of the recall layer for the last query, [kHeads][tokens].
    std::vector<std::vector<double>> recall;
    // Least attention a head of layers 0 to 2 gives to its offset, over all queries that have that many
    // tokens before them at consecutive positions.
    double leastLookBack = 1.0;
};

// Computes with weights rounded to half precision, as the file stores them.
class PlainLlama {
public:
    PlainLlama();
    PlainResult run(const PlainRun& input) const;

private:
    struct Term {
        std::uint32_t input;
        double weight;
    };
    using Sparse = std::vector<std::vector<Term>>; // by output; zero weights left out
    struct Layer {
        std::vector<float> attentionNorm, ffnNorm;
        Sparse query, key, value, attentionOutput, gate, up, down;
    };
    using Rows = std::vector<std::vector<double>>; // [tokens][width]

    static Sparse sparse(const recall::Matrix& matrix);
    static std::vector<double> times(const Sparse& matrix, const std::vector<double>& input);
    static std::vector<double> normed(const std::vector<double>& input, const std::vector<float>& weights);
    void attention(std::size_t layer, const PlainRun& input, Rows& stream, PlainResult& result) const;

    recall::Matrix m_embedding;
    std::vector<Layer> m_layers;
    std::vector<float> m_outputNorm;
    Sparse m_output;
};

} // namespace lectern::testing
