// Fuzz target: any bytes as a safetensors file. Nothing may crash, hang or point outside the input.
#include "engine/format/safetensors_header.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size)
{
    const auto bytes = std::as_bytes(std::span(data, size));
    const auto header = lectern::parseSafetensors(bytes, "fuzz.safetensors");
    if (!header)
        return 0;
    for (const lectern::SafetensorsEntry& entry : header->tensors) {
        const bool inside = entry.data >= bytes.data() && entry.data <= bytes.data() + size &&
                            entry.bytes <= std::size_t(bytes.data() + size - entry.data);
        if (!inside)
            std::abort();
        (void)entry.tensor();
    }
    return 0;
}
