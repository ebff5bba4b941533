// Reads texts and metadata values from the header of a GGUF file: the cursor, the file's budget of memory,
// and the words of its errors. Used by gguf_parser alone.
#pragma once

#include "engine/base/result.h"
#include "engine/format/byte_reader.h"
#include "engine/format/gguf_types.h"
#include "engine/format/metadata.h"
#include "engine/format/quoted_name.h"

namespace lectern {

class GgufValueReader {
public:
    // `label`: the file's name in messages; outlives the reader, as `bytes` does.
    GgufValueReader(std::span<const std::byte> bytes, const std::string& label)
        : m_cursor(bytes), m_label(label)
    {
    }

    ByteReader& cursor() { return m_cursor; }

    tl::unexpected<Error> bad(const std::string& why, ErrorCode code = ErrorCode::BadInput,
                              const char* hint = nullptr) const;

    // `what` names the thing in the message: "metadata key "general.name"".
    Result<std::string> readText(std::uint64_t cap, const std::string& what);
    Result<MetaValue> readValue(std::uint32_t type, const std::string& what);

private:
    Result<MetaValue> readList(const std::string& what);
    Result<bool> readBool(const std::string& what);
    template <typename Disk, typename Kept> Result<MetaValue> readNumber(const std::string& what);
    template <typename Disk, typename Kept>
    Result<MetaValue> readNumbers(std::uint64_t count, const std::string& what);
    Result<MetaValue> readBools(std::uint64_t count, const std::string& what);
    Result<MetaValue> readTexts(std::uint64_t count, const std::string& what);

    ByteReader m_cursor;
    const std::string& m_label;
    std::uint64_t m_listElements = 0, m_textBytes = 0; // taken so far, by all values together
};

} // namespace lectern
