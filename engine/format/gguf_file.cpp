#include "engine/format/gguf_file.h"

#include "engine/format/quoted_name.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <filesystem>

namespace lectern {

namespace {

constexpr const char* kSplitHint = "Keep all parts of the model in one folder and open the first.";

// "name-00002-of-00005.gguf" taken apart; the path of a part is stem + "-0000N-of-" + count + ".gguf".
struct SplitName {
    std::string stem;
    std::uint32_t part = 0, count = 0;

    std::string path(std::uint32_t number) const
    {
        char tail[40];
        std::snprintf(tail, sizeof tail, "-%05u-of-%05u.gguf", number, count);
        return stem + tail;
    }
};

std::optional<std::uint32_t> fiveDigits(std::string_view text)
{
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

std::optional<SplitName> splitName(const std::string& path)
{
    constexpr std::string_view kPattern = "-00000-of-00000.gguf";
    if (path.size() <= kPattern.size())
        return std::nullopt;
    const std::string_view tail = std::string_view(path).substr(path.size() - kPattern.size());
    const auto part = fiveDigits(tail.substr(1, 5)), count = fiveDigits(tail.substr(10, 5));
    if (tail[0] != '-' || tail.substr(6, 4) != "-of-" || tail.substr(15) != ".gguf" || !part || !count)
        return std::nullopt;
    return SplitName{path.substr(0, path.size() - kPattern.size()), *part, *count};
}

} // namespace

Status GgufFile::addPart(const std::string& path)
{
    auto file = MappedFile::open(path);
    if (!file)
        return failed(file);
    auto part = parseGguf(file->bytes(), path);
    if (!part)
        return failed(part);
    const auto number = part->metadata.unsignedOr("split.no", m_parts.size());
    if (!number)
        return failed(number);
    if (*number != m_parts.size())
        return fail(ErrorCode::BadInput,
                    path + " says it is part " + std::to_string(*number + 1) +
                        " of a split model, not part " + std::to_string(m_parts.size() + 1) + ".",
                    kSplitHint);
    if (m_parts.empty()) {
        m_metadata = std::move(part->metadata);
        m_version = part->version;
    }
    m_parts.push_back(std::move(*file));
    std::ranges::move(part->tensors, std::back_inserter(m_tensors));
    return {};
}

Result<std::shared_ptr<const GgufFile>> GgufFile::open(const std::string& path)
{
    const std::shared_ptr<GgufFile> file(new GgufFile);
    if (const Status first = file->addPart(path); !first)
        return failed(first);

    const auto count = file->m_metadata.unsignedOr("split.count", 1);
    if (!count)
        return failed(count);
    const auto name = splitName(path);
    if (*count > 1 && (!name || name->count != *count || name->part != 1))
        return fail(ErrorCode::BadInput,
                    path + " is the first of " + std::to_string(*count) +
                        " parts, but its name does not say so.",
                    "Give the parts their names back: NAME-00001-of-0000N.gguf.");
    for (std::uint32_t part = 2; part <= *count; ++part) {
        const Status added = file->addPart(name->path(part));
        if (!added && added.error().code == ErrorCode::NotFound)
            return fail(ErrorCode::NotFound,
                        "Part " + std::to_string(part) + " of the model is missing: " + name->path(part) +
                            " does not exist.",
                        kSplitHint);
        if (!added)
            return failed(added);
    }

    file->sortTensors();
    const auto twin = std::ranges::adjacent_find(file->m_tensors, {}, &TensorEntry::name);
    if (twin != file->m_tensors.end())
        return fail(ErrorCode::BadInput,
                    path + " is not a valid model: tensor " + quotedName(twin->name) +
                        " occurs in two parts.",
                    kSplitHint);
    const auto claimed = file->m_metadata.unsignedOr("split.tensors.count", file->m_tensors.size());
    if (!claimed)
        return failed(claimed);
    if (*claimed != file->m_tensors.size())
        return fail(ErrorCode::BadInput,
                    path + " promises " + std::to_string(*claimed) + " tensors, but its parts hold " +
                        std::to_string(file->m_tensors.size()) + ".",
                    kSplitHint);
    return file;
}

std::uint64_t GgufFile::fileBytes() const
{
    std::uint64_t total = 0;
    for (const MappedFile& part : m_parts)
        total += part.bytes().size();
    return total;
}

void GgufFile::forget(std::span<const std::byte> bytes) const
{
    for (const MappedFile& part : m_parts)
        part.forget(bytes);
}

Status GgufFile::stillIntact() const
{
    for (const MappedFile& part : m_parts)
        if (Status status = part.stillIntact(); !status)
            return status;
    return {};
}

} // namespace lectern
