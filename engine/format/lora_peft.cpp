// PEFT folders: adapter_config.json, adapter_model.safetensors or .bin, and LongLoRA's trainable_params.bin.
// Names: "base_model.model." + the model's module + ".lora_A.weight"; a second adapter name ("default") may
// follow.
#include "engine/format/json_tree.h"
#include "engine/format/lora_builder.h"
#include "engine/format/quoted_name.h"
#include "engine/format/safetensors_file.h"
#include "engine/format/torch_file.h"

#include <cmath>
#include <filesystem>

namespace lectern {

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::uint64_t kMaxConfigBytes = 1 << 20;

bool isThere(const fs::path& path)
{
    std::error_code ignored;
    return fs::exists(path, ignored);
}

std::string textAt(const json& config, const char* key)
{
    const auto value = config.find(key);
    return value != config.end() && value->is_string() ? value->get<std::string>() : std::string();
}

bool flagAt(const json& config, const char* key)
{
    const auto value = config.find(key);
    return value != config.end() && value->is_boolean() && value->get<bool>();
}

// Removes every occurrence of `part`.
void strike(std::string& name, std::string_view part)
{
    for (auto at = name.find(part); at != std::string::npos; at = name.find(part))
        name.erase(at, part.size());
}

// Sorts one tensor of the adapter's file into the builder.
void addTensor(LoraBuilder& builder, const TensorEntry& entry)
{
    struct Mark {
        std::string_view text;
        LoraBuilder::Side side;
        bool embedding;
    };
    constexpr Mark kMarks[] = {{".lora_A", LoraBuilder::Side::A, false},
                               {".lora_B", LoraBuilder::Side::B, false},
                               {".lora_embedding_A", LoraBuilder::Side::A, true},
                               {".lora_embedding_B", LoraBuilder::Side::B, true}};
    std::string name = entry.name;
    if (name.starts_with("base_model.model."))
        name.erase(0, std::string_view("base_model.model.").size());
    for (const Mark& mark : kMarks)
        if (const auto at = name.find(mark.text); at != std::string::npos)
            return builder.addHalf(name.substr(0, at) + ".weight", mark.side, entry, mark.embedding);
    strike(name, ".modules_to_save");
    strike(name, ".base_layer");
    strike(name, ".default");
    if (name.find("lora_magnitude") != std::string::npos)
        return builder.warn(
            "The adapter rescales " + quotedName(name) +
            " as DoRA does, which Lectern leaves out; its answers will differ from the author's.");
    if (!name.ends_with(".weight") && !name.ends_with(".bias"))
        return builder.warn("The adapter's tensor " + quotedName(name) +
                            " is of no known kind and is left out.");
    builder.addReplacement(name, entry);
}

Status addSafetensors(LoraBuilder& builder, const fs::path& path)
{
    const auto file = SafetensorsFile::open(path.string());
    if (!file)
        return failed(file);
    builder.keep(*file);
    for (const SafetensorsEntry& entry : (*file)->tensors()) {
        const auto tensor = entry.tensor();
        if (tensor)
            addTensor(builder, *tensor);
        else
            builder.warn(tensor.error().message + " It is left out.");
    }
    return {};
}

Status addTorch(LoraBuilder& builder, const fs::path& path)
{
    const auto file = TorchFile::open(path.string());
    if (!file)
        return failed(file);
    builder.keep(*file);
    for (const TensorEntry& tensor : (*file)->tensors())
        addTensor(builder, tensor);
    return {};
}

Result<LoraStrength> readStrength(const json& config, const std::string& label)
{
    const auto bad = [&](const std::string& why, ErrorCode code) {
        return fail(code, label + ": " + why + ".", "Choose a plain LoRA adapter.");
    };
    if (!config.is_object() || textAt(config, "peft_type") != "LORA")
        return bad("it does not describe a LoRA adapter (\"peft_type\" is not LORA)", ErrorCode::Unsupported);
    if (flagAt(config, "fan_in_fan_out"))
        return bad("adapters of transposed layers (\"fan_in_fan_out\") are not read", ErrorCode::Unsupported);
    const auto alpha = config.find("lora_alpha");
    if (alpha == config.end() || !alpha->is_number() || !std::isfinite(alpha->get<double>()))
        return bad("\"lora_alpha\" is missing or is not a number", ErrorCode::BadInput);
    LoraStrength strength{alpha->get<double>(), flagAt(config, "use_rslora"), {}};
    if (const auto own = config.find("alpha_pattern"); own != config.end() && own->is_object())
        for (const auto& [module, value] : own->items())
            if (value.is_number())
                strength.alphaOf[module] = value.get<double>();
    return strength;
}

// Modules that the configuration says were trained whole, but of which no file holds a tensor.
void warnOfMissingModules(LoraBuilder& builder, const json& config)
{
    const auto saved = config.find("modules_to_save");
    if (saved == config.end() || !saved->is_array())
        return;
    for (const json& module : *saved)
        if (module.is_string() && !builder.replaces(module.get<std::string>()))
            builder.warn("The adapter says that " + quotedName(module.get<std::string>()) +
                         " was trained too, but holds no such tensor; the model's own is used.");
}

} // namespace

Result<std::shared_ptr<const LoraAdapter>> openPeftLora(const std::string& folder)
{
    const fs::path root = folder;
    const std::string configPath = (root / "adapter_config.json").string();
    const auto config = readJsonTree(configPath, kMaxConfigBytes);
    if (!config)
        return failed(config);
    const auto strength = readStrength(*config, configPath);
    if (!strength)
        return failed(strength);

    LoraBuilder builder(folder, TensorNaming::HuggingFace);
    builder.describe("", textAt(*config, "base_model_name_or_path"));
    const fs::path safe = root / "adapter_model.safetensors", pickled = root / "adapter_model.bin";
    if (!isThere(safe) && !isThere(pickled))
        return fail(ErrorCode::NotFound,
                    folder + " holds neither adapter_model.safetensors nor adapter_model.bin.",
                    "Download all files of the adapter.");
    if (const Status status = isThere(safe) ? addSafetensors(builder, safe) : addTorch(builder, pickled);
        !status)
        return failed(status);
    if (const fs::path trained = root / "trainable_params.bin"; isThere(trained))
        if (const Status status = addTorch(builder, trained); !status)
            return failed(status);
    warnOfMissingModules(builder, *config);
    return builder.build(*strength);
}

} // namespace lectern
