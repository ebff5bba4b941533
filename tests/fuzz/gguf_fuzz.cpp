// Fuzz target: any bytes as a GGUF file. Nothing may crash, hang or point outside the input.
#include "engine/format/gguf_parser.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size)
{
    const auto bytes = std::as_bytes(std::span(data, size));
    const auto part = lectern::parseGguf(bytes, "fuzz.gguf");
    if (!part)
        return 0;
    for (const lectern::TensorEntry& tensor : part->tensors) {
        const bool inside = tensor.data >= bytes.data() && tensor.data <= bytes.data() + size &&
                            tensor.bytes <= std::size_t(bytes.data() + size - tensor.data);
        if (!inside)
            std::abort();
    }
    return 0;
}
