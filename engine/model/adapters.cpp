#include "engine/model/adapters.h"

#include "engine/format/hf_config.h"
#include "engine/format/hf_family.h"
#include "engine/format/json_tree.h"
#include "engine/format/quoted_name.h"
#include "engine/model/adapted_file.h"
#include "engine/model/low_rank_slots.h"
#include "engine/quant/quant_types.h"

#include <cmath>
#include <filesystem>
#include <map>

namespace lectern {

namespace fs = std::filesystem;

namespace {

constexpr const char* kHint = "Choose an adapter that was made for this model.";
constexpr std::uint64_t kMaxConfigBytes = 1 << 20;

std::vector<float> valuesOf(const TensorEntry& tensor)
{
    std::vector<float> values(static_cast<std::size_t>(tensor.elements()));
    quantType(tensor.type)->unpackRow(tensor.data, values.data(), values.size());
    return values;
}

// Rows of Q or K between the adapter's order and the file's.
std::vector<float> reordered(const std::vector<float>& values, std::size_t cols, int headDim, bool toHalves)
{
    std::vector<float> out(values.size());
    for (int row = 0; row < int(values.size() / cols); ++row) {
        const int from = toHalves ? interleavedRow(row, headDim) : halvesRow(row, headDim);
        std::copy_n(values.begin() + std::ptrdiff_t(std::size_t(from) * cols), cols,
                    out.begin() + std::ptrdiff_t(std::size_t(row) * cols));
    }
    return out;
}

// How names and rows of an adapter become those of a file.
class Translation {
public:
    Translation(const ModelFile& file, TensorNaming naming)
        : m_naming(naming), m_toHalves(naming == TensorNaming::Gguf && file.keepsHalves())
    {
        m_architecture = file.metadata().textOr("general.architecture", "").value_or("");
        m_family = hfFamilyOf(m_architecture);
        m_interleaves = naming == TensorNaming::HuggingFace && !file.keepsHalves() && m_family &&
                        m_family->traits.interleaves;
        m_addOne = naming == TensorNaming::HuggingFace && m_family && m_family->traits.normsAddOne;
    }

    std::optional<std::string> name(const std::string& given) const
    {
        if (m_naming == TensorNaming::Gguf)
            return given;
        return m_family ? ggufTensorName(*m_family, given) : std::nullopt;
    }
    std::vector<float> rows(const std::string& name, std::vector<float> values, std::size_t cols, int headDim) const
    {
        if (!isRotatedTensor(name) || !(m_toHalves || m_interleaves) || headDim < 2 ||
            values.size() / cols % std::size_t(headDim) != 0)
            return values;
        return reordered(values, cols, headDim, m_toHalves);
    }
    bool addsOne(const std::string& name) const { return m_addOne && isNormScale(name); }
    const std::string& architecture() const { return m_architecture; }
    const HfFamily* family() const { return m_family; }

private:
    TensorNaming m_naming;
    bool m_toHalves, m_interleaves = false, m_addOne = false;
    std::string m_architecture;
    const HfFamily* m_family = nullptr;
};

int headDimOf(const ModelFile& file, const std::string& architecture)
{
    const Metadata& keys = file.metadata();
    const auto heads = keys.unsignedOr(architecture + ".attention.head_count", 0).value_or(0);
    const auto width = keys.unsignedOr(architecture + ".embedding_length", 0).value_or(0);
    const auto usual = heads > 0 ? width / heads : 0;
    return int(std::min<std::uint64_t>(keys.unsignedOr(architecture + ".attention.key_length", usual).value_or(0),
                                       1 << 16));
}

bool mayGrow(const std::string& name)
{
    return name == "token_embd.weight" || name == "output.weight";
}

Status replaceOne(const TensorEntry& tensor, const Translation& translation, int headDim, AdaptedFile& into)
{
    const std::string name = *translation.name(tensor.name);
    const TensorEntry* own = into.find(name);
    const bool newHead = !own && name == "output.weight";
    if (!own && !newHead)
        return fail(ErrorCode::BadInput,
                    "The adapter replaces the tensor " + quotedName(name) + ", which the model does not have.", kHint);
    const bool rows = newHead || own->shape[1] == tensor.shape[1] || mayGrow(name);
    if ((own && own->shape[0] != tensor.shape[0]) || !rows || tensor.dimensions > 2)
        return fail(ErrorCode::BadInput,
                    "The adapter's tensor " + quotedName(tensor.name) + " is of another shape than the model's.",
                    kHint);
    std::vector<float> values = translation.rows(name, valuesOf(tensor), tensor.shape[0], headDim);
    if (translation.addsOne(name))
        for (float& value : values)
            value += 1;
    into.replace(name, tensor.shape[0], tensor.dimensions == 2 ? tensor.shape[1] : 0, std::move(values));
    into.done();
    return {};
}

// A LongLoRA folder holds the configuration it was trained with: positions stretched, tokens added.
std::optional<HfNumbers> ownConfiguration(const std::string& path, const HfFamily* family,
                                          std::vector<std::string>& warnings)
{
    std::error_code ignored;
    const fs::path folder = fs::is_directory(path, ignored) ? fs::path(path) : fs::path(path).parent_path();
    const fs::path file = folder / "config.json";
    if (!family || !fs::exists(file, ignored) || !fs::exists(folder / "adapter_config.json", ignored))
        return std::nullopt;
    const auto tree = readJsonTree(file.string(), kMaxConfigBytes);
    if (tree && tree->is_object())
        if (auto numbers = readHfNumbers(*tree, file.string(), *family))
            return std::move(*numbers);
    warnings.push_back("The adapter's own config.json can not be read, so positions stay as the model has them.");
    return std::nullopt;
}

void takeConfiguration(const HfNumbers& own, const std::string& prefix, AdaptedFile& adapted,
                       std::vector<std::string>& warnings)
{
    adapted.replaceKeys(prefix + "rope.scaling.", own.metadata);
    for (const char* key : {"rope.freq_base", "context_length"})
        if (const MetaValue* value = own.metadata.find(prefix + key))
            adapted.setKey(prefix + key, *value);
    const auto tokens = own.metadata.unsignedOr(prefix + "vocab_size", 0).value_or(0);
    const TensorEntry* embeddings = adapted.find("token_embd.weight");
    if (embeddings && tokens > embeddings->shape[1])
        warnings.push_back("The adapter was trained with " + std::to_string(tokens) +
                           " tokens, but its embeddings and norms (trainable_params.bin) are not in its folder: "
                           "those of the model are used, which makes answers clearly worse.");
}

} // namespace

Result<Adapters> Adapters::open(std::span<const AdapterChoice> choices)
{
    Adapters adapters;
    for (const AdapterChoice& choice : choices) {
        auto adapter = LoraAdapter::open(choice.path);
        if (!adapter)
            return failed(adapter);
        const auto& told = (*adapter)->warnings();
        adapters.m_warnings.insert(adapters.m_warnings.end(), told.begin(), told.end());
        adapters.m_loaded.push_back({choice, std::move(*adapter)});
    }
    return adapters;
}

Result<std::shared_ptr<const ModelFile>> Adapters::overlay(std::shared_ptr<const ModelFile> base)
{
    auto adapted = std::make_shared<AdaptedFile>(base);
    for (const Loaded& loaded : m_loaded) {
        const Translation translation(*base, loaded.adapter->naming());
        const std::string& made = loaded.adapter->architecture();
        if (!made.empty() && made != translation.architecture())
            return fail(ErrorCode::BadInput,
                        "The adapter " + loaded.choice.path + " was made for the architecture \"" + made +
                            "\", but the model is of \"" + translation.architecture() + "\".",
                        kHint);
        const int headDim = headDimOf(*base, translation.architecture());
        for (const TensorEntry& tensor : loaded.adapter->replacements()) {
            if (!translation.name(tensor.name)) {
                m_warnings.push_back("The adapter's tensor " + quotedName(tensor.name) +
                                     " is of no known kind and is left out.");
                continue;
            }
            if (const Status done = replaceOne(tensor, translation, headDim, *adapted); !done)
                return failed(done);
        }
        const auto own = ownConfiguration(loaded.choice.path, translation.family(), m_warnings);
        if (own)
            takeConfiguration(*own, translation.architecture() + ".", *adapted, m_warnings);
    }
    adapted->done();
    return adapted;
}

Status Adapters::attach(const ModelFile& file, const DecoderSpec& spec, ModelWeights& weights)
{
    LowRankSlots slots(file, spec, weights);
    for (const Loaded& loaded : m_loaded) {
        const Translation translation(file, loaded.adapter->naming());
        for (const LoraPair& pair : loaded.adapter->pairs()) {
            const auto name = translation.name(pair.target);
            if (!name || !slots.has(*name)) {
                m_warnings.push_back("The adapter's pair for " + quotedName(pair.target) +
                                     " belongs to no matrix of this model and is left out.");
                continue;
            }
            LowRankPair product{*name, valuesOf(pair.a), valuesOf(pair.b), int(pair.rank), pair.embedding};
            product.inputs = pair.a.shape[0];
            product.outputs = pair.b.shape[1];
            product.b = translation.rows(*name, std::move(product.b), pair.rank, spec.headDim);
            const double strength = loaded.choice.scale * double(pair.scale);
            for (float& value : product.b)
                value = static_cast<float>(double(value) * strength);
            if (const Status added = slots.add(product); !added)
                return added;
        }
    }
    slots.finish();
    return {};
}

std::vector<AdapterFacts> Adapters::facts() const
{
    std::vector<AdapterFacts> list;
    for (const Loaded& loaded : m_loaded) {
        AdapterFacts facts{loaded.choice.path, loaded.choice.scale, int(loaded.adapter->pairs().size()), 0,
                           int(loaded.adapter->replacements().size())};
        for (const LoraPair& pair : loaded.adapter->pairs())
            facts.rank = std::max(facts.rank, int(pair.rank));
        list.push_back(std::move(facts));
    }
    return list;
}

} // namespace lectern
