// Named choices of what to take from a repository, kept as one JSON file in the configuration folder.
#pragma once

#include "app/documents/document_readers.h"
#include "engine/base/result.h"

#include <cstdint>
#include <map>
#include <string>

namespace lectern {

struct PackPreset {
    FolderOptions folder;
    std::uint64_t budget = 0; // tokens; 0 = no limit
};

using PackPresets = std::map<std::string, PackPreset>;

// "$XDG_CONFIG_HOME/lectern/repository-presets.json", or below ~/.config.
std::string packPresetsPath();

// Empty where there is no such file yet. BadInput where it is damaged, Disk.
Result<PackPresets> loadPackPresets(const std::string& path);
// Replaces the file as a whole: a crash leaves the old one or the new one. Disk.
Status savePackPresets(const std::string& path, const PackPresets& presets);

} // namespace lectern
