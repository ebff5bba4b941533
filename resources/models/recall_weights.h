// The recall model's weights as plain numbers, set by hand (recall_layout.h explains them).
#pragma once

#include "resources/models/recall_codes.h"

#include <span>
#include <vector>

namespace lectern::recall {

// A linear map as GGUF stores it: `rows` outputs, each a run of `columns` weights.
struct Matrix {
    std::size_t rows = 0;
    std::size_t columns = 0;
    std::vector<float> values;

    Matrix() = default;
    Matrix(std::size_t outputs, std::size_t inputs)
        : rows(outputs), columns(inputs), values(outputs * inputs, 0.0f)
    {
    }
    float& at(std::size_t output, std::size_t input) { return values[output * columns + input]; }
    float at(std::size_t output, std::size_t input) const { return values[output * columns + input]; }
    std::span<const float> row(std::size_t output) const
    {
        return {values.data() + output * columns, columns};
    }
};

struct Layer {
    std::vector<float> attentionNorm, ffnNorm; // [kEmbedding]
    Matrix query, key, value;                  // [kHeads * kHeadDim, kEmbedding]
    Matrix attentionOutput;                    // [kEmbedding, kHeads * kHeadDim]
    Matrix gate, up;                           // [kHidden, kEmbedding]
    Matrix down;                               // [kEmbedding, kHidden]
};

struct Weights {
    Matrix embedding;              // [kVocabulary, kEmbedding]
    std::vector<Layer> layers;     // [kLayers]
    std::vector<float> outputNorm; // [kEmbedding]
    Matrix output;                 // [kVocabulary, kEmbedding]
};

Weights buildWeights();

} // namespace lectern::recall
