// config.json of a Hugging Face model, read into the numbers that GGUF would hold. Messages name the key.
#pragma once

#include "engine/base/result.h"
#include "engine/format/hf_family.h"
#include "engine/format/metadata.h"

#include <nlohmann/json.hpp>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace lectern {

// An object of a configuration; the first error stays in status(). A key that is null counts as absent.
class HfConfig {
public:
    // `tree` must outlive the reader.
    HfConfig(const nlohmann::json& tree, std::string label) : m_tree(tree), m_label(std::move(label)) {}

    const nlohmann::json* find(const char* key) const; // nullptr: absent or null
    std::optional<double> number(const char* key);
    std::optional<std::uint64_t> whole(const char* key);
    std::string text(const char* key);
    bool flag(const char* key, bool fallback);
    std::vector<std::string> texts(const char* key);
    std::vector<float> numbers(const char* key);

    void refuse(ErrorCode code, const std::string& why, const std::string& hint);
    const std::string& label() const { return m_label; }
    const Status& status() const { return m_status; }

private:
    void wrongType(const char* key, const char* wanted);

    const nlohmann::json& m_tree;
    std::string m_label;
    Status m_status;
};

// What a configuration says, in GGUF's terms.
struct HfNumbers {
    Metadata metadata;
    // Tensors that GGUF keeps for what the configuration holds: rope_freqs, rope_factors_long and _short.
    std::map<std::string, std::vector<float>> tensors;
    std::vector<std::string> warnings;
    bool tied = false;
};

// `config`: of the text model. BadInput or Unsupported naming the key.
Result<HfNumbers> readHfNumbers(const nlohmann::json& config, const std::string& label, const HfFamily& family);

// rope_theta, rope_scaling, rope_parameters and partial_rotary_factor.
void readHfRope(HfConfig& config, const std::string& prefix, HfNumbers& into);

} // namespace lectern
