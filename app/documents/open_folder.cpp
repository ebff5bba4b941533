#include "app/documents/open_folder.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <memory>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

namespace lectern {

namespace {

constexpr int kFolderFlags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK;

FolderEntry::Kind kindOf(mode_t mode)
{
    if (S_ISREG(mode))
        return FolderEntry::Kind::File;
    if (S_ISDIR(mode))
        return FolderEntry::Kind::Folder;
    return S_ISLNK(mode) ? FolderEntry::Kind::Link : FolderEntry::Kind::Special;
}

} // namespace

Result<OpenFolder> OpenFolder::open(const std::string& path)
{
    const int fd = ::open(path.c_str(), kFolderFlags);
    return fromDescriptor(fd, errno, path);
}

Result<OpenFolder> OpenFolder::enter(const std::string& name) const
{
    const int fd = ::openat(m_fd, name.c_str(), kFolderFlags | O_NOFOLLOW);
    return fromDescriptor(fd, errno, name);
}

Result<OpenFolder> OpenFolder::fromDescriptor(int fd, int openError, const std::string& path)
{
    OpenFolder folder;
    folder.m_fd = fd;
    struct stat status = {};
    if (fd >= 0 && ::fstat(fd, &status) == 0) {
        folder.m_identity = {status.st_dev, status.st_ino};
        folder.m_modifiedMs = std::int64_t(status.st_mtim.tv_sec) * 1000 + status.st_mtim.tv_nsec / 1'000'000;
        return folder;
    }
    if (openError == ENOENT)
        return fail(ErrorCode::NotFound, "The folder " + shownName(path) + " does not exist.",
                    "Check the path.");
    if (openError == ENOTDIR || openError == ELOOP)
        return fail(ErrorCode::BadInput, shownName(path) + " is not a folder.");
    return fail(ErrorCode::Disk,
                "The folder " + shownName(path) + " can not be read: " + std::strerror(openError) + ".",
                "Change its permissions, or copy it.");
}

Result<InputFile> OpenFolder::openFile(const std::string& path) const
{
    std::unique_ptr<OpenFolder> held;
    const OpenFolder* at = this;
    std::size_t begin = 0;
    for (std::size_t slash = path.find('/'); slash != std::string::npos; slash = path.find('/', begin)) {
        Result<OpenFolder> below = at->enter(path.substr(begin, slash - begin));
        if (!below)
            return failed(below);
        held = std::make_unique<OpenFolder>(std::move(*below));
        at = held.get();
        begin = slash + 1;
    }
    return InputFile::openIn(at->fd(), path.substr(begin), path);
}

OpenFolder::~OpenFolder()
{
    if (m_fd >= 0)
        ::close(m_fd);
}

bool OpenFolder::isSystem() const
{
    constexpr auto kSystem = std::to_array<unsigned long>(
        {PROC_SUPER_MAGIC, SYSFS_MAGIC, DEVPTS_SUPER_MAGIC, DEBUGFS_MAGIC, TRACEFS_MAGIC, SECURITYFS_MAGIC,
         CGROUP_SUPER_MAGIC, CGROUP2_SUPER_MAGIC, BPF_FS_MAGIC, BINFMTFS_MAGIC, EFIVARFS_MAGIC,
         SELINUX_MAGIC});
    struct statfs status = {};
    return ::fstatfs(m_fd, &status) == 0 &&
           std::find(kSystem.begin(), kSystem.end(), static_cast<unsigned long>(status.f_type)) !=
               kSystem.end();
}

Result<std::vector<FolderEntry>> OpenFolder::entries(const CancelToken& cancel) const
{
    // A descriptor of its own: reading moves it, and closedir() closes it.
    const int own = ::openat(m_fd, ".", kFolderFlags);
    const std::unique_ptr<DIR, int (*)(DIR*)> stream(own >= 0 ? ::fdopendir(own) : nullptr, &::closedir);
    if (!stream) {
        if (own >= 0)
            ::close(own);
        return fail(ErrorCode::Disk,
                    std::string("A folder can not be listed: ") + std::strerror(errno) + ".");
    }
    std::vector<FolderEntry> entries;
    while (const dirent* item = ::readdir(stream.get())) {
        if (cancel.isCancelled())
            return fail(ErrorCode::Cancelled, "Reading the folder was stopped.");
        const std::string name = item->d_name;
        if (name == "." || name == "..")
            continue;
        struct stat status = {};
        if (::fstatat(m_fd, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0)
            continue; // gone since
        entries.push_back(
            {name, kindOf(status.st_mode), static_cast<std::uint64_t>(std::max<off_t>(status.st_size, 0))});
    }
    return entries;
}

} // namespace lectern
