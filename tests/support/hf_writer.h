// A random model of random_architecture.h as the folder that Hugging Face would publish: the same weights
// under the names, in the order and with the configuration of its model class. Written from the classes' own
// conventions, with nothing of the reader that it tests.
#pragma once

#include "tests/support/random_gguf.h"

#include <nlohmann/json.hpp>

namespace lectern::test {

struct HfModel {
    nlohmann::json config;
    std::map<std::string, GgufTensor> tensors;
};

// `name`: as of randomArchitecture(); the matrices must be of F32, F16 or BF16.
HfModel hfModelOf(const std::string& name, const RandomGguf& file);

// The name a GGUF tensor has in the model class of its architecture; "" for one that the class has not.
std::string hfTensorName(const std::string& architecture, const std::string& name);
// Rows of each head from interleaved pairs to halves.
void halveRows(GgufTensor& tensor, std::size_t headDim);

std::string writeSafetensors(const std::map<std::string, GgufTensor>& tensors, const std::string& path);
// One model.safetensors, or `shards` of them with an index. "" or what went wrong.
std::string writeHf(const HfModel& model, const std::string& folder, int shards = 1);
std::string writeText(const std::string& path, const std::string& text);

} // namespace lectern::test
