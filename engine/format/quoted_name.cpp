#include "engine/format/quoted_name.h"

namespace lectern {

std::string quotedName(std::string_view name)
{
    constexpr std::size_t kLongest = 80;
    std::string out = "\"";
    for (const char c : name.substr(0, kLongest))
        out += static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7f ? '?' : c;
    return out + (name.size() > kLongest ? "...\"" : "\"");
}

} // namespace lectern
