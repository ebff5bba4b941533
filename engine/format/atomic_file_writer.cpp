#include "engine/format/atomic_file_writer.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <unistd.h>
#include <utility>

namespace lectern {

namespace {
constexpr std::size_t kBufferBytes = 1 << 20;
}

AtomicFileWriter::AtomicFileWriter(AtomicFileWriter&& other) noexcept
    : m_path(std::move(other.m_path)), m_fd(std::exchange(other.m_fd, -1)),
      m_buffer(std::move(other.m_buffer)), m_written(other.m_written)
{
}

AtomicFileWriter::~AtomicFileWriter()
{
    if (m_fd < 0)
        return;
    ::close(m_fd);
    ::unlink(temporaryPath().c_str());
}

tl::unexpected<Error> AtomicFileWriter::diskError(const char* deed, int reason) const
{
    return fail(ErrorCode::Disk,
                std::string("Cannot ") + deed + " " + m_path + ": " + std::strerror(reason) + ".",
                reason == ENOSPC ? "Free space on the disk, or choose another one."
                                 : "Check that the folder exists and may be written.");
}

Result<AtomicFileWriter> AtomicFileWriter::create(std::string path)
{
    AtomicFileWriter writer(std::move(path));
    writer.m_fd = ::open(writer.temporaryPath().c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (writer.m_fd < 0)
        return writer.diskError("create", errno);
    writer.m_buffer.reserve(kBufferBytes);
    return writer;
}

Status AtomicFileWriter::writeThrough(std::span<const std::byte> bytes)
{
    while (!bytes.empty()) {
        const ssize_t count = ::write(m_fd, bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return diskError("write", count < 0 ? errno : EIO);
        bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
    return {};
}

Status AtomicFileWriter::flush()
{
    const Status status = writeThrough(m_buffer);
    m_buffer.clear();
    return status;
}

Status AtomicFileWriter::write(std::span<const std::byte> bytes)
{
    m_written += bytes.size();
    if (m_buffer.size() + bytes.size() > kBufferBytes)
        if (Status status = flush(); !status)
            return status;
    if (bytes.size() >= kBufferBytes)
        return writeThrough(bytes);
    m_buffer.insert(m_buffer.end(), bytes.begin(), bytes.end());
    return {};
}

Status AtomicFileWriter::writeZeros(std::uint64_t count)
{
    constexpr std::array<std::byte, 4096> kZeros{};
    while (count > 0) {
        const auto piece = std::min<std::uint64_t>(count, kZeros.size());
        if (Status status = write(std::span(kZeros).first(piece)); !status)
            return status;
        count -= piece;
    }
    return {};
}

Status AtomicFileWriter::commit()
{
    if (Status status = flush(); !status)
        return status;
    if (::fsync(m_fd) != 0)
        return diskError("finish", errno);
    if (::rename(temporaryPath().c_str(), m_path.c_str()) != 0)
        return diskError("finish", errno);
    ::close(std::exchange(m_fd, -1));
    // The rename itself lasts once the folder is on the disk. Some file systems refuse: then it is as good as
    // it gets.
    const std::string folder = std::filesystem::path(m_path).parent_path().string();
    const int folderFd = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folderFd >= 0) {
        (void)::fsync(folderFd);
        ::close(folderFd);
    }
    return {};
}

} // namespace lectern
