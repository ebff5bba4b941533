// The table of contents of a snapshot: what it is good for, its tokens, and where each column lies in which
// segment file.
//   magic "LKVMANI1", u64 bytes of what follows, then the fields in the order of the structs below
//   (little-endian; a text or list begins with its u64 count), then the u64 XXH3 sum of everything before it.
// A segment file:  magic "LKVSEGM1", u64 stamp of the snapshot, u64 number of the segment, then columns back
// to back.
#pragma once

#include "engine/snapshot/snapshot_identity.h"

#include <vector>

namespace lectern {

struct SnapshotSegment {
    std::uint64_t number = 0; // in its file's name
    std::uint64_t bytes = 0;  // of the whole file
    std::uint64_t sum = 0;    // of the whole file
};

struct SnapshotBlock {
    std::uint64_t segment = 0; // index into `segments`
    std::uint64_t offset = 0, bytes = 0;
    std::uint64_t sum = 0;
};

struct SnapshotManifest {
    std::uint64_t generation = 0; // in the file's name; grows with every snapshot of the session
    std::uint64_t stamp = 0;      // random, the same in every file of one folder
    SnapshotIdentity identity;
    SavedText text;
    std::vector<SnapshotSegment> segments;
    std::vector<SnapshotBlock> blocks; // as many as text.columns, in their order

    std::uint64_t segmentBytes() const;
};

inline constexpr std::size_t kSegmentHeaderBytes = 24;
std::vector<std::byte> segmentHeader(std::uint64_t stamp, std::uint64_t number);

std::vector<std::byte> encodeManifest(const SnapshotManifest& manifest);
// BadInput unless every sum, count and place is right.
Result<SnapshotManifest> decodeManifest(std::span<const std::byte> bytes);

} // namespace lectern
