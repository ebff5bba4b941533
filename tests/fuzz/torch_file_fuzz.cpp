// Fuzz target: any bytes as a file of torch.save(). Nothing may crash, hang or point outside the input.
#include "engine/format/torch_file.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size)
{
    const auto bytes = std::as_bytes(std::span(data, size));
    const auto tensors = lectern::parseTorchFile(bytes, "fuzz.bin");
    if (!tensors)
        return 0;
    for (const lectern::TensorEntry& tensor : *tensors)
        if (tensor.data < bytes.data() || tensor.bytes > std::size_t(bytes.data() + size - tensor.data))
            std::abort();
    return 0;
}
