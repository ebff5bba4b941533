// Counts the anonymous memory that is mapped and not yet unmapped, at the system call: independent of what
// anything reports of itself. For programs that link lectern_mapped_bytes.
#pragma once

#include <cstdint>

namespace lectern::test {

// Bytes mapped by the program's own code since it began, less those unmapped.
std::int64_t mappedBytes();

} // namespace lectern::test
