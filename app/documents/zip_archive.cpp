#include "app/documents/zip_archive.h"

#include <algorithm>
#include <array>
#include <unistd.h>
#include <vector>
#include <zip.h>

namespace lectern {

namespace {

constexpr std::uint64_t kRatioFromBytes = std::uint64_t(1) << 20;
constexpr std::size_t kEndRecordBytes = 22;

struct PartCloser {
    void operator()(zip_file_t* part) const { zip_fclose(part); }
};

tl::unexpected<Error> damagedArchive(const std::string& name)
{
    return fail(ErrorCode::BadInput, name + " is damaged: its parts can not be unpacked.",
                "Fetch or save it again.");
}

tl::unexpected<Error> tooMuch(const std::string& name, const std::string& what)
{
    return fail(ErrorCode::TooLong, name + " was not read: " + what + ".",
                "If you trust it, open it in its own program and save it as text or PDF.");
}

// The number of parts that the end record states, read before the library takes memory for each of them.
Result<std::uint64_t> statedParts(const InputFile& file)
{
    const std::uint64_t tail = std::min<std::uint64_t>(file.size(), 65535 + kEndRecordBytes);
    std::string bytes(static_cast<std::size_t>(tail), '\0');
    const ssize_t got =
        ::pread(file.fd(), bytes.data(), bytes.size(), static_cast<off_t>(file.size() - tail));
    const std::size_t at =
        got == static_cast<ssize_t>(bytes.size()) ? bytes.rfind("PK\x05\x06") : std::string::npos;
    if (at == std::string::npos || at + kEndRecordBytes > bytes.size())
        return damagedArchive(file.name());
    return std::uint64_t(static_cast<unsigned char>(bytes[at + 10])) |
           std::uint64_t(static_cast<unsigned char>(bytes[at + 11])) << 8;
}

} // namespace

void ZipArchive::Closer::operator()(zip* archive) const
{
    zip_discard(archive);
}

ZipArchive::ZipArchive(zip* archive, std::string name, const ReadOptions& options)
    : m_archive(archive), m_name(std::move(name)), m_options(&options)
{
}

Result<ZipArchive> ZipArchive::open(const InputFile& file, const ReadOptions& options)
{
    const Result<std::uint64_t> parts = statedParts(file);
    if (!parts)
        return failed(parts);
    if (*parts > options.limits.maxArchiveEntries)
        return tooMuch(file.name(),
                       "it has more than " + std::to_string(options.limits.maxArchiveEntries) + " parts");
    const int own = ::dup(file.fd()); // the library closes what it is given
    int error = 0;
    zip_t* archive = own < 0 ? nullptr : zip_fdopen(own, 0, &error);
    if (!archive) {
        if (own >= 0)
            ::close(own);
        return damagedArchive(file.name());
    }
    ZipArchive opened(archive, file.name(), options);
    if (const Status checked = opened.checkParts(file.size()); !checked)
        return failed(checked);
    return opened;
}

Status ZipArchive::checkParts(std::uint64_t fileBytes) const
{
    const zip_int64_t parts = zip_get_num_entries(m_archive.get(), 0);
    std::uint64_t packed = 0;
    for (zip_int64_t i = 0; i < parts; ++i) {
        zip_stat_t facts;
        if (zip_stat_index(m_archive.get(), static_cast<zip_uint64_t>(i), 0, &facts) != 0 ||
            !(facts.valid & ZIP_STAT_COMP_SIZE) || facts.comp_size > fileBytes)
            return damagedArchive(m_name);
        packed += facts.comp_size;
    }
    // Parts that lie over one another take more room together than the file has.
    if (packed > fileBytes)
        return tooMuch(m_name, "its parts lie over one another, which only a trap does");
    return {};
}

bool ZipArchive::has(const std::string& entry) const
{
    return zip_name_locate(m_archive.get(), entry.c_str(), 0) >= 0;
}

Result<std::string> ZipArchive::read(const std::string& entry)
{
    const ReadLimits& limits = m_options->limits;
    zip_stat_t facts;
    if (zip_stat(m_archive.get(), entry.c_str(), 0, &facts) != 0)
        return fail(ErrorCode::NotFound, m_name + " lacks its part " + shownPath(entry) + ".");
    if ((facts.valid & ZIP_STAT_ENCRYPTION_METHOD) && facts.encryption_method != ZIP_EM_NONE)
        return fail(ErrorCode::Unsupported, m_name + " is locked with a password.",
                    "Save a copy without the password, then open the copy.");
    const std::unique_ptr<zip_file_t, PartCloser> part(zip_fopen_index(m_archive.get(), facts.index, 0));
    if (!part)
        return damagedArchive(m_name);
    std::string text;
    std::vector<char> chunk(256 * 1024);
    while (true) {
        if (m_options->cancel.isCancelled())
            return fail(ErrorCode::Cancelled, "Reading " + m_name + " was stopped.");
        const zip_int64_t got = zip_fread(part.get(), chunk.data(), chunk.size());
        if (got < 0)
            return damagedArchive(m_name);
        if (got == 0)
            break;
        text.append(chunk.data(), static_cast<std::size_t>(got));
        m_unpacked += static_cast<std::uint64_t>(got);
        if (text.size() > limits.maxArchiveEntryBytes || m_unpacked > limits.maxArchiveBytes)
            return tooMuch(m_name,
                           "it unpacks to more than " +
                               shownBytes(std::min(limits.maxArchiveEntryBytes, limits.maxArchiveBytes)));
        if (text.size() > kRatioFromBytes && text.size() / limits.maxArchiveRatio > facts.comp_size)
            return tooMuch(m_name, "it unpacks to more than " + std::to_string(limits.maxArchiveRatio) +
                                       " times its size");
    }
    return text;
}

} // namespace lectern
