// Random LoRA adapters for random models, written as a GGUF adapter or as a PEFT folder, and added to the
// float64 reference of the model.
#pragma once

#include "tests/support/random_gguf.h"

namespace lectern::test {

struct RandomPair {
    std::vector<float> a, b; // [rank][inputs], [outputs][rank]
    int inputs = 0, outputs = 0;
};

struct RandomLora {
    int rank = 4;
    double alpha = 8;
    std::string architecture;
    int headDim = 0;
    std::map<std::string, RandomPair> pairs; // by the matrix's name in GGUF
};

// A pair for every matrix of every layer.
RandomLora randomLora(const RandomGguf& model, int rank, unsigned seed);
// Adds scale * alpha / rank * b a to the reference's matrices.
void addToReference(const RandomLora& lora, double scale, ReferenceModel& reference);

// "" or what went wrong.
std::string writeGgufLora(const RandomLora& lora, const std::string& path);
std::string writePeftLora(const RandomLora& lora, const std::string& folder);

} // namespace lectern::test
