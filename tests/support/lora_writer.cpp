#include "tests/support/lora_writer.h"

#include "engine/format/gguf_writer.h"
#include "tests/support/hf_writer.h"

#include <cmath>
#include <cstring>
#include <random>

namespace lectern::test {

namespace {

GgufTensor tensorOf(const std::vector<float>& values, int cols, int rows)
{
    GgufTensor tensor{TensorType::F32, {std::uint64_t(cols), std::uint64_t(rows)}, {}};
    tensor.bytes.resize(values.size() * sizeof(float));
    std::memcpy(tensor.bytes.data(), values.data(), tensor.bytes.size());
    return tensor;
}

std::vector<float> normal(std::mt19937& random, std::size_t count, double deviation)
{
    std::normal_distribution<float> distribution(0.0f, static_cast<float>(deviation));
    std::vector<float> values(count);
    for (float& value : values)
        value = distribution(random);
    return values;
}

// The matrices of the reference that a tensor holds, one below the other.
std::vector<std::vector<double>*> matricesOf(ReferenceLayer& layer, const std::string& stem)
{
    if (stem == "attn_qkv")
        return {&layer.query, &layer.key, &layer.value};
    if (stem == "ffn_gate_up")
        return {&layer.gate, &layer.up};
    const std::pair<const char*, std::vector<double>*> rows[] = {
        {"attn_q", &layer.query},  {"attn_k", &layer.key},
        {"attn_v", &layer.value},  {"attn_output", &layer.attentionOut},
        {"ffn_gate", &layer.gate}, {"ffn_up", &layer.up},
        {"ffn_down", &layer.down}};
    for (const auto& [name, matrix] : rows)
        if (stem == name)
            return {matrix};
    return {};
}

} // namespace

RandomLora randomLora(const RandomGguf& model, int rank, unsigned seed)
{
    std::mt19937 random(seed);
    RandomLora lora;
    lora.rank = rank;
    lora.architecture = std::get<std::string>(model.keys.at("general.architecture"));
    lora.headDim = model.reference.headDim;
    for (const auto& [name, tensor] : model.tensors) {
        if (!name.starts_with("blk.") || tensor.shape.size() != 2)
            continue;
        RandomPair pair;
        pair.inputs = int(tensor.shape[0]);
        pair.outputs = int(tensor.shape[1]);
        pair.a = normal(random, std::size_t(rank) * tensor.shape[0], 1 / std::sqrt(double(pair.inputs)));
        pair.b = normal(random, std::size_t(rank) * tensor.shape[1], 0.2);
        lora.pairs[name] = std::move(pair);
    }
    return lora;
}

void addToReference(const RandomLora& lora, double scale, ReferenceModel& reference)
{
    const double strength = scale * lora.alpha / lora.rank;
    for (const auto& [name, pair] : lora.pairs) {
        const std::size_t dot = name.find('.', 4);
        const auto index = std::size_t(std::stoi(name.substr(4, dot - 4)));
        std::string stem = name.substr(dot + 1, name.rfind('.') - dot - 1);
        ReferenceLayer& layer = reference.layers[index];
        const std::size_t inputs = std::size_t(pair.inputs), rank = std::size_t(lora.rank);
        if (stem == "ffn_up" && !layer.gate.empty() &&
            layer.gate.size() + layer.up.size() == inputs * std::size_t(pair.outputs))
            stem = "ffn_gate_up";
        std::size_t row = 0;
        for (std::vector<double>* matrix : matricesOf(layer, stem))
            for (std::size_t at = 0; at < matrix->size(); at += inputs, ++row)
                for (std::size_t i = 0; i < inputs; ++i)
                    for (std::size_t r = 0; r < rank; ++r)
                        (*matrix)[at + i] +=
                            strength * double(pair.b[row * rank + r]) * double(pair.a[r * inputs + i]);
    }
}

std::string writeGgufLora(const RandomLora& lora, const std::string& path)
{
    GgufWriter writer;
    const std::pair<const char*, MetaValue> keys[] = {{"general.type", std::string("adapter")},
                                                      {"general.architecture", lora.architecture},
                                                      {"adapter.type", std::string("lora")},
                                                      {"adapter.lora.alpha", lora.alpha}};
    for (const auto& [key, value] : keys)
        if (const auto added = writer.add(key, value); !added)
            return added.error().message;
    for (const auto& [name, pair] : lora.pairs)
        for (const auto& [end, tensor] : {std::pair(".lora_a", tensorOf(pair.a, pair.inputs, lora.rank)),
                                          std::pair(".lora_b", tensorOf(pair.b, lora.rank, pair.outputs))})
            if (const auto added = writer.addTensorOwned(name + end, tensor.type, tensor.shape, tensor.bytes);
                !added)
                return added.error().message;
    const auto written = writer.write(path);
    return written ? std::string() : written.error().message;
}

std::string writePeftLora(const RandomLora& lora, const std::string& folder)
{
    std::map<std::string, GgufTensor> tensors;
    for (const auto& [name, pair] : lora.pairs) {
        const std::string weight = hfTensorName(lora.architecture, name);
        const std::string module = "base_model.model." + weight.substr(0, weight.rfind('.'));
        GgufTensor b = tensorOf(pair.b, lora.rank, pair.outputs);
        const bool rotated = name.find(".attn_q.") != name.npos || name.find(".attn_k.") != name.npos;
        if (lora.architecture == "llama" && rotated)
            halveRows(b, std::size_t(lora.headDim));
        tensors[module + ".lora_A.weight"] = tensorOf(pair.a, pair.inputs, lora.rank);
        tensors[module + ".lora_B.weight"] = std::move(b);
    }
    const nlohmann::json config{{"peft_type", "LORA"}, {"r", lora.rank}, {"lora_alpha", lora.alpha}};
    return writeText(folder + "/adapter_config.json", config.dump()) +
           writeSafetensors(tensors, folder + "/adapter_model.safetensors");
}

} // namespace lectern::test
