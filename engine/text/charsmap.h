// SentencePiece's precompiled normaliser (precompiled_charsmap): replaces characters or short sequences, NFKC
// for instance. Layout: u32 byte count, then that many bytes of a double array of u32 units (XOR-compressed),
// then replacement texts ended by NUL. Every index is checked: the map comes from a file.
#pragma once

#include "engine/base/result.h"

#include <cstdint>
#include <string_view>
#include <vector>

namespace lectern {

class Charsmap {
public:
    Charsmap() = default; // replaces nothing

    // BadInput if the sizes in it contradict each other. `bytes` may be empty.
    static Result<Charsmap> read(const std::vector<std::uint8_t>& bytes);

    struct Replacement {
        std::size_t consumed = 0; // bytes of the input; 0: nothing to replace here
        std::string_view text;    // lives as long as the Charsmap
    };
    // The longest entry that `text` begins with.
    Replacement replacementFor(std::string_view text) const;

private:
    std::vector<std::uint32_t> m_units;
    std::vector<char> m_texts; // ends in NUL
};

} // namespace lectern
