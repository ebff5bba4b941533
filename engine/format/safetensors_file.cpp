#include "engine/format/safetensors_file.h"

#include "engine/format/quoted_name.h"
#include "engine/format/safetensors_index.h"

#include <algorithm>
#include <filesystem>
#include <set>

namespace lectern {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMaxIndexBytes = 64 << 20;
constexpr const char* kIndexName = "model.safetensors.index.json";
constexpr const char* kSingleName = "model.safetensors";

bool isThere(const fs::path& path)
{
    std::error_code ignored;
    return fs::exists(path, ignored);
}

} // namespace

Status SafetensorsFile::addFile(const std::string& path)
{
    auto file = MappedFile::open(path);
    if (!file)
        return failed(file);
    auto header = parseSafetensors(file->bytes(), path);
    if (!header)
        return failed(header);
    if (m_files.empty())
        m_metadata = std::move(header->metadata);
    m_files.push_back(std::move(*file));
    std::ranges::move(header->tensors, std::back_inserter(m_tensors));
    return {};
}

Status SafetensorsFile::addShards(const std::string& indexPath)
{
    const auto index = MappedFile::open(indexPath);
    if (!index)
        return failed(index);
    if (index->bytes().size() > kMaxIndexBytes)
        return fail(ErrorCode::BadInput, indexPath + " is too large to be a model index.",
                    "Download it again.");
    const auto map = parseSafetensorsIndex(
        {reinterpret_cast<const char*>(index->bytes().data()), index->bytes().size()}, indexPath);
    if (!map)
        return failed(map);

    std::set<std::string> shards;
    for (const auto& [tensor, shard] : *map)
        shards.insert(shard);
    std::vector<SafetensorsEntry> listed;
    for (const std::string& shard : shards) {
        const Status added = addFile((fs::path(indexPath).parent_path() / shard).string());
        if (!added)
            return added;
        // The index decides: a tensor that it places elsewhere, or nowhere, is not taken from this file.
        for (SafetensorsEntry& entry : m_tensors)
            if (const auto place = map->find(entry.name); place != map->end() && place->second == shard)
                listed.push_back(std::move(entry));
        m_tensors.clear();
    }
    std::ranges::sort(listed, {}, &SafetensorsEntry::name);
    for (const auto& [tensor, shard] : *map)
        if (!std::ranges::binary_search(listed, tensor, {}, &SafetensorsEntry::name))
            return fail(ErrorCode::BadInput,
                        indexPath + " promises tensor " + quotedName(tensor) + " in " + quotedName(shard) +
                            ", which does not hold it.",
                        "Download that file again.");
    m_tensors = std::move(listed);
    return {};
}

Result<std::shared_ptr<const SafetensorsFile>> SafetensorsFile::open(const std::string& path)
{
    std::error_code ignored;
    fs::path target = path;
    if (fs::is_directory(target, ignored)) {
        target = isThere(target / kIndexName) ? target / kIndexName : target / kSingleName;
        if (!isThere(target))
            return fail(ErrorCode::NotFound,
                        path + " holds neither " + kSingleName + " nor " + kIndexName + ".",
                        "Choose the folder of a Hugging Face model with safetensors weights.");
    }
    const std::shared_ptr<SafetensorsFile> file(new SafetensorsFile);
    const Status status =
        target.extension() == ".json" ? file->addShards(target.string()) : file->addFile(target.string());
    if (!status)
        return failed(status);
    std::ranges::sort(file->m_tensors, {}, &SafetensorsEntry::name);
    return file;
}

const SafetensorsEntry* SafetensorsFile::find(std::string_view name) const
{
    const auto place = std::ranges::lower_bound(m_tensors, name, {}, &SafetensorsEntry::name);
    return place != m_tensors.end() && place->name == name ? &*place : nullptr;
}

std::uint64_t SafetensorsFile::fileBytes() const
{
    std::uint64_t total = 0;
    for (const MappedFile& file : m_files)
        total += file.bytes().size();
    return total;
}

Status SafetensorsFile::stillIntact() const
{
    for (const MappedFile& file : m_files)
        if (Status status = file.stillIntact(); !status)
            return status;
    return {};
}

} // namespace lectern
