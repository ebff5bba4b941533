// Fuzz target: any text as model.safetensors.index.json.
#include "engine/format/safetensors_index.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size)
{
    const auto index =
        lectern::parseSafetensorsIndex({reinterpret_cast<const char*>(data), size}, "fuzz.index.json");
    if (index)
        for (const auto& [tensor, file] : *index)
            if (file.find('/') != std::string::npos)
                std::abort();
    return 0;
}
