#include "engine/snapshot/snapshot_folder.h"

#include "engine/base/file_reader.h"
#include "engine/snapshot/content_hash.h"

#include <algorithm>
#include <filesystem>
#include <set>

namespace lectern {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t kMostManifestBytes = std::uint64_t{1} << 30;
constexpr std::size_t kVerifyBytes = 4u << 20;

tl::unexpected<Error> damaged(const std::string& path)
{
    return fail(ErrorCode::BadInput, "The snapshot file " + path + " is damaged.",
                "The documents are read again instead.");
}

} // namespace

std::int64_t commonTokens(std::span<const std::int32_t> a, std::span<const std::int32_t> b)
{
    return std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first - a.begin();
}

std::string SnapshotFolder::manifestPath(std::uint64_t generation) const
{
    return m_path + "/manifest-" + std::to_string(generation) + ".kvm";
}

std::string SnapshotFolder::segmentPath(std::uint64_t number) const
{
    return m_path + "/segment-" + std::to_string(number) + ".kv";
}

Result<SnapshotManifest> SnapshotFolder::manifest(std::uint64_t generation) const
{
    const auto file = FileReader::open(manifestPath(generation));
    if (!file)
        return failed(file);
    if (file->size() > kMostManifestBytes)
        return damaged(manifestPath(generation));
    std::vector<std::byte> bytes(file->size());
    if (auto read = file->read(0, bytes); !read)
        return failed(read);
    auto manifest = decodeManifest(bytes);
    if (manifest && manifest->generation != generation)
        return damaged(manifestPath(generation));
    return manifest;
}

bool SnapshotFolder::isPresent(const SnapshotManifest& manifest) const
{
    return std::all_of(manifest.segments.begin(), manifest.segments.end(), [&](const SnapshotSegment& segment) {
        std::error_code error;
        return fs::file_size(segmentPath(segment.number), error) == segment.bytes && !error;
    });
}

Status SnapshotFolder::verify(const SnapshotManifest& manifest) const
{
    std::vector<std::byte> buffer(kVerifyBytes);
    for (const SnapshotSegment& segment : manifest.segments) {
        const auto file = FileReader::open(segmentPath(segment.number));
        if (!file)
            return failed(file);
        if (file->size() != segment.bytes || segment.bytes < kSegmentHeaderBytes)
            return damaged(segmentPath(segment.number));
        ContentHash hash;
        for (std::uint64_t at = 0; at < segment.bytes;) {
            const auto piece =
                std::span(buffer).first(std::min<std::uint64_t>(buffer.size(), segment.bytes - at));
            if (auto read = file->read(at, piece); !read)
                return read;
            const auto header = segmentHeader(manifest.stamp, segment.number);
            if (at == 0 && !std::equal(header.begin(), header.end(), piece.begin()))
                return damaged(segmentPath(segment.number));
            hash.bytes(piece);
            at += piece.size();
        }
        if (hash.sum() != segment.sum)
            return damaged(segmentPath(segment.number));
    }
    return {};
}

Status SnapshotFolder::load(const SnapshotManifest& manifest, std::size_t column,
                            std::span<std::byte> into) const
{
    const SnapshotBlock& block = manifest.blocks[column];
    const std::string path = segmentPath(manifest.segments[block.segment].number);
    if (block.bytes != into.size())
        return damaged(path);
    const auto file = FileReader::open(path);
    if (!file)
        return failed(file);
    if (auto read = file->read(block.offset, into); !read)
        return read;
    if (contentSum(into) != block.sum)
        return damaged(path);
    return {};
}

void SnapshotFolder::removeOthers(const SnapshotManifest& manifest) const
{
    std::set<std::string> needed{manifestPath(manifest.generation)};
    for (const SnapshotSegment& segment : manifest.segments)
        needed.insert(segmentPath(segment.number));
    std::error_code error;
    for (fs::directory_iterator entry(m_path, error), end; !error && entry != end; entry.increment(error))
        if (!needed.contains(entry->path().string())) {
            std::error_code ignored;
            fs::remove(entry->path(), ignored);
        }
}

} // namespace lectern
