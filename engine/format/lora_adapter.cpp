#include "engine/format/lora_adapter.h"

#include "engine/format/lora_builder.h"

#include <filesystem>

namespace lectern {

Result<std::shared_ptr<const LoraAdapter>> LoraAdapter::open(const std::string& path)
{
    std::error_code ignored;
    const std::filesystem::path target = path;
    if (std::filesystem::is_directory(target, ignored))
        return openPeftLora(path);
    return target.extension() == ".gguf" ? openGgufLora(path) : openPeftLora(target.parent_path().string());
}

} // namespace lectern
