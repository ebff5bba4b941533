#include "engine/model/rope_reader.h"

#include "engine/model/weight_loader.h"

#include <array>

namespace lectern {

namespace {

constexpr std::uint64_t kMostDimensions = 1 << 18;
constexpr std::int64_t kMostPositions = std::int64_t{1} << 30;

struct ScalingName {
    const char* name; // rope.scaling.type
    RopeScalingKind kind;
};

constexpr std::array kScalingNames{
    ScalingName{"none", RopeScalingKind::None},         ScalingName{"linear", RopeScalingKind::None},
    ScalingName{"ntk", RopeScalingKind::Ntk},           ScalingName{"dynamic", RopeScalingKind::Dynamic},
    ScalingName{"yarn", RopeScalingKind::Yarn},         ScalingName{"llama3", RopeScalingKind::Llama3},
    ScalingName{"longrope", RopeScalingKind::LongRope},
};

std::vector<double> readDivisors(const ModelFile& file, SpecReader& reader, const std::string& name, int pairs)
{
    auto divisors = WeightLoader(file).vector(name, pairs);
    if (!divisors) {
        reader.refuse(divisors.error().code, divisors.error().message, divisors.error().hint);
        return {};
    }
    for (const float divisor : *divisors)
        if (!(divisor > 0))
            reader.refuse(ErrorCode::BadInput,
                          "The tensor \"" + name + "\" holds a number that is not above 0.",
                          "The file is damaged.");
    return {divisors->begin(), divisors->end()};
}

void readYarn(SpecReader& reader, RopeScaling& scaling)
{
    scaling.betaFast = reader.number("rope.scaling.yarn_beta_fast", 32);
    scaling.betaSlow = reader.number("rope.scaling.yarn_beta_slow", 1);
    if (scaling.betaFast <= 0 || scaling.betaSlow <= 0)
        reader.refuse(ErrorCode::BadInput, "The model's YaRN betas must be above 0.", "The file is damaged.");
    const double extrapolation = reader.number("rope.scaling.yarn_ext_factor", 1);
    scaling.extrapolation = extrapolation < 0 ? 1 : extrapolation;
    if (scaling.extrapolation == 0)
        return; // plain interpolation, without YaRN's magnitude
    // A multiplier says how much of the magnitude the model undoes in its attention scale (DeepSeek's
    // mscale_all_dim).
    const double undone = reader.number("rope.scaling.yarn_log_multiplier", 0);
    scaling.magnitude *= yarnMagnitude(scaling.factor);
    if (undone != 0 && scaling.factor > 1)
        scaling.magnitude /= 1 + undone * (yarnMagnitude(scaling.factor) - 1);
}

void readScaling(const ModelFile& file, SpecReader& reader, DecoderSpec& spec)
{
    const std::string type = reader.text("rope.scaling.type", "linear");
    const double factor = reader.number("rope.scaling.factor", reader.number("rope.scale_linear", 1.0));
    RopeScaling& scaling = spec.rope.scaling;
    const auto* row = std::find_if(kScalingNames.begin(), kScalingNames.end(),
                                   [&](const ScalingName& each) { return type == each.name; });
    if (row == kScalingNames.end())
        return reader.refuse(
            ErrorCode::Unsupported,
            "The model scales positions by \"" + type + "\", which this version cannot compute.",
            "Use a model with plain, linear, ntk, dynamic, yarn, llama3 or longrope positions.");
    const bool factorTensors =
        file.find("rope_factors_long.weight") && file.find("rope_factors_short.weight");
    scaling.kind = factorTensors ? RopeScalingKind::LongRope : row->kind;
    scaling.factor = factor;
    scaling.originalContext =
        reader.number("rope.scaling.original_context_length", static_cast<double>(spec.contextLength));
    scaling.magnitude = reader.number("rope.scaling.attn_factor", 1.0);
    if (factor <= 0 || scaling.originalContext < 1 || scaling.magnitude <= 0)
        return reader.refuse(ErrorCode::BadInput, "The model's rotary scaling numbers must be above 0.",
                             "The file is damaged or was converted wrongly.");
    if (type == "linear")
        spec.rope.positionScale = 1.0 / factor;
    if (scaling.kind == RopeScalingKind::Yarn)
        readYarn(reader, scaling);
    if (scaling.kind == RopeScalingKind::Llama3) {
        scaling.lowFactor = reader.number("rope.scaling.low_freq_factor", 1);
        scaling.highFactor = reader.number("rope.scaling.high_freq_factor", 4);
        if (scaling.highFactor <= scaling.lowFactor)
            reader.refuse(ErrorCode::BadInput,
                          "The model's rotary high_freq_factor is not above its low_freq_factor.",
                          "The file is damaged.");
    }
    if (scaling.kind == RopeScalingKind::LongRope) {
        scaling.shortDivisors =
            readDivisors(file, reader, "rope_factors_short.weight", spec.rope.dimensions / 2);
        scaling.longDivisors =
            readDivisors(file, reader, "rope_factors_long.weight", spec.rope.dimensions / 2);
    }
}

// Numbers of Dual Chunk Attention, as dual_chunk_attention_config of Qwen 1M models has them.
void readDualChunk(SpecReader& reader, DecoderSpec& spec)
{
    if (!reader.has("rope.dual_chunk.chunk_size"))
        return;
    const auto read = [&](const char* key, double fallback) {
        return std::int64_t(std::clamp(reader.number(key, fallback), -1.0, 2.0 * kMostPositions));
    };
    DualChunkConfig dual;
    dual.chunkSize = read("rope.dual_chunk.chunk_size", 8192);
    dual.localSize = read("rope.dual_chunk.local_size", 1024);
    dual.originalContext = read("rope.dual_chunk.original_context_length", 0);
    if (dual.localSize < 0 || dual.localSize >= dual.chunkSize || dual.chunkSize > kMostPositions ||
        dual.originalContext < 0)
        return reader.refuse(ErrorCode::BadInput, "The model's dual chunk sizes do not fit each other.",
                             "The file is damaged or was converted wrongly.");
    spec.dualChunk = dual;
}

} // namespace

void readRope(const ModelFile& file, SpecReader& reader, RopeLayout layout, DecoderSpec& spec)
{
    RopeSettings& rope = spec.rope;
    rope.layout = layout;
    rope.dimensions = reader.count("rope.dimension_count", kMostDimensions, std::uint64_t(spec.headDim));
    rope.base = reader.number("rope.freq_base", 10000.0);
    if (rope.dimensions > spec.headDim || rope.dimensions % 2 != 0 || rope.base <= 1)
        reader.refuse(ErrorCode::BadInput, "The model's rotary position numbers do not fit its heads.",
                      "The file is damaged or was converted wrongly.");
    if (!reader.status())
        return;
    readScaling(file, reader, spec);
    readDualChunk(reader, spec);
    if (reader.status() && file.find("rope_freqs.weight"))
        rope.divisors = readDivisors(file, reader, "rope_freqs.weight", rope.dimensions / 2);
}

RopeSettings readWindowRope(SpecReader& reader, const RopeSettings& rope, double base)
{
    RopeSettings local;
    local.layout = rope.layout;
    local.dimensions = rope.dimensions;
    local.base = reader.number("rope.freq_base_swa", base);
    if (local.base <= 1)
        reader.refuse(ErrorCode::BadInput,
                      "The model's " + reader.prefix() + "rope.freq_base_swa is not above 1.",
                      "The file is damaged.");
    return local;
}

} // namespace lectern
