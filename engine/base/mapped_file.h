// A file mapped read-only into memory. Move-only; unmaps on destruction. Where the file is cut short while it
// is mapped, reads find zeros and stillIntact() says so.
#pragma once

#include "engine/base/page_guard.h"
#include "engine/base/result.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace lectern {

class MappedFile {
public:
    MappedFile() = default;
    MappedFile(MappedFile&& other) noexcept;
    MappedFile& operator=(MappedFile&& other) noexcept;
    ~MappedFile();

    // NotFound / BadInput (not a regular file, empty) / Disk.
    static Result<MappedFile> open(const std::string& path);

    std::span<const std::byte> bytes() const { return {m_data, m_size}; }
    const std::string& path() const { return m_path; }
    // BadInput if the file was truncated, replaced or changed since open().
    Status stillIntact() const;
    // Gives back the memory of whole pages within `range`, where it lies in the file; they are read anew when touched.
    void forget(std::span<const std::byte> range) const;

private:
    const std::byte* m_data = nullptr;
    std::size_t m_size = 0;
    std::string m_path;
    std::int64_t m_modifiedNs = 0;
    PageGuard m_guard;
};

} // namespace lectern
