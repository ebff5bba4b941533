#include "engine/format/lora_builder.h"

#include "engine/format/quoted_name.h"

#include <algorithm>
#include <cmath>

namespace lectern {

namespace {
constexpr const char* kHint = "Download the adapter again, or choose another one.";
}

LoraBuilder::LoraBuilder(std::string label, TensorNaming naming)
    : m_label(std::move(label)), m_adapter(new LoraAdapter)
{
    m_adapter->m_naming = naming;
}

void LoraBuilder::describe(std::string architecture, std::string baseModel)
{
    m_adapter->m_architecture = std::move(architecture);
    m_adapter->m_baseModel = std::move(baseModel);
}

void LoraBuilder::addHalf(const std::string& target, Side side, TensorEntry entry, bool embedding)
{
    LoraPair& pair = m_halves[target];
    pair.target = target;
    pair.embedding = embedding;
    (side == Side::A ? pair.a : pair.b) = std::move(entry);
}

void LoraBuilder::addReplacement(std::string name, TensorEntry entry)
{
    entry.name = std::move(name);
    m_adapter->m_replacements.push_back(std::move(entry));
}

bool LoraBuilder::replaces(std::string_view module) const
{
    const std::string inner = std::string(".").append(module).append(".");
    return std::ranges::any_of(m_adapter->m_replacements, [&](const TensorEntry& entry) {
        return std::string(".").append(entry.name).find(inner) != std::string::npos;
    });
}

Status LoraBuilder::addPair(LoraPair pair, const LoraStrength& strength)
{
    if (!pair.a.data || !pair.b.data) {
        warn("The adapter holds only one half of the pair for " + quotedName(pair.target) +
             ", so this weight stays as it was.");
        return {};
    }
    if (pair.a.dimensions != 2 || pair.b.dimensions != 2 || pair.a.shape[1] != pair.b.shape[0])
        return fail(ErrorCode::BadInput,
                    m_label + " is not a valid adapter: the pair for " + quotedName(pair.target) +
                        " does not fit together (A has rank " + std::to_string(pair.a.shape[1]) + ", B has " +
                        std::to_string(pair.b.shape[0]) + ").",
                    kHint);
    pair.rank = pair.a.shape[1];
    double alpha = strength.alpha;
    for (const auto& [module, own] : strength.alphaOf)
        if (pair.target.ends_with(module + ".weight"))
            alpha = own;
    const auto rank = static_cast<double>(pair.rank);
    if (alpha != 0)
        pair.scale = static_cast<float>(alpha / (strength.rankStabilised ? std::sqrt(rank) : rank));
    m_adapter->m_pairs.push_back(std::move(pair));
    return {};
}

Result<std::shared_ptr<const LoraAdapter>> LoraBuilder::build(const LoraStrength& strength)
{
    for (auto& [target, pair] : m_halves)
        if (const Status status = addPair(std::move(pair), strength); !status)
            return failed(status);
    if (m_adapter->m_pairs.empty() && m_adapter->m_replacements.empty())
        return fail(ErrorCode::BadInput, m_label + " holds no LoRA weights that Lectern can use.", kHint);
    return m_adapter;
}

} // namespace lectern
