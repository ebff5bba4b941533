// Word lists for the gaps of annals_episodes: {craft}, {good}, {bird} ...
#pragma once

#include <span>
#include <string_view>

namespace lectern::annals {

// The list of that name; empty where there is none.
std::span<const char* const> wordList(std::string_view name);

} // namespace lectern::annals
