// A folder held open, so that what lies below it can be reached without any link in between. Move-only; one
// thread.
#pragma once

#include "app/documents/input_file.h"
#include "engine/base/cancel.h"
#include "engine/base/result.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace lectern {

struct FolderEntry {
    enum class Kind { File, Folder, Link, Special };
    std::string name; // as the file system has it
    Kind kind = Kind::Special;
    std::uint64_t bytes = 0;
};

class OpenFolder {
public:
    // NotFound, BadInput (not a folder), Disk.
    static Result<OpenFolder> open(const std::string& path);
    Result<OpenFolder> enter(const std::string& name) const;
    // The file `path` ('/' between parts), through folders only.
    Result<InputFile> openFile(const std::string& path) const;

    OpenFolder(OpenFolder&& other) noexcept
        : m_fd(std::exchange(other.m_fd, -1)), m_identity(other.m_identity), m_modifiedMs(other.m_modifiedMs)
    {
    }
    OpenFolder& operator=(OpenFolder&&) = delete;
    ~OpenFolder();

    int fd() const { return m_fd; }
    std::pair<std::uint64_t, std::uint64_t> identity() const { return m_identity; } // device, inode
    std::int64_t modifiedMs() const { return m_modifiedMs; }
    bool isSystem() const; // /proc, /sys and their like
    Result<std::vector<FolderEntry>> entries(const CancelToken& cancel) const;

private:
    OpenFolder() = default;
    static Result<OpenFolder> fromDescriptor(int fd, int openError, const std::string& path);

    int m_fd = -1;
    std::pair<std::uint64_t, std::uint64_t> m_identity;
    std::int64_t m_modifiedMs = 0;
};

} // namespace lectern
