// The table of contents of a zip file whose entries are stored without compression, as torch.save() writes
// them, so that their bytes can be used where they lie. Entries that are compressed or encrypted are an error
// (there is nothing to inflate, hence no bomb). ZIP64 is understood.
#pragma once

#include "engine/base/result.h"

#include <cstddef>
#include <map>
#include <span>
#include <string>

namespace lectern {

// Entry name -> its bytes, inside `bytes`. BadInput names the entry that is wrong.
Result<std::map<std::string, std::span<const std::byte>>> readStoredZip(std::span<const std::byte> bytes,
                                                                        const std::string& label);

} // namespace lectern
