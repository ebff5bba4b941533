#include "engine/model/architectures.h"

#include "engine/model/llama.h"

#include <array>

namespace lectern {

namespace {
constexpr std::array kArchitectures{
    Architecture{"llama", readLlamaSpec, readLlamaWeights},
};
} // namespace

std::span<const Architecture> architectures() { return kArchitectures; }

Result<const Architecture*> findArchitecture(const std::string& name)
{
    std::string known;
    for (const Architecture& architecture : kArchitectures) {
        if (name == architecture.name)
            return &architecture;
        known += (known.empty() ? "" : ", ") + std::string(architecture.name);
    }
    return fail(ErrorCode::Unsupported, "This version cannot run models of the architecture \"" + name + "\".",
                "It runs: " + known + ".");
}

} // namespace lectern
