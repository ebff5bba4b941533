// The shape of the store, version by version. A published step is never changed: a new one is added below it.
#pragma once

#include <span>

namespace lectern {

// "LcTn": the application_id in the file's header.
inline constexpr int kStoreApplicationId = 0x4C63546E;

// migrations()[v] takes a store of version v to version v + 1; version 0 is an empty file.
std::span<const char* const> migrations();
int currentStoreVersion();

} // namespace lectern
