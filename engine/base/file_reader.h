// Reads a file that may change or vanish meanwhile: copies, never a mapping, so that a file cut short is an
// error and not a fault. Move-only; closes on destruction. Any thread.
#pragma once

#include "engine/base/result.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace lectern {

class FileReader {
public:
    // NotFound; BadInput: not a regular file, or a link; Disk. Never waits for a pipe.
    static Result<FileReader> open(const std::string& path);
    FileReader(FileReader&& other) noexcept;
    FileReader& operator=(FileReader&&) = delete;
    ~FileReader();

    std::uint64_t size() const { return m_size; } // when it was opened
    // Fills `into` from `offset`. BadInput where the file ends before, Disk where it can not be read.
    Status read(std::uint64_t offset, std::span<std::byte> into) const;

private:
    FileReader(int fd, std::string path, std::uint64_t size) : m_fd(fd), m_path(std::move(path)), m_size(size)
    {
    }

    int m_fd = -1;
    std::string m_path;
    std::uint64_t m_size = 0;
};

} // namespace lectern
