#include "engine/format/stored_zip.h"

#include "engine/base/checked.h"
#include "engine/format/byte_reader.h"
#include "engine/format/quoted_name.h"

#include <algorithm>
#include <optional>

namespace lectern {

namespace {

using Bytes = std::span<const std::byte>;

// Layouts: PKWARE APPNOTE.TXT 4.3 and 4.5.3.
constexpr std::uint32_t kEndMark = 0x06054b50, kEnd64Mark = 0x06064b50, kEnd64LocatorMark = 0x07064b50;
constexpr std::uint32_t kEntryMark = 0x02014b50, kLocalMark = 0x04034b50;
constexpr std::size_t kEndBytes = 22, kEnd64LocatorBytes = 20, kLongestComment = 0xffff;
constexpr std::uint64_t kMaxEntries = 1 << 17;

template <typename T> std::optional<T> at(Bytes bytes, std::uint64_t position)
{
    if (position > bytes.size())
        return std::nullopt;
    T value{};
    return ByteReader(bytes.subspan(position)).read(value) ? std::optional(value) : std::nullopt;
}

struct Directory {
    std::uint64_t entries = 0, offset = 0;
};

std::optional<Directory> findDirectory(Bytes bytes)
{
    if (bytes.size() < kEndBytes)
        return std::nullopt;
    const std::size_t last = bytes.size() - kEndBytes;
    const std::size_t first = last > kLongestComment ? last - kLongestComment : 0;
    for (std::size_t end = last + 1; end-- > first;) {
        if (at<std::uint32_t>(bytes, end) != kEndMark)
            continue;
        Directory directory{*at<std::uint16_t>(bytes, end + 10), *at<std::uint32_t>(bytes, end + 16)};
        if (end >= kEnd64LocatorBytes &&
            at<std::uint32_t>(bytes, end - kEnd64LocatorBytes) == kEnd64LocatorMark) {
            const auto wide = at<std::uint64_t>(bytes, end - kEnd64LocatorBytes + 8);
            if (!wide || *wide > bytes.size() || at<std::uint32_t>(bytes, *wide) != kEnd64Mark)
                return std::nullopt;
            const auto entries = at<std::uint64_t>(bytes, *wide + 32),
                       offset = at<std::uint64_t>(bytes, *wide + 48);
            if (!entries || !offset)
                return std::nullopt;
            directory = {*entries, *offset};
        }
        return directory;
    }
    return std::nullopt;
}

struct Entry {
    std::uint16_t flags = 0, method = 0;
    std::uint64_t packedBytes = 0, bytes = 0, localOffset = 0;
    std::string name;
};

// Sizes and offset of 2^32 - 1 stand for values in the ZIP64 field of `extra`, in this order.
bool readWide(Bytes extra, Entry& entry)
{
    ByteReader fields(extra);
    std::uint16_t id = 0, size = 0;
    while (fields.read(id) && fields.read(size)) {
        if (size > fields.remaining())
            return false;
        ByteReader field(fields.take(size));
        if (id != 1)
            continue;
        for (std::uint64_t* value : {&entry.bytes, &entry.packedBytes, &entry.localOffset})
            if (*value == 0xffffffff && !field.read(*value))
                return false;
    }
    return true;
}

bool readEntry(ByteReader& reader, Entry& entry)
{
    std::uint32_t mark = 0, packed = 0, plain = 0, local = 0;
    std::uint16_t nameBytes = 0, extraBytes = 0, commentBytes = 0;
    const auto skip = [&](std::size_t count) { return reader.take(count).size() == count; };
    const bool read = reader.read(mark) && mark == kEntryMark && skip(4) && reader.read(entry.flags) &&
                      reader.read(entry.method) && skip(8) && reader.read(packed) && reader.read(plain) &&
                      reader.read(nameBytes) && reader.read(extraBytes) && reader.read(commentBytes) &&
                      skip(8) && reader.read(local) && reader.readText(nameBytes, entry.name);
    if (!read || extraBytes + std::uint64_t{commentBytes} > reader.remaining())
        return false;
    entry.packedBytes = packed;
    entry.bytes = plain;
    entry.localOffset = local;
    const bool wide = readWide(reader.take(extraBytes), entry);
    (void)reader.take(commentBytes);
    return wide;
}

// The bytes of `entry`; nothing if they are not all inside the file.
std::optional<Bytes> entryBytes(Bytes bytes, const Entry& entry)
{
    const auto nameAt = checkedAdd(entry.localOffset, 26);
    if (!nameAt || at<std::uint32_t>(bytes, entry.localOffset) != kLocalMark)
        return std::nullopt;
    const auto nameBytes = at<std::uint16_t>(bytes, *nameAt),
               extraBytes = at<std::uint16_t>(bytes, *nameAt + 2);
    if (!nameBytes || !extraBytes)
        return std::nullopt;
    const std::uint64_t start =
        *nameAt + 4 + *nameBytes + *extraBytes; // all below 2^64: nameAt is inside the file
    const auto end = checkedAdd(start, entry.bytes);
    return end && *end <= bytes.size() ? std::optional(bytes.subspan(start, entry.bytes)) : std::nullopt;
}

} // namespace

Result<std::map<std::string, std::span<const std::byte>>> readStoredZip(Bytes bytes, const std::string& label)
{
    const auto bad = [&](const std::string& why) {
        return fail(ErrorCode::BadInput, label + " is not a valid archive: " + why + ".",
                    "The file is damaged or incomplete; download it again.");
    };
    const auto directory = findDirectory(bytes);
    if (!directory || directory->offset > bytes.size() || directory->entries > kMaxEntries)
        return bad("it has no table of contents");
    ByteReader reader(bytes.subspan(directory->offset));
    std::map<std::string, Bytes> entries;
    for (std::uint64_t i = 0; i < directory->entries; ++i) {
        Entry entry;
        if (!readEntry(reader, entry))
            return bad("its table of contents is broken at entry " + std::to_string(i));
        const std::string what = "entry " + quotedName(entry.name);
        if (entry.method != 0 || entry.packedBytes != entry.bytes || (entry.flags & 1) != 0)
            return bad(what + " is compressed or encrypted");
        const auto content = entryBytes(bytes, entry);
        if (!content)
            return bad(what + " reaches past the end of the file");
        if (!entries.try_emplace(entry.name, *content).second)
            return bad(what + " occurs twice");
    }
    return entries;
}

} // namespace lectern
