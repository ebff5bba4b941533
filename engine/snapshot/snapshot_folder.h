// The files of one session's snapshot, in a folder of their own:
//   manifest-G.kvm  table of contents of generation G (snapshot_manifest.h)
//   segment-N.kv    columns of pages; never changed once it has its name
// A new generation writes one segment with the columns that are new or have changed, then its manifest: each
// to ".tmp", flushed to the disk, renamed. The generation before stays whole until removeOthers(), which the
// caller calls when it has noted the new one. Where too much of the segments is out of use, the new segment
// holds everything. Nothing of a file is believed before its sums agree. Any thread, one at a time.
#pragma once

#include "engine/base/cancel.h"
#include "engine/snapshot/snapshot_manifest.h"

namespace lectern {

class SnapshotFolder {
public:
    explicit SnapshotFolder(std::string path) : m_path(std::move(path)) {}
    const std::string& path() const { return m_path; }

    // The manifest of a generation, its own sum and contradictions checked. NotFound, BadInput, Disk.
    Result<SnapshotManifest> manifest(std::uint64_t generation) const;
    // Its files are there and as long as they should be: a quick look, no proof.
    bool isPresent(const SnapshotManifest& manifest) const;
    // Reads every segment whole and compares its sum.
    Status verify(const SnapshotManifest& manifest) const;
    // The pages of one column; compares their sum again.
    Status load(const SnapshotManifest& manifest, std::size_t column, std::span<std::byte> into) const;

    // Bytes of pages that write() would write.
    static std::uint64_t bytesToWrite(const SessionImage& image, const SnapshotManifest* previous);
    // Writes the image as a generation that the folder does not have yet; `previous`, of the same identity
    // and this folder, is what it builds on, or nullptr. Disk: the folder is as before. Cancelled: `stop`, or
    // the session has gone back before its pages were read.
    Result<SnapshotManifest> write(std::uint64_t generation, const SnapshotIdentity& identity,
                                   const SessionImage& image, const SnapshotManifest* previous,
                                   const CancelToken& stop) const;
    // Deletes what the manifest does not need.
    void removeOthers(const SnapshotManifest& manifest) const;

    std::string manifestPath(std::uint64_t generation) const;
    std::string segmentPath(std::uint64_t number) const;

private:
    std::string m_path;
};

// Tokens that two texts begin with.
std::int64_t commonTokens(std::span<const std::int32_t> a, std::span<const std::int32_t> b);

} // namespace lectern
