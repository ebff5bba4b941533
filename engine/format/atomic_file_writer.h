// Writes a file so that a reader sees the old one or the whole new one: bytes go to "<path>.tmp", commit()
// flushes them to the disk and renames. Destroyed without commit(), it removes what it wrote. One thread at a
// time.
#pragma once

#include "engine/base/result.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace lectern {

class AtomicFileWriter {
public:
    AtomicFileWriter(AtomicFileWriter&& other) noexcept;
    AtomicFileWriter& operator=(AtomicFileWriter&&) = delete;
    ~AtomicFileWriter();

    // Disk: the folder is missing or may not be written.
    static Result<AtomicFileWriter> create(std::string path);

    // Disk: full, or a fault of the device.
    Status write(std::span<const std::byte> bytes);
    Status writeZeros(std::uint64_t count);
    Status commit();

    std::uint64_t written() const { return m_written; }

private:
    explicit AtomicFileWriter(std::string path) : m_path(std::move(path)) {}
    std::string temporaryPath() const { return m_path + ".tmp"; }
    tl::unexpected<Error> diskError(const char* deed, int reason) const;
    Status flush();
    Status writeThrough(std::span<const std::byte> bytes);

    std::string m_path;
    int m_fd = -1;
    std::vector<std::byte> m_buffer;
    std::uint64_t m_written = 0;
};

} // namespace lectern
