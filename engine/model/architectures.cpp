#include "engine/model/architectures.h"

#include "engine/model/architecture_readers.h"

#include <array>

namespace lectern {

namespace {
constexpr std::array kArchitectures{
    Architecture{"llama", readLlamaSpec, readLlamaWeights},
    Architecture{"qwen2", readQwen2Spec, readQwen2Weights},
    Architecture{"qwen3", readQwen3Spec, readQwen3Weights},
    Architecture{"gemma2", readGemma2Spec, readGemma2Weights},
    Architecture{"gemma3", readGemma3Spec, readGemma3Weights},
    Architecture{"phi3", readPhi3Spec, readPhi3Weights},
    Architecture{"olmo2", readOlmo2Spec, readOlmo2Weights},
    Architecture{"starcoder2", readStarcoder2Spec, readStarcoder2Weights},
};
} // namespace

std::span<const Architecture> architectures()
{
    return kArchitectures;
}

Result<const Architecture*> findArchitecture(const std::string& name)
{
    std::string known;
    for (const Architecture& architecture : kArchitectures) {
        if (name == architecture.name)
            return &architecture;
        known += (known.empty() ? "" : ", ") + std::string(architecture.name);
    }
    return fail(ErrorCode::Unsupported,
                "This version cannot run models of the architecture \"" + name + "\".",
                "It runs: " + known + ".");
}

} // namespace lectern
