// A regular file opened for reading once, from front to back. Never follows a link below a folder, never
// blocks on a FIFO and never opens a device. Move-only; one thread.
#pragma once

#include "engine/base/result.h"

#include <cstdint>
#include <span>
#include <string>
#include <utility>

namespace lectern {

class InputFile {
public:
    // NotFound, BadInput (folder, FIFO, device, socket), Disk (no permission, read error).
    static Result<InputFile> open(const std::string& path);
    // The same for `name` in an open folder; refuses links. `shownPath` is what messages say.
    static Result<InputFile> openIn(int folderFd, const std::string& name, const std::string& shownPath);

    InputFile(InputFile&& other) noexcept
        : m_fd(std::exchange(other.m_fd, -1)), m_name(std::move(other.m_name)), m_size(other.m_size),
          m_modifiedMs(other.m_modifiedMs)
    {
    }
    InputFile& operator=(InputFile&&) = delete;
    ~InputFile();

    const std::string& name() const { return m_name; } // for messages; valid UTF-8
    std::uint64_t size() const { return m_size; }      // bytes at open; some special file systems say 0
    std::int64_t modifiedMs() const { return m_modifiedMs; }
    int fd() const { return m_fd; }

    // Fills as much of `into` as the file still has; 0 = end.
    Result<std::size_t> read(std::span<char> into);
    Status rewind();

private:
    InputFile() = default;
    static Result<InputFile> fromDescriptor(int fd, int openError, const std::string& shownPath);

    int m_fd = -1;
    std::string m_name;
    std::uint64_t m_size = 0;
    std::int64_t m_modifiedMs = 0;
};

// The last part of `path` in valid UTF-8 on one line, fit for a message or a list.
std::string shownName(const std::string& path);
// All of `path` in valid UTF-8 on one line.
std::string shownPath(const std::string& path);
// "3.2 MiB"
std::string shownBytes(std::uint64_t bytes);

} // namespace lectern
