// A reader for the pickles that torch.save() writes for a dictionary of float tensors, and for nothing else.
// A pickle is a program; this one is not run: the few opcodes such files use build plain values in an arena,
// and the only names it may call are collections.OrderedDict, torch.FloatStorage and
// torch._utils._rebuild_tensor_v2, all three known here. Anything else ends the reading with its name.
#pragma once

#include "engine/base/result.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace lectern {

// A tensor as the pickle describes it; nothing is checked against the storage yet. Sizes count elements.
struct PickledTensor {
    std::string name;
    std::string storage; // the entry of the archive: data/<storage>
    std::uint64_t storageElements = 0, offset = 0;
    std::vector<std::uint64_t> shape, strides; // outermost dimension first
};

// Unsupported names a forbidden name or opcode; BadInput a broken pickle or one that is no dictionary of
// tensors.
Result<std::vector<PickledTensor>> readTensorPickle(std::span<const std::byte> pickle,
                                                    const std::string& label);

} // namespace lectern
