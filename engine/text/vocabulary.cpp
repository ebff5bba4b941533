#include "engine/text/vocabulary.h"

#include "engine/text/pre_tokenizer_patterns.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>

namespace lectern {

namespace {

// No known vocabulary has a piece near this; it keeps look-ups, and so encoding time, bounded for any file.
constexpr std::size_t kLongestPiece = 4096;
constexpr const char* kFetchAgain = "Get the model file again from where it was made.";

struct KindRow {
    std::string_view name; // tokenizer.ggml.model
    VocabularyKind kind;
    // What holds where the file does not say; -1: no such token.
    TokenId bos, eos, unk, pad;
    bool addBos, addEos, addSpacePrefix;
};

constexpr std::array<KindRow, 3> kKinds = {{
    {"llama", VocabularyKind::SentencePieceBpe, 1, 2, 0, -1, true, false, true},
    {"t5", VocabularyKind::Unigram, -1, 1, 2, 0, false, true, false},
    {"gpt2", VocabularyKind::ByteBpe, -1, -1, -1, -1, false, false, false},
}};

tl::unexpected<Error> broken(const std::string& key, const std::string& why)
{
    return fail(ErrorCode::BadInput, "The model's tokenizer is broken: " + key + " " + why + ".",
                kFetchAgain);
}

Result<const KindRow*> readKind(const Metadata& metadata)
{
    const auto model = metadata.textOr("tokenizer.ggml.model", "");
    if (!model)
        return failed(model);
    for (const KindRow& row : kKinds)
        if (row.name == *model)
            return &row;
    if (model->empty() || *model == "none" || *model == "no_vocab")
        return fail(ErrorCode::Unsupported, "The model file holds no tokenizer.",
                    "Use a file converted together with its tokenizer.");
    return fail(ErrorCode::Unsupported, "Lectern does not know the tokenizer kind '" + *model + "'.",
                "Kinds it knows: llama, t5, gpt2.");
}

Status readPieces(const Metadata& metadata, Vocabulary& out)
{
    auto pieces = metadata.texts("tokenizer.ggml.tokens");
    if (!pieces)
        return failed(pieces);
    if (pieces->empty() || pieces->size() > 0x7fffffff)
        return broken("tokenizer.ggml.tokens", "is missing or empty");
    for (std::size_t id = 0; id < pieces->size(); ++id)
        if ((*pieces)[id].size() > kLongestPiece)
            return broken("tokenizer.ggml.tokens",
                          "holds a token longer than 4096 bytes (" + std::to_string(id) + ")");
    out.pieces = std::move(*pieces);
    return {};
}

Status readScoresAndTypes(const Metadata& metadata, Vocabulary& out)
{
    const auto scores = metadata.numbers("tokenizer.ggml.scores");
    const auto types = metadata.numbers("tokenizer.ggml.token_type");
    if (!scores || !types)
        return scores ? failed(types) : failed(scores);
    if (!scores->empty() && scores->size() < out.pieces.size())
        return broken("tokenizer.ggml.scores", "is shorter than the list of tokens");
    if (!types->empty() && types->size() < out.pieces.size())
        return broken("tokenizer.ggml.token_type", "is shorter than the list of tokens");
    out.scores.assign(out.pieces.size(), 0.0f);
    out.types.assign(out.pieces.size(), TokenType::Normal);
    for (std::size_t id = 0; id < out.pieces.size(); ++id) {
        if (!scores->empty())
            out.scores[id] = std::isnan((*scores)[id]) ? 0.0f : static_cast<float>((*scores)[id]);
        // An undefined type (0, or one from the future) counts as normal.
        if (!types->empty() && (*types)[id] >= 1 && (*types)[id] <= 6)
            out.types[id] = static_cast<TokenType>(static_cast<int>((*types)[id]));
    }
    return {};
}

// A bad id in the file is not worth refusing a model for: it is dropped, with a warning.
Status readId(const Metadata& metadata, const char* name, TokenId fallback, std::optional<TokenId>& id,
              Vocabulary& out)
{
    const std::string key = std::string("tokenizer.ggml.") + name + "_token_id";
    const std::uint64_t none = ~std::uint64_t{0};
    const auto value = metadata.unsignedOr(key, fallback < 0 ? none : static_cast<std::uint64_t>(fallback));
    if (!value)
        return failed(value);
    id.reset();
    if (*value < out.pieces.size())
        id = static_cast<TokenId>(*value);
    else if (metadata.contains(key) && *value != 0xffffffffu)
        out.warnings.push_back(key + " lies outside the vocabulary and is ignored.");
    return {};
}

Status readIds(const Metadata& metadata, const KindRow& kind, Vocabulary& out)
{
    struct IdRow {
        const char* name;
        TokenId fallback;
        std::optional<TokenId>* id;
    };
    const std::array<IdRow, 7> rows = {{{"bos", kind.bos, &out.bos},
                                        {"eos", kind.eos, &out.eos},
                                        {"eot", -1, &out.eot},
                                        {"eom", -1, &out.eom},
                                        {"unknown", kind.unk, &out.unk},
                                        {"seperator", -1, &out.sep}, // GGUF spells it so
                                        {"padding", kind.pad, &out.pad}}};
    for (const IdRow& row : rows)
        if (const Status read = readId(metadata, row.name, row.fallback, *row.id, out); !read)
            return read;
    return {};
}

Status readSwitches(const Metadata& metadata, const KindRow& kind, Vocabulary& out)
{
    struct SwitchRow {
        const char* key;
        bool fallback;
        bool* value;
    };
    const std::array<SwitchRow, 5> rows = {{
        {"tokenizer.ggml.add_bos_token", kind.addBos || out.addBos, &out.addBos},
        {"tokenizer.ggml.add_eos_token", kind.addEos, &out.addEos},
        {"tokenizer.ggml.add_space_prefix", kind.addSpacePrefix, &out.addSpacePrefix},
        {"tokenizer.ggml.remove_extra_whitespaces", false, &out.removeExtraWhitespace},
        {"tokenizer.ggml.treat_whitespace_as_suffix", false, &out.whitespaceAsSuffix},
    }};
    for (const SwitchRow& row : rows) {
        const auto value = metadata.boolOr(row.key, row.fallback);
        if (!value)
            return failed(value);
        *row.value = *value;
    }
    return {};
}

Status readMerges(const Metadata& metadata, Vocabulary& out)
{
    if (out.kind != VocabularyKind::ByteBpe)
        return {};
    auto merges = metadata.texts("tokenizer.ggml.merges");
    const auto name = metadata.textOr("tokenizer.ggml.pre", "default");
    if (!merges || !name)
        return merges ? failed(name) : failed(merges);
    if (merges->empty())
        return broken("tokenizer.ggml.merges", "is missing or empty");
    const PreTokenizerRow* row = findPreTokenizer(*name);
    if (row == nullptr)
        return fail(ErrorCode::Unsupported,
                    "Lectern does not know the pre-tokenizer '" + *name + "' of this model.",
                    "Names it knows: " + preTokenizerNames() + ".");
    if (*name == "default")
        out.warnings.push_back(
            "The file does not name its pre-tokenizer; text may be cut otherwise than in training.");
    out.merges = std::move(*merges);
    out.preTokenizer = *name;
    out.ignoreMerges = row->ignoreMerges;
    out.addBos = row->addBos;
    return {};
}

Status readCharsmap(const Metadata& metadata, Vocabulary& out)
{
    if (out.kind != VocabularyKind::Unigram)
        return {};
    const auto bytes = metadata.numbers("tokenizer.ggml.precompiled_charsmap");
    if (!bytes)
        return failed(bytes);
    out.charsmap.reserve(bytes->size());
    for (const double byte : *bytes) {
        if (!(byte >= -128 && byte <= 255))
            return broken("tokenizer.ggml.precompiled_charsmap", "holds a value that is no byte");
        out.charsmap.push_back(static_cast<std::uint8_t>(static_cast<int>(byte) & 0xff));
    }
    return {};
}

Status readTemplates(const Metadata& metadata, Vocabulary& out)
{
    constexpr std::string_view kKey = "tokenizer.chat_template";
    auto text = metadata.textOr(kKey, "");
    if (!text)
        return failed(text);
    out.chatTemplate = std::move(*text);
    for (const auto& [key, value] : metadata.entries()) {
        const bool named = key.size() > kKey.size() + 1 && key.starts_with(kKey) && key[kKey.size()] == '.';
        if (const auto* body = std::get_if<std::string>(&value); named && body != nullptr)
            out.namedTemplates[key.substr(kKey.size() + 1)] = *body;
    }
    return {};
}

// Phi-3's special tokens swallow the whitespace after them, which GGUF has no key for: known by the model's
// name.
Status readStrip(const Metadata& metadata, Vocabulary& out)
{
    auto name = metadata.textOr("general.name", "");
    if (!name)
        return failed(name);
    std::transform(name->begin(), name->end(), name->begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    out.stripAfterSpecial =
        name->find("phi-3") != std::string::npos || name->find("phi3") != std::string::npos;
    return {};
}

// Ends that only the model's author named; a file made of such a folder carries them.
Status readNamedEnds(const Metadata& metadata, Vocabulary& out)
{
    const auto ids = metadata.numbers("lectern.end_token_ids");
    if (!ids)
        return failed(ids);
    for (const double id : *ids)
        if (id >= 0 && id < double(out.pieces.size()))
            out.endOfGeneration.push_back(static_cast<TokenId>(id));
    std::ranges::sort(out.endOfGeneration);
    const auto repeated = std::ranges::unique(out.endOfGeneration);
    out.endOfGeneration.erase(repeated.begin(), repeated.end());
    return {};
}

} // namespace

Result<Vocabulary> readVocabulary(const Metadata& metadata)
{
    const auto kind = readKind(metadata);
    if (!kind)
        return failed(kind);
    Vocabulary out;
    out.kind = (*kind)->kind;
    Status done = readPieces(metadata, out);
    const auto then = [&](auto&& step) {
        if (done)
            done = step();
    };
    then([&] { return readScoresAndTypes(metadata, out); });
    then([&] { return readMerges(metadata, out); });
    then([&] { return readIds(metadata, **kind, out); });
    then([&] { return readSwitches(metadata, **kind, out); });
    then([&] { return readCharsmap(metadata, out); });
    then([&] { return readTemplates(metadata, out); });
    then([&] { return readStrip(metadata, out); });
    if (!done)
        return failed(done);
    findEndOfGeneration(out);
    if (const Status named = readNamedEnds(metadata, out); !named)
        return failed(named);
    return out;
}

} // namespace lectern
