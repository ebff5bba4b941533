// What a folder holds that no reader of its text wants.
#pragma once

#include "app/documents/ignore_rules.h"

namespace lectern {

// Globs for version control, installed packages, lock files, generated, minified and binary files, and files
// that may hold secrets. The lowest of all rules: a .gitignore line "!name" brings one back. With
// `keepSecrets` the last are no longer among them.
IgnoreList defaultExcludes(bool keepSecrets);

inline constexpr const char* kSecretReason = "may hold secrets";

} // namespace lectern
