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
    std::uint32_t changes = 0; // commits among the latest that changed it; 0 where there is no history
};

struct FolderListing {
    std::string root;
    std::string name;
    std::vector<FolderFile> files;    // sorted: each folder's files, then its folders, both by name
    std::vector<std::string> submodules; // repositories inside it that were entered; paths as of files
    std::string workTree;             // absolute path of the git working tree it lies in; empty: none
    std::string prefix;               // of the folder in its working tree: "" or "a/b/"
    std::vector<SkippedPath> skipped; // a folder left out is one row, its path ends in '/'
    std::int64_t modifiedMs = 0;
};

// NotFound, BadInput (not a folder), Disk (not readable), TooLong (more files than the limit), Cancelled.
Result<FolderListing> listFolder(const std::string& path, const ReadOptions& options);

} // namespace lectern
