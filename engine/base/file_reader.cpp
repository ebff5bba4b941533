#include "engine/base/file_reader.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace lectern {

namespace {

tl::unexpected<Error> unreadable(const std::string& path, int reason)
{
    return fail(reason == ENOENT ? ErrorCode::NotFound : ErrorCode::Disk,
                "Cannot read " + path + ": " + std::strerror(reason) + ".",
                "Check the path, the permissions and the disk.");
}

} // namespace

FileReader::FileReader(FileReader&& other) noexcept
    : m_fd(std::exchange(other.m_fd, -1)), m_path(std::move(other.m_path)), m_size(other.m_size)
{
}

FileReader::~FileReader()
{
    if (m_fd >= 0)
        ::close(m_fd);
}

Result<FileReader> FileReader::open(const std::string& path)
{
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0)
        return unreadable(path, errno);
    FileReader reader(fd, path, 0);
    struct stat facts = {};
    if (::fstat(fd, &facts) != 0)
        return unreadable(path, errno);
    if (!S_ISREG(facts.st_mode))
        return fail(ErrorCode::BadInput, path + " is not a regular file.");
    reader.m_size = static_cast<std::uint64_t>(facts.st_size);
    return reader;
}

Status FileReader::read(std::uint64_t offset, std::span<std::byte> into) const
{
    while (!into.empty()) {
        const ssize_t count = ::pread(m_fd, into.data(), into.size(), static_cast<off_t>(offset));
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return unreadable(m_path, errno);
        if (count == 0)
            return fail(ErrorCode::BadInput, m_path + " ends too early.");
        into = into.subspan(static_cast<std::size_t>(count));
        offset += static_cast<std::uint64_t>(count);
    }
    return {};
}

} // namespace lectern
