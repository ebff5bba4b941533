#include "engine/format/hf_folder.h"

#include "engine/base/half.h"
#include "engine/format/hf_config.h"
#include "engine/format/json_tree.h"
#include "engine/format/quoted_name.h"

#include <algorithm>
#include <cstring>
#include <filesystem>

namespace lectern {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

constexpr std::uint64_t kMaxConfigBytes = 4 << 20;
constexpr const char* kConfigName = "config.json";
constexpr const char* kHint = "The folder is damaged or incomplete; download it again.";

// Buffers that transformers can make anew, and parts of other senses than text.
bool isKnownExtra(std::string_view name)
{
    constexpr std::string_view kEnds[] = {"rotary_emb.inv_freq", ".masked_bias", ".attn.bias"};
    constexpr std::string_view kParts[] = {"vision_tower.", "multi_modal_projector.", "visual."};
    return std::ranges::any_of(kEnds, [&](auto end) { return name.ends_with(end); }) ||
           std::ranges::any_of(kParts, [&](auto part) { return name.find(part) != name.npos; });
}

Result<const HfFamily*> familyOf(const json& config, const std::string& label)
{
    if (!config.is_object())
        return fail(ErrorCode::BadInput, label + " does not describe a model.", kHint);
    HfConfig reader(config, label);
    const auto classes = reader.texts("architectures");
    const std::string type = reader.text("model_type");
    if (!reader.status())
        return tl::unexpected(reader.status().error());
    if (classes.empty() && type.empty())
        return fail(ErrorCode::BadInput,
                    label + " names neither \"architectures\" nor \"model_type\", so what it computes is unknown.",
                    kHint);
    return findHfFamily(classes.empty() ? "" : classes.front(), type);
}

std::size_t alignmentOf(TensorType type)
{
    const TensorTypeInfo* info = tensorTypeInfo(type);
    return info && info->blockElements == 1 ? info->blockBytes : 2;
}

template <typename Disk, typename Convert>
std::vector<float> converted(const TensorEntry& tensor, Convert convert)
{
    std::vector<float> values(static_cast<std::size_t>(tensor.elements()));
    for (std::size_t i = 0; i < values.size(); ++i) {
        Disk value;
        std::memcpy(&value, tensor.data + i * sizeof(Disk), sizeof(Disk));
        values[i] = convert(value);
    }
    return values;
}

} // namespace

std::vector<float> plainValues(const TensorEntry& tensor)
{
    switch (tensor.type) {
    case TensorType::F32:
        return converted<float>(tensor, [](float value) { return value; });
    case TensorType::F64:
        return converted<double>(tensor, [](double value) { return static_cast<float>(value); });
    case TensorType::F16:
        return converted<std::uint16_t>(tensor, halfToFloat);
    case TensorType::BF16:
        return converted<std::uint16_t>(tensor, bfloatToFloat);
    default:
        return {};
    }
}

std::string hfFolderOf(const std::string& path)
{
    std::error_code ignored;
    const fs::path target = path;
    if (fs::is_directory(target, ignored))
        return path;
    if (target.filename() == kConfigName)
        return target.has_parent_path() ? target.parent_path().string() : std::string(".");
    return {};
}

void HfFolder::own(TensorEntry& tensor, std::vector<std::byte> bytes)
{
    m_owned.push_back(std::move(bytes));
    tensor.data = m_owned.back().data();
    tensor.bytes = m_owned.back().size();
}

void HfFolder::addVector(const std::string& name, const std::vector<float>& values)
{
    TensorEntry tensor;
    tensor.name = name;
    tensor.shape[0] = values.size();
    tensor.dimensions = 1;
    const auto* bytes = reinterpret_cast<const std::byte*>(values.data());
    own(tensor, {bytes, bytes + values.size() * sizeof(float)});
    m_tensors.push_back(std::move(tensor));
}

Status HfFolder::addTensor(const SafetensorsEntry& entry, const std::string& name)
{
    auto tensor = entry.tensor();
    if (!tensor)
        return failed(tensor);
    if (m_family->traits.normsAddOne && isNormScale(name)) {
        std::vector<float> values = plainValues(*tensor);
        if (values.empty())
            return fail(ErrorCode::Unsupported,
                        "The tensor " + quotedName(entry.name) + " is a norm of a type that is no real number.",
                        kHint);
        for (float& value : values)
            value += 1;
        addVector(name, values);
        return {};
    }
    tensor->name = name;
    if (reinterpret_cast<std::uintptr_t>(tensor->data) % alignmentOf(tensor->type) != 0)
        own(*tensor, {tensor->data, tensor->data + tensor->bytes});
    m_tensors.push_back(std::move(*tensor));
    return {};
}

Status HfFolder::addTensors(bool tied)
{
    std::size_t unknown = 0;
    std::string example;
    for (const SafetensorsEntry& entry : m_weights->tensors()) {
        const auto name = ggufTensorName(*m_family, entry.name);
        if (!name && !isKnownExtra(entry.name) && unknown++ == 0)
            example = entry.name;
        if (!name || (tied && *name == "output.weight"))
            continue;
        if (const Status added = addTensor(entry, *name); !added)
            return added;
    }
    sortTensors();
    const auto twin = std::ranges::adjacent_find(m_tensors, {}, &TensorEntry::name);
    if (twin != m_tensors.end())
        return fail(ErrorCode::BadInput,
                    m_folder + " holds the tensor " + quotedName(twin->name) + " twice, under two names.", kHint);
    if (!tied && find("token_embd.weight") && !find("output.weight"))
        return fail(ErrorCode::BadInput,
                    m_folder + " holds no tensor \"lm_head.weight\", though its config.json says that the "
                               "embeddings are not used in its place.",
                    kHint);
    if (unknown > 0)
        m_warnings.push_back(std::to_string(unknown) + " tensors of no known kind are not used, " +
                             quotedName(example) + " among them; answers may differ from the author's.");
    return {};
}

Result<std::shared_ptr<const HfFolder>> HfFolder::open(const std::string& folder)
{
    const std::string path = (fs::path(folder) / kConfigName).string();
    std::error_code ignored;
    if (!fs::exists(path, ignored))
        return fail(ErrorCode::NotFound, folder + " holds no config.json, so it is not the folder of a model.",
                    "Choose a GGUF file or the folder of a Hugging Face model.");
    const auto config = readJsonTree(path, kMaxConfigBytes);
    if (!config)
        return failed(config);
    const auto family = familyOf(*config, path);
    if (!family)
        return failed(family);
    const auto inner = config->find("text_config");
    const bool wrapped = inner != config->end() && inner->is_object();
    auto numbers = readHfNumbers(wrapped ? *inner : *config, path, **family);
    if (!numbers)
        return failed(numbers);
    auto weights = SafetensorsFile::open(folder);
    if (!weights)
        return failed(weights);

    const std::shared_ptr<HfFolder> file(new HfFolder);
    file->m_folder = folder;
    file->m_family = *family;
    file->m_weights = std::move(*weights);
    file->m_metadata = std::move(numbers->metadata);
    file->m_warnings = std::move(numbers->warnings);
    const std::string name = fs::absolute(fs::path(folder), ignored).lexically_normal().filename().string();
    file->m_metadata.insert("general.name", name.empty() ? folder : name);
    for (const auto& [tensor, values] : numbers->tensors)
        file->addVector(tensor, values);
    if (const Status added = file->addTensors(numbers->tied); !added)
        return failed(added);
    if (wrapped)
        file->m_warnings.push_back("The model sees pictures too; Lectern uses its text part alone.");
    return file;
}

} // namespace lectern
