// Collects the tensors of an adapter, pairs them and checks the pairs; used by the two readers of adapters.
#pragma once

#include "engine/format/lora_adapter.h"

#include <map>

namespace lectern {

// How an adapter counts its pairs, from its metadata or adapter_config.json.
struct LoraStrength {
    double alpha = 0; // 0: the scale is 1
    bool rankStabilised = false;
    // By module name: replaces alpha where the name of a pair's module ends with it.
    std::map<std::string, double> alphaOf{};
};

class LoraBuilder {
public:
    LoraBuilder(std::string label, TensorNaming naming);

    void keep(std::shared_ptr<const void> file) { m_adapter->m_files.push_back(std::move(file)); }
    void describe(std::string architecture, std::string baseModel);
    void warn(std::string sentence) { m_adapter->m_warnings.push_back(std::move(sentence)); }

    enum class Side { A, B };
    void addHalf(const std::string& target, Side side, TensorEntry entry, bool embedding);
    void addReplacement(std::string name, TensorEntry entry);

    // Whether some replacement belongs to the module of this name ("embed_tokens").
    bool replaces(std::string_view module) const;

    // BadInput: no usable pair or replacement at all, or a pair whose ranks disagree.
    Result<std::shared_ptr<const LoraAdapter>> build(const LoraStrength& strength);

private:
    Status addPair(LoraPair pair, const LoraStrength& strength);

    std::string m_label;
    std::shared_ptr<LoraAdapter> m_adapter;
    std::map<std::string, LoraPair> m_halves; // by target; absent halves have no data
};

// The two kinds of adapter.
Result<std::shared_ptr<const LoraAdapter>> openGgufLora(const std::string& path);
Result<std::shared_ptr<const LoraAdapter>> openPeftLora(const std::string& folder);

} // namespace lectern
