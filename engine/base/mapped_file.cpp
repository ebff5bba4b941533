#include "engine/base/mapped_file.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace lectern {

namespace {
std::int64_t modifiedNs(const struct stat& info)
{
    return std::int64_t{info.st_mtim.tv_sec} * 1'000'000'000 + info.st_mtim.tv_nsec;
}
} // namespace

MappedFile::MappedFile(MappedFile&& other) noexcept { *this = std::move(other); }

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept
{
    std::swap(m_data, other.m_data);
    std::swap(m_size, other.m_size);
    std::swap(m_path, other.m_path);
    std::swap(m_modifiedNs, other.m_modifiedNs);
    std::swap(m_guard, other.m_guard);
    return *this;
}

MappedFile::~MappedFile()
{
    m_guard = {}; // before its pages may become someone else's
    if (m_data)
        ::munmap(const_cast<std::byte*>(m_data), m_size);
}

Result<MappedFile> MappedFile::open(const std::string& path)
{
    // O_NONBLOCK: opening a FIFO must not hang.
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        const auto code = errno == ENOENT ? ErrorCode::NotFound : ErrorCode::Disk;
        return fail(code, "Cannot open " + path + ": " + std::strerror(errno) + ".", "Check the path.");
    }
    struct stat info {};
    const bool known = ::fstat(fd, &info) == 0;
    if (!known || !S_ISREG(info.st_mode) || info.st_size <= 0) {
        ::close(fd);
        return fail(ErrorCode::BadInput, path + " is empty or not a regular file.", "Choose another file.");
    }
    MappedFile file;
    file.m_size = static_cast<std::size_t>(info.st_size);
    file.m_path = path;
    file.m_modifiedNs = modifiedNs(info);
    void* data = ::mmap(nullptr, file.m_size, PROT_READ, MAP_PRIVATE, fd, 0);
    const int mapError = errno;
    ::close(fd);
    if (data == MAP_FAILED)
        return fail(ErrorCode::Disk, "Cannot map " + path + ": " + std::strerror(mapError) + ".");
    file.m_data = static_cast<const std::byte*>(data);
    file.m_guard = PageGuard(data, file.m_size);
    return file;
}

Status MappedFile::stillIntact() const
{
    struct stat info {};
    if (m_guard.lostPages() || ::stat(m_path.c_str(), &info) != 0 ||
        static_cast<std::size_t>(info.st_size) != m_size || modifiedNs(info) != m_modifiedNs)
        return fail(ErrorCode::BadInput, m_path + " was changed or removed while it was open.",
                    "Put the file back and open it again.");
    return {};
}

void MappedFile::forget(std::span<const std::byte> range) const
{
    const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
    const auto first = reinterpret_cast<std::uintptr_t>(m_data), last = first + m_size;
    const auto begin = reinterpret_cast<std::uintptr_t>(range.data()), end = begin + range.size();
    if (begin < first || end > last)
        return;
    const std::uintptr_t from = (begin + page - 1) / page * page, to = end / page * page;
    if (from < to)
        ::madvise(reinterpret_cast<void*>(from), to - from, MADV_DONTNEED);
}

} // namespace lectern
