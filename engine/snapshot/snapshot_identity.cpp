#include "engine/snapshot/snapshot_identity.h"

#include "engine/snapshot/content_hash.h"

#include <type_traits>

namespace lectern {

namespace {

constexpr std::uint64_t kSampleBytes = 4096;

void addSamples(ContentHash& hash, std::span<const std::byte> bytes)
{
    hash.number(bytes.size());
    const std::uint64_t length = std::min<std::uint64_t>(kSampleBytes, bytes.size());
    for (const std::uint64_t at : {std::uint64_t{0}, (bytes.size() - length) / 2, bytes.size() - length})
        hash.bytes(bytes.subspan(at, length));
}

void addValue(ContentHash& hash, const MetaValue& value)
{
    hash.number(value.index());
    std::visit(
        [&](const auto& held) {
            using Held = std::decay_t<decltype(held)>;
            if constexpr (std::is_same_v<Held, std::string>)
                hash.text(held);
            else if constexpr (!kIsList<Held>)
                hash.bytes(std::as_bytes(std::span(&held, 1)));
            else if constexpr (std::is_same_v<Held, std::vector<std::string>>)
                for (const std::string& text : held)
                    hash.text(text);
            else
                for (const typename Held::value_type item : held)
                    hash.bytes(std::as_bytes(std::span(&item, 1)));
        },
        value);
}

} // namespace

std::string modelIdentity(const LoadedModel& model)
{
    const ModelFile* file = model.model()->file();
    if (!file || !file->stillIntact())
        return {};
    ContentHash hash;
    hash.number(file->fileBytes());
    for (const auto& [key, value] : file->metadata().entries()) {
        hash.text(key);
        addValue(hash, value);
    }
    for (const TensorEntry& tensor : file->tensors()) {
        hash.text(tensor.name);
        hash.number(static_cast<std::uint64_t>(tensor.type));
        for (const std::uint64_t dimension : tensor.shape)
            hash.number(dimension);
        addSamples(hash, {tensor.data, tensor.bytes});
    }
    // What adapters add to the products stands in no tensor.
    for (const auto& lowRank : model.model()->weights().lowRanks) {
        hash.number(static_cast<std::uint64_t>(lowRank->rank));
        hash.bytes(std::as_bytes(std::span(lowRank->a)));
        hash.bytes(std::as_bytes(std::span(lowRank->b)));
    }
    return hash.hex();
}

std::string tokenizerIdentity(const Vocabulary& vocabulary)
{
    ContentHash hash;
    hash.number(static_cast<std::uint64_t>(vocabulary.kind));
    hash.text(vocabulary.preTokenizer);
    for (const std::string& piece : vocabulary.pieces)
        hash.text(piece);
    hash.bytes(std::as_bytes(std::span(vocabulary.scores)));
    hash.bytes(std::as_bytes(std::span(vocabulary.types)));
    for (const std::string& merge : vocabulary.merges)
        hash.text(merge);
    return hash.hex();
}

std::string planIdentity(const LayerPlan& plan)
{
    ContentHash hash;
    for (const auto& heads : plan.layers)
        for (const HeadPattern& pattern : heads)
            hash.text(describePattern(pattern));
    return plan.text + " " + hash.hex();
}

std::string positionsIdentity(const std::string& positions, const DecoderSpec& spec, std::int64_t context)
{
    ContentHash hash;
    for (const RopeSettings* settings : {&spec.rope, spec.windowRope ? &*spec.windowRope : nullptr}) {
        if (!settings)
            continue;
        RopeTable table(*settings);
        table.setContext(context);
        table.fill(1, 2);
        const auto pairs = static_cast<std::size_t>(settings->dimensions / 2);
        hash.number(static_cast<std::uint64_t>(settings->layout));
        for (const int row : {0, 1}) {
            hash.bytes(std::as_bytes(std::span(table.cosRow(row), pairs)));
            hash.bytes(std::as_bytes(std::span(table.sinRow(row), pairs)));
        }
    }
    return positions + " " + hash.hex();
}

} // namespace lectern
