// Which files of a folder will be read, and why the others will not. Follows no links, opens only regular
// files, enters no system file system, terminates on any tree.
#pragma once

#include "app/documents/document_readers.h"
#include "engine/base/result.h"

#include <cstdint>
#include <string>
#include <vector>

namespace lectern {

struct FolderFile {
    std::string path; // relative to the folder, '/' between parts, valid UTF-8
    std::uint64_t bytes = 0;
};

struct FolderListing {
    std::string root;
    std::string name;
    std::vector<FolderFile> files;    // sorted: each folder's files, then its folders, both by name
    std::vector<SkippedPath> skipped; // a folder left out is one row, its path ends in '/'
    std::int64_t modifiedMs = 0;
};

// NotFound, BadInput (not a folder), Disk (not readable), TooLong (more files than the limit), Cancelled.
Result<FolderListing> listFolder(const std::string& path, const ReadOptions& options);

} // namespace lectern
