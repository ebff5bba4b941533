// Rotary positions of config.json: rope_theta beside rope_scaling (transformers 4), or rope_parameters with
// both (transformers 5), one for each kind of layer where they differ (Gemma 3).
#include "engine/format/hf_config.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace lectern {

using nlohmann::json;

namespace {

struct Place {
    HfConfig& config; // of the whole model
    HfConfig& rope;   // rope_scaling or rope_parameters
    const std::string& prefix;
    HfNumbers& into;
    double base;
    int dimensions; // rotated ones of a head
    void set(const char* key, MetaValue value) const { into.metadata.insert(prefix + key, std::move(value)); }
};

double originalContext(Place& place)
{
    const auto own = place.rope.number("original_max_position_embeddings");
    const auto outer = place.config.number("original_max_position_embeddings");
    return own ? *own : outer ? *outer : place.config.number("max_position_embeddings").value_or(0);
}

double neededFactor(Place& place)
{
    const auto factor = place.rope.number("factor");
    if (!factor || *factor <= 0)
        place.rope.refuse(ErrorCode::BadInput, "the rotary \"factor\" is missing or not above 0",
                          "The folder is damaged; download it again.");
    return factor.value_or(1);
}

void none(Place&) {}

void linear(Place& place)
{
    place.set("rope.scaling.type", std::string("linear"));
    place.set("rope.scaling.factor", neededFactor(place));
}

void dynamic(Place& place)
{
    place.set("rope.scaling.type", std::string("dynamic"));
    place.set("rope.scaling.factor", neededFactor(place));
    place.set("rope.scaling.original_context_length", std::uint64_t(std::max(0.0, originalContext(place))));
}

double yarnScale(double factor, double strength)
{
    return factor <= 1 ? 1.0 : 0.1 * strength * std::log(factor) + 1.0;
}

// "attn_factor" of GGUF multiplies YaRN's own magnitude; attention_factor of config.json replaces it.
void yarn(Place& place)
{
    const double factor = neededFactor(place);
    place.set("rope.scaling.type", std::string("yarn"));
    place.set("rope.scaling.factor", factor);
    place.set("rope.scaling.original_context_length", std::uint64_t(std::max(0.0, originalContext(place))));
    if (const auto fast = place.rope.number("beta_fast"))
        place.set("rope.scaling.yarn_beta_fast", *fast);
    if (const auto slow = place.rope.number("beta_slow"))
        place.set("rope.scaling.yarn_beta_slow", *slow);
    if (const auto extrapolation = place.rope.number("extrapolation_factor"))
        place.set("rope.scaling.yarn_ext_factor", *extrapolation);
    std::optional<double> magnitude = place.rope.number("attention_factor");
    const auto scale = place.rope.number("mscale"), all = place.rope.number("mscale_all_dim");
    if (!magnitude && scale && all && *scale != 0 && *all != 0)
        magnitude = yarnScale(factor, *scale) / yarnScale(factor, *all);
    const double multiplied = magnitude ? *magnitude / yarnScale(factor, 1) : place.rope.number("attn_factor").value_or(1);
    if (multiplied != 1)
        place.set("rope.scaling.attn_factor", multiplied);
}

// GGUF keeps what Llama 3.1 does to the frequencies as one divisor a pair.
void llama3(Place& place)
{
    const double factor = neededFactor(place), original = originalContext(place);
    const double low = place.rope.number("low_freq_factor").value_or(1);
    const double high = place.rope.number("high_freq_factor").value_or(4);
    if (!(high > low) || !(original > 0))
        return place.rope.refuse(ErrorCode::BadInput,
                                 "the rotary \"high_freq_factor\" is not above \"low_freq_factor\"",
                                 "The folder is damaged; download it again.");
    std::vector<float> divisors;
    for (int i = 0; i < place.dimensions / 2; ++i) {
        const double turns =
            original * std::pow(place.base, -2.0 * i / place.dimensions) / (2 * std::numbers::pi);
        const double kept = std::clamp((turns - low) / (high - low), 0.0, 1.0);
        divisors.push_back(static_cast<float>(1 / (kept + (1 - kept) / factor)));
    }
    place.into.tensors["rope_freqs.weight"] = std::move(divisors);
}

void longRope(Place& place)
{
    for (const auto& [from, to] : {std::pair("long_factor", "rope_factors_long.weight"),
                                   std::pair("short_factor", "rope_factors_short.weight")}) {
        place.into.tensors[to] = place.rope.numbers(from);
        if (place.into.tensors[to].size() != std::size_t(place.dimensions / 2))
            place.rope.refuse(ErrorCode::BadInput,
                              "\"" + std::string(from) + "\" does not hold one number for each rotated pair",
                              "The folder is damaged; download it again.");
    }
    const double original = originalContext(place);
    place.set("rope.scaling.type", std::string("longrope"));
    place.set("rope.scaling.original_context_length", std::uint64_t(std::max(0.0, original)));
    const double context = place.config.number("max_position_embeddings").value_or(original);
    const double factor = original > 0 && context > original ? context / original
                                                              : place.rope.number("factor").value_or(1);
    const double usual = factor <= 1 || original <= 1 ? 1.0 : std::sqrt(1 + std::log(factor) / std::log(original));
    const auto said = place.rope.number("attention_factor");
    const auto longer = place.rope.number("long_mscale"), shorter = place.rope.number("short_mscale");
    if (longer && shorter && *longer != *shorter)
        place.into.warnings.push_back("The model names two magnitudes of its positions; that of long texts is "
                                      "used for short ones too.");
    place.set("rope.scaling.attn_factor", said ? *said : longer.value_or(usual));
}

struct KindRow {
    const char* name;
    void (*read)(Place&);
};

constexpr std::array kKinds{
    KindRow{"default", none},   KindRow{"none", none},          KindRow{"linear", linear},
    KindRow{"dynamic", dynamic}, KindRow{"yarn", yarn},         KindRow{"deepseek_yarn", yarn},
    KindRow{"llama3", llama3},  KindRow{"longrope", longRope},  KindRow{"su", longRope},
};

int rotatedDimensions(HfConfig& config, HfConfig& rope, const std::string& prefix, HfNumbers& into)
{
    const auto heads = config.whole("num_attention_heads");
    const auto width = config.whole("hidden_size"), own = config.whole("head_dim");
    const std::uint64_t head = own ? *own : heads && *heads > 0 && width ? *width / *heads : 0;
    const auto outer = config.number("partial_rotary_factor"), inner = rope.number("partial_rotary_factor");
    const double part = inner ? *inner : outer.value_or(1.0);
    if (head > (1 << 18)) // the reader of the numbers refuses it by name
        return 0;
    if (!(part > 0 && part <= 1)) {
        config.refuse(ErrorCode::BadInput, "\"partial_rotary_factor\" is not above 0 and at most 1",
                      "The folder is damaged; download it again.");
        return 0;
    }
    const int dimensions = static_cast<int>(double(head) * part);
    if (part < 1)
        into.metadata.insert(prefix + "rope.dimension_count", std::uint64_t(dimensions));
    return dimensions;
}

// The rope settings of the layers that see all, and the base of those with a window.
const json* layersThatSeeAll(HfConfig& config, const json* parameters, const std::string& prefix, HfNumbers& into)
{
    std::optional<double> local = config.number("rope_local_base_freq");
    if (parameters && parameters->contains("full_attention")) {
        if (const auto windowed = parameters->find("sliding_attention");
            windowed != parameters->end() && windowed->is_object())
            local = HfConfig(*windowed, config.label()).number("rope_theta");
        parameters = &(*parameters)["full_attention"];
    }
    if (local)
        into.metadata.insert(prefix + "rope.freq_base_swa", *local);
    return parameters && parameters->is_object() ? parameters : nullptr;
}

} // namespace

void readHfRope(HfConfig& config, const std::string& prefix, HfNumbers& into)
{
    const json empty = json::object();
    const json* parameters = layersThatSeeAll(config, config.find("rope_parameters"), prefix, into);
    const json* scaling = config.find("rope_scaling");
    if (scaling && !scaling->is_object())
        return config.refuse(ErrorCode::BadInput, "\"rope_scaling\" is not an object", "Download it again.");
    HfConfig rope(parameters ? *parameters : scaling ? *scaling : empty, config.label());
    const auto own = rope.number("rope_theta"), outer = config.number("rope_theta");
    const double base = own ? *own : outer.value_or(10000.0);
    into.metadata.insert(prefix + "rope.freq_base", base);
    const int dimensions = rotatedDimensions(config, rope, prefix, into);
    std::string kind = rope.text("rope_type");
    if (kind.empty())
        kind = rope.text("type");
    const auto row = std::find_if(kKinds.begin(), kKinds.end(),
                                  [&](const KindRow& each) { return kind.empty() || kind == each.name; });
    if (row == kKinds.end())
        return config.refuse(ErrorCode::Unsupported,
                             "positions scaled by \"" + kind + "\" can not be computed by this version",
                             "Use a model with default, linear, dynamic, yarn, llama3 or longrope positions.");
    Place place{config, rope, prefix, into, base, dimensions};
    row->read(place);
    if (!rope.status())
        config.refuse(rope.status().error().code, rope.status().error().message, rope.status().error().hint);
}

} // namespace lectern
