#include "engine/snapshot/snapshot_manifest.h"

#include "engine/base/checked.h"
#include "engine/format/byte_reader.h"
#include "engine/snapshot/content_hash.h"

#include <algorithm>
#include <cstring>

namespace lectern {

namespace {

constexpr std::uint64_t kManifestMagic = 0x31494e414d564b4cULL; // "LKVMANI1"
constexpr std::uint64_t kSegmentMagic = 0x314d474553564b4cULL;  // "LKVSEGM1"
constexpr std::int64_t kMostTokens = std::int64_t{1} << 31;

class ByteWriter {
public:
    template <typename T> void put(const T& value) { append(&value, sizeof value); }
    void put(const std::string& text)
    {
        put(std::uint64_t{text.size()});
        append(text.data(), text.size());
    }
    std::vector<std::byte>& bytes() { return m_bytes; }

private:
    void append(const void* from, std::size_t count)
    {
        const std::size_t at = m_bytes.size();
        m_bytes.resize(at + count);
        std::memcpy(m_bytes.data() + at, from, count);
    }

    std::vector<std::byte> m_bytes;
};

// What is written and read for each field, in one place: `visit` is called with every field in order.
template <typename Manifest, typename Visit> void eachHeaderField(Manifest& m, Visit&& visit)
{
    visit(m.generation);
    visit(m.stamp);
    visit(m.identity.model);
    visit(m.identity.tokenizer);
    visit(m.identity.plan);
    visit(m.identity.positions);
    visit(m.identity.kvType);
    visit(m.identity.layers);
    visit(m.identity.kvHeads);
    visit(m.identity.headDim);
}

template <typename Visit>
void eachField(auto& token, Visit&& visit) requires std::is_integral_v<std::remove_cvref_t<decltype(token)>>
{
    visit(token);
}
template <typename Visit, typename T>
void eachField(T& item, Visit&& visit) requires std::is_same_v<std::remove_const_t<T>, CheckpointMark>
{
    visit(item.position);
    visit(item.kind);
}
template <typename Visit, typename T>
void eachField(T& item, Visit&& visit) requires std::is_same_v<std::remove_const_t<T>, ColumnPlace>
{
    visit(item.page);
    visit(item.takenAt);
    visit(item.validTo);
}
template <typename Visit, typename T>
void eachField(T& item, Visit&& visit) requires std::is_same_v<std::remove_const_t<T>, SnapshotSegment>
{
    visit(item.number);
    visit(item.bytes);
    visit(item.sum);
}
template <typename Visit, typename T>
void eachField(T& item, Visit&& visit) requires std::is_same_v<std::remove_const_t<T>, SnapshotBlock>
{
    visit(item.segment);
    visit(item.offset);
    visit(item.bytes);
    visit(item.sum);
}

template <typename Manifest, typename Visit> void eachList(Manifest& m, Visit&& visit)
{
    visit(m.text.tokens);
    visit(m.text.marks);
    visit(m.text.columns);
    visit(m.segments);
    visit(m.blocks);
}

bool readField(ByteReader& reader, std::string& text)
{
    std::uint64_t length = 0;
    return reader.read(length) && reader.readText(length, text);
}
template <typename T> bool readField(ByteReader& reader, T& value)
{
    return reader.read(value);
}

// A list of at most what the remaining bytes could hold.
template <typename T> bool readList(ByteReader& reader, std::vector<T>& list)
{
    std::uint64_t count = 0;
    if (!reader.read(count) || count > reader.remaining())
        return false;
    bool good = true;
    for (std::uint64_t i = 0; good && i < count; ++i) {
        T item{};
        eachField(item, [&](auto& field) { good = good && reader.read(field); });
        list.push_back(item);
    }
    return good;
}

tl::unexpected<Error> damaged(const char* what)
{
    return fail(ErrorCode::BadInput, std::string("A snapshot of the KV cache is damaged: ") + what + ".",
                "The documents are read again instead.");
}

bool placesAreRight(const SnapshotManifest& m)
{
    const auto position = static_cast<std::int64_t>(m.text.tokens.size());
    std::int64_t kept = 0;
    for (const ColumnPlace& place : m.text.columns) {
        if (place.page < 0 || place.page >= pagesFor(position) || place.validTo <= place.page * kPageTokens ||
            place.validTo > pageValidTo(place.page, position))
            return false;
        if (place.takenAt != ColumnPlace::kKept) {
            if (place.takenAt < 0 || place.takenAt > kMostTokens)
                return false;
        } else if (place.page != kept++ || place.validTo != pageValidTo(place.page, position)) {
            return false;
        }
    }
    return kept == pagesFor(position);
}

bool blocksAreRight(const SnapshotManifest& m)
{
    return std::all_of(m.blocks.begin(), m.blocks.end(), [&](const SnapshotBlock& block) {
        if (block.segment >= m.segments.size() || block.offset < kSegmentHeaderBytes)
            return false;
        const auto end = checkedAdd(block.offset, block.bytes);
        return end && *end <= m.segments[block.segment].bytes;
    });
}

bool marksAreRight(const SnapshotManifest& m)
{
    return std::all_of(m.text.marks.begin(), m.text.marks.end(), [&](const CheckpointMark& mark) {
        return mark.position >= 0 && mark.position <= static_cast<std::int64_t>(m.text.tokens.size()) &&
               mark.kind <= CheckpointKind::Document;
    });
}

} // namespace

std::uint64_t SnapshotManifest::segmentBytes() const
{
    std::uint64_t sum = 0;
    for (const SnapshotSegment& segment : segments)
        sum += segment.bytes;
    return sum;
}

std::vector<std::byte> segmentHeader(std::uint64_t stamp, std::uint64_t number)
{
    ByteWriter writer;
    for (const std::uint64_t value : {kSegmentMagic, stamp, number})
        writer.put(value);
    return writer.bytes();
}

std::vector<std::byte> encodeManifest(const SnapshotManifest& manifest)
{
    ByteWriter writer;
    writer.put(kManifestMagic);
    writer.put(std::uint64_t{0}); // the length, when it is known
    eachHeaderField(manifest, [&](const auto& field) { writer.put(field); });
    eachList(manifest, [&](const auto& list) {
        writer.put(std::uint64_t{list.size()});
        for (const auto& item : list)
            eachField(item, [&](const auto& field) { writer.put(field); });
    });
    std::vector<std::byte>& bytes = writer.bytes();
    const std::uint64_t length = bytes.size() - 2 * sizeof(std::uint64_t) + sizeof(std::uint64_t);
    std::memcpy(bytes.data() + sizeof(std::uint64_t), &length, sizeof length);
    writer.put(contentSum(bytes));
    return std::move(bytes);
}

Result<SnapshotManifest> decodeManifest(std::span<const std::byte> bytes)
{
    ByteReader reader(bytes);
    std::uint64_t magic = 0, length = 0, sum = 0;
    if (!reader.read(magic) || !reader.read(length) || magic != kManifestMagic ||
        length != reader.remaining() || length < sizeof sum)
        return damaged("its table of contents is cut or of another kind");
    std::memcpy(&sum, bytes.data() + bytes.size() - sizeof sum, sizeof sum);
    if (sum != contentSum(bytes.first(bytes.size() - sizeof sum)))
        return damaged("its table of contents does not match its sum");
    SnapshotManifest manifest;
    bool good = true;
    eachHeaderField(manifest, [&](auto& field) { good = good && readField(reader, field); });
    eachList(manifest, [&](auto& list) { good = good && readList(reader, list); });
    if (!good || reader.remaining() != sizeof sum || manifest.blocks.size() != manifest.text.columns.size())
        return damaged("its table of contents is not complete");
    if (!placesAreRight(manifest) || !blocksAreRight(manifest) || !marksAreRight(manifest))
        return damaged("its table of contents contradicts itself");
    return manifest;
}

} // namespace lectern
