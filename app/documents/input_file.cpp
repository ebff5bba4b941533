#include "app/documents/input_file.h"

#include "app/documents/text_cleaner.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace lectern {

namespace {

constexpr int kOpenFlags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;

tl::unexpected<Error> openFailure(int error, const std::string& name)
{
    switch (error) {
    case ENOENT:
    case ENOTDIR:
        return fail(ErrorCode::NotFound, name + " does not exist.", "Check the path.");
    case ELOOP:
        return fail(ErrorCode::BadInput, name + " is a link, and links are not followed here.");
    case EACCES:
    case EPERM:
        return fail(ErrorCode::Disk, name + " can not be read: permission denied.",
                    "Change its permissions, or copy it.");
    case ENXIO:
    case ENODEV:
        return fail(ErrorCode::BadInput, name + " is a device or socket, not a file.");
    default:
        return fail(ErrorCode::Disk, name + " can not be opened: " + std::strerror(error) + ".");
    }
}

} // namespace

Result<InputFile> InputFile::open(const std::string& path)
{
    const int fd = ::open(path.c_str(), kOpenFlags);
    return fromDescriptor(fd, errno, path);
}

Result<InputFile> InputFile::openIn(int folderFd, const std::string& name, const std::string& shown)
{
    const int fd = ::openat(folderFd, name.c_str(), kOpenFlags | O_NOFOLLOW);
    return fromDescriptor(fd, errno, shown);
}

Result<InputFile> InputFile::fromDescriptor(int fd, int openError, const std::string& path)
{
    InputFile file;
    file.m_fd = fd;
    file.m_name = shownName(path);
    if (fd < 0)
        return openFailure(openError, file.m_name);
    struct stat status = {};
    if (::fstat(fd, &status) != 0)
        return openFailure(errno, file.m_name);
    if (S_ISDIR(status.st_mode))
        return fail(ErrorCode::BadInput, file.m_name + " is a folder, not a file.");
    if (!S_ISREG(status.st_mode))
        return fail(ErrorCode::BadInput, file.m_name + " is a pipe, socket or device, not a file.",
                    "Save what it gives in a file first.");
    file.m_size = static_cast<std::uint64_t>(std::max<off_t>(status.st_size, 0));
    file.m_modifiedMs = std::int64_t(status.st_mtim.tv_sec) * 1000 + status.st_mtim.tv_nsec / 1'000'000;
    return file;
}

InputFile::~InputFile()
{
    if (m_fd >= 0)
        ::close(m_fd);
}

Result<std::size_t> InputFile::read(std::span<char> into)
{
    std::size_t filled = 0;
    while (filled < into.size()) {
        const ssize_t got = ::read(m_fd, into.data() + filled, into.size() - filled);
        if (got == 0)
            break;
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fail(ErrorCode::Disk,
                        m_name + " could not be read to its end: " + std::strerror(errno) + ".",
                        "Copy it to this computer and try again.");
        filled += static_cast<std::size_t>(got);
    }
    return filled;
}

Status InputFile::rewind()
{
    if (::lseek(m_fd, 0, SEEK_SET) != 0)
        return fail(ErrorCode::Disk, m_name + " could not be read again: " + std::strerror(errno) + ".");
    return {};
}

std::string shownPath(const std::string& path)
{
    std::string shown;
    TextCleaner cleaner;
    cleaner.feed(path, shown);
    cleaner.finish(shown);
    std::replace(shown.begin(), shown.end(), '\n', ' ');
    std::replace(shown.begin(), shown.end(), '\t', ' ');
    return shown;
}

std::string shownName(const std::string& path)
{
    std::string trimmed = path;
    while (trimmed.size() > 1 && trimmed.back() == '/')
        trimmed.pop_back();
    const std::size_t slash = trimmed.rfind('/');
    std::string shown =
        shownPath(slash == std::string::npos || trimmed.size() == 1 ? trimmed : trimmed.substr(slash + 1));
    return shown.empty() ? "(no name)" : shown;
}

std::string shownBytes(std::uint64_t bytes)
{
    constexpr std::array kUnits = {"bytes", "KiB", "MiB", "GiB", "TiB"};
    double value = static_cast<double>(bytes);
    std::size_t unit = 0;
    while (value >= 1024 && unit + 1 < kUnits.size()) {
        value /= 1024;
        ++unit;
    }
    std::array<char, 32> buffer{};
    std::snprintf(buffer.data(), buffer.size(),
                  value == static_cast<double>(static_cast<std::uint64_t>(value)) ? "%.0f %s" : "%.1f %s",
                  value, kUnits[unit]);
    return buffer.data();
}

} // namespace lectern
