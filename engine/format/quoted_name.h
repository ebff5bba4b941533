// Names from files in messages to people.
#pragma once

#include <string>
#include <string_view>

namespace lectern {

// `name` for a message: quoted, cut to a readable length, anything but printable ASCII shown as "?".
std::string quotedName(std::string_view name);

} // namespace lectern
