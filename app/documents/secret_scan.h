// Finds what looks like a key or a password in the text of a file, by the marks their makers gave them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace lectern {

// "a private key in line 12", or nothing. Linear in the text.
std::optional<std::string> findSecret(std::string_view text);

} // namespace lectern
