// Writing a generation of a snapshot.
#include "engine/format/atomic_file_writer.h"
#include "engine/snapshot/content_hash.h"
#include "engine/snapshot/snapshot_folder.h"

#include <algorithm>
#include <map>
#include <random>
#include <unistd.h>

namespace lectern {

namespace {

constexpr std::uint64_t kSmallWaste = std::uint64_t{16} << 20; // of the segments, not worth a rewrite
constexpr std::size_t kMostSegments = 64;
constexpr std::size_t kNotThere = SIZE_MAX;

// For each column of the image its place in the snapshot before, where that is still right.
std::vector<std::size_t> reusedColumns(const SessionImage& image, const SnapshotManifest* previous)
{
    std::vector<std::size_t> reused(image.columns.size(), kNotThere);
    if (!previous)
        return reused;
    const std::int64_t common = commonTokens(image.tokens, previous->text.tokens);
    std::map<ColumnPlace, std::size_t> there;
    for (const ColumnPlace& place : previous->text.columns)
        there.emplace(place, there.size());
    for (std::size_t i = 0; i < image.columns.size(); ++i) {
        const ColumnPlace& place = image.columns[i].place;
        const auto found = there.find(place);
        if (place.validTo <= common && found != there.end())
            reused[i] = found->second;
    }
    return reused;
}

std::uint64_t columnBytes(const ImageColumn& column)
{
    std::uint64_t bytes = 0;
    for (const auto& page : column.pages)
        bytes += page.size();
    return bytes;
}

struct WritePlan {
    std::vector<std::size_t> reused; // by column of the image: column of the previous snapshot, or kNotThere
    bool whole = false;              // everything goes into the new segment
    std::uint64_t bytes = 0;         // of the new segment
    bool complete = true;            // every column has its pages or is reused
};

WritePlan planWrite(const SessionImage& image, const SnapshotManifest* previous)
{
    WritePlan plan;
    plan.reused = reusedColumns(image, previous);
    std::uint64_t live = 0, fresh = 0;
    for (std::size_t i = 0; i < image.columns.size(); ++i) {
        const bool there = plan.reused[i] != kNotThere;
        const std::uint64_t bytes =
            there ? previous->blocks[plan.reused[i]].bytes : columnBytes(image.columns[i]);
        plan.complete = plan.complete && (there || !image.columns[i].pages.empty() || bytes == 0);
        live += bytes;
        fresh += there ? 0 : bytes;
    }
    plan.whole = previous && (previous->segmentBytes() + fresh > live + live / 2 + kSmallWaste ||
                              previous->segments.size() >= kMostSegments);
    plan.bytes = kSegmentHeaderBytes + (plan.whole ? live : fresh);
    return plan;
}

// The new segment while it is written.
class SegmentWriter {
public:
    static Result<SegmentWriter> create(const SnapshotFolder& folder, std::uint64_t stamp,
                                        std::uint64_t number)
    {
        auto file = AtomicFileWriter::create(folder.segmentPath(number));
        if (!file)
            return failed(file);
        SegmentWriter writer(std::move(*file));
        if (auto written = writer.append(segmentHeader(stamp, number)); !written)
            return failed(written);
        return writer;
    }

    // One column: its pages, copied under the lease.
    Result<SnapshotBlock> addColumn(const ImageColumn& column, PageLease& lease)
    {
        SnapshotBlock block{0, m_file.written(), columnBytes(column), 0};
        ContentHash hash;
        for (const auto& page : column.pages) {
            m_page.resize(page.size());
            if (column.copy)
                std::copy(page.begin(), page.end(), m_page.begin());
            else if (!lease.copy(page, m_page.data(), column.place.validTo))
                return fail(ErrorCode::Cancelled,
                            "The session went on elsewhere before its memory was written.");
            hash.bytes(m_page);
            if (auto written = append(m_page); !written)
                return failed(written);
        }
        block.sum = hash.sum();
        return block;
    }
    // One that an older segment holds.
    Result<SnapshotBlock> addColumn(const SnapshotFolder& folder, const SnapshotManifest& from,
                                    std::size_t column)
    {
        SnapshotBlock block = from.blocks[column];
        m_page.resize(block.bytes);
        if (auto loaded = folder.load(from, column, m_page); !loaded)
            return failed(loaded);
        block.offset = m_file.written();
        if (auto written = append(m_page); !written)
            return failed(written);
        return block;
    }
    Result<SnapshotSegment> finish(std::uint64_t number)
    {
        if (auto done = m_file.commit(); !done)
            return failed(done);
        return SnapshotSegment{number, m_file.written(), m_hash.sum()};
    }

private:
    explicit SegmentWriter(AtomicFileWriter file) : m_file(std::move(file)) {}
    Status append(std::span<const std::byte> bytes)
    {
        m_hash.bytes(bytes);
        return m_file.write(bytes);
    }

    AtomicFileWriter m_file;
    ContentHash m_hash;
    std::vector<std::byte> m_page;
};

// Writes the new columns, last first: what a person edits lies at the end, so what could be lost to that is
// read soonest.
Status writeColumns(const SnapshotFolder& folder, const SessionImage& image, const SnapshotManifest* previous,
                    const WritePlan& plan, const CancelToken& stop, SegmentWriter& segment,
                    SnapshotManifest& manifest)
{
    const std::uint64_t newIndex = manifest.segments.size();
    for (std::size_t i = image.columns.size(); i-- > 0;) {
        if (stop.isCancelled())
            return fail(ErrorCode::Cancelled, "Writing the snapshot was stopped.");
        const std::size_t old = plan.reused[i];
        if (old != kNotThere && !plan.whole) {
            manifest.blocks[i] = previous->blocks[old];
            continue;
        }
        auto block = old != kNotThere ? segment.addColumn(folder, *previous, old)
                                      : segment.addColumn(image.columns[i], *image.lease);
        if (!block)
            return failed(block);
        block->segment = newIndex;
        manifest.blocks[i] = *block;
    }
    return {};
}

// Takes segments that no block is in out of the list.
void dropUnusedSegments(SnapshotManifest& manifest)
{
    std::vector<std::uint64_t> newIndex(manifest.segments.size(), 0);
    for (const SnapshotBlock& block : manifest.blocks)
        newIndex[block.segment] = 1;
    std::vector<SnapshotSegment> kept;
    for (std::size_t i = 0; i < manifest.segments.size(); ++i) {
        const bool used = newIndex[i] != 0;
        newIndex[i] = kept.size();
        if (used)
            kept.push_back(manifest.segments[i]);
    }
    manifest.segments = std::move(kept);
    for (SnapshotBlock& block : manifest.blocks)
        block.segment = newIndex[block.segment];
}

SnapshotManifest nextManifest(const SnapshotIdentity& identity, const SessionImage& image,
                              const SnapshotManifest* previous, bool whole)
{
    SnapshotManifest manifest;
    manifest.stamp =
        previous ? previous->stamp : (std::uint64_t{std::random_device()()} << 32) | std::random_device()();
    manifest.identity = identity;
    manifest.text.tokens = image.tokens;
    manifest.text.marks = image.marks;
    for (const ImageColumn& column : image.columns)
        manifest.text.columns.push_back(column.place);
    manifest.blocks.resize(image.columns.size());
    if (previous && !whole)
        manifest.segments = previous->segments;
    return manifest;
}

} // namespace

std::uint64_t SnapshotFolder::bytesToWrite(const SessionImage& image, const SnapshotManifest* previous)
{
    return planWrite(image, previous).bytes;
}

Result<SnapshotManifest> SnapshotFolder::write(std::uint64_t generation, const SnapshotIdentity& identity,
                                               const SessionImage& image, const SnapshotManifest* previous,
                                               const CancelToken& stop) const
{
    const WritePlan plan = planWrite(image, previous);
    if (!plan.complete)
        return fail(ErrorCode::Internal, "A snapshot was asked for without all of its pages.",
                    "Please report this.");
    SnapshotManifest manifest = nextManifest(identity, image, previous, plan.whole);
    manifest.generation = generation;
    const std::uint64_t number = generation;
    auto segment = SegmentWriter::create(*this, manifest.stamp, number);
    if (!segment)
        return failed(segment);
    if (auto written = writeColumns(*this, image, previous, plan, stop, *segment, manifest); !written)
        return failed(written);
    const auto finished = segment->finish(number);
    if (!finished)
        return failed(finished);
    manifest.segments.push_back(*finished);
    dropUnusedSegments(manifest);
    auto table = AtomicFileWriter::create(manifestPath(manifest.generation));
    Status done = table ? table->write(encodeManifest(manifest)) : Status(failed(table));
    if (done)
        done = table->commit();
    if (!done) {
        ::unlink(segmentPath(number).c_str());
        return failed(done);
    }
    return manifest;
}

} // namespace lectern
