// GGUF adapters: "<weight>.lora_a" and "<weight>.lora_b", metadata under "adapter.".
#include "engine/format/gguf_file.h"
#include "engine/format/lora_builder.h"
#include "engine/format/quoted_name.h"

namespace lectern {

Result<std::shared_ptr<const LoraAdapter>> openGgufLora(const std::string& path)
{
    const auto file = GgufFile::open(path);
    if (!file)
        return failed(file);
    const Metadata& metadata = (*file)->metadata();
    const auto kind = metadata.textOr("general.type", ""), type = metadata.textOr("adapter.type", "");
    if (!kind || !type || *kind != "adapter" || *type != "lora")
        return fail(ErrorCode::BadInput, path + " is a GGUF file, but not a LoRA adapter.",
                    "Open it as a model, or choose an adapter.");
    const auto alpha = metadata.numberOr("adapter.lora.alpha", 0);
    if (!alpha)
        return failed(alpha);

    LoraBuilder builder(path, TensorNaming::Gguf);
    builder.keep(*file);
    builder.describe(metadata.textOr("general.architecture", "").value_or(""),
                     metadata.textOr("general.base_model.0.name", "").value_or(""));
    if (!metadata.contains("adapter.lora.alpha"))
        builder.warn(
            "The adapter does not say how strongly it counts (adapter.lora.alpha), so it counts as 1.");
    for (const TensorEntry& tensor : (*file)->tensors()) {
        constexpr std::string_view kA = ".lora_a", kB = ".lora_b";
        const bool a = tensor.name.ends_with(kA), b = tensor.name.ends_with(kB);
        const std::string target = tensor.name.substr(0, tensor.name.size() - (a || b ? kA.size() : 0));
        if (a || b)
            builder.addHalf(target, a ? LoraBuilder::Side::A : LoraBuilder::Side::B, tensor,
                            target == "token_embd.weight");
        else if (tensor.name.ends_with(".weight") || tensor.name.ends_with(".bias"))
            builder.addReplacement(tensor.name, tensor);
        else
            builder.warn("The adapter's tensor " + quotedName(tensor.name) +
                         " is of no known kind and is left out.");
    }
    return builder.build({*alpha, false, {}});
}

} // namespace lectern
