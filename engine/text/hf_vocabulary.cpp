#include "engine/text/hf_vocabulary.h"

#include "engine/base/mapped_file.h"
#include "engine/format/json_tree.h"
#include "engine/text/hf_tokenizer.h"
#include "engine/text/sentencepiece_model.h"

#include <algorithm>
#include <filesystem>

namespace lectern {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

constexpr std::uint64_t kMaxTokenizerBytes = 64 << 20;
constexpr std::uint64_t kMaxConfigBytes = 16 << 20;

bool isThere(const fs::path& path)
{
    std::error_code ignored;
    return fs::exists(path, ignored);
}

// An object, or an empty one where the file is not there.
Result<json> optionalJson(const fs::path& path)
{
    if (!isThere(path))
        return json::object();
    auto tree = readJsonTree(path.string(), kMaxConfigBytes);
    if (tree && !tree->is_object())
        return fail(ErrorCode::BadInput, path.string() + " does not hold an object.", "Download the file again.");
    return tree;
}

Result<Vocabulary> readPieces(const fs::path& root)
{
    const fs::path model = root / "tokenizer.model", tokens = root / "tokenizer.json";
    if (isThere(model)) {
        const auto file = MappedFile::open(model.string());
        if (!file)
            return failed(file);
        // Mistral's newer files of that name are JSON of another kind; tokenizer.json stands beside them.
        auto vocabulary = parseSentencePieceModel(file->bytes(), model.string());
        if (vocabulary || !isThere(tokens))
            return vocabulary;
    }
    if (!isThere(tokens))
        return fail(ErrorCode::NotFound, root.string() + " holds neither tokenizer.model nor tokenizer.json.",
                    "Download all files of the model.");
    auto tree = readJsonTree(tokens.string(), kMaxTokenizerBytes);
    if (!tree)
        return failed(tree);
    return readHfTokenizer(*tree, tokens.string());
}

// The text of a token, given as itself or as {"content": ...}.
std::string tokenText(const json& config, const char* key)
{
    const auto value = config.find(key);
    if (value == config.end())
        return {};
    if (value->is_string())
        return value->get<std::string>();
    const auto content = value->is_object() ? value->find("content") : value->end();
    return value->is_object() && content != value->end() && content->is_string() ? content->get<std::string>()
                                                                                 : std::string();
}

std::optional<TokenId> findPiece(const Vocabulary& out, const std::string& text)
{
    const auto at = std::ranges::find(out.pieces, text);
    return text.empty() || at == out.pieces.end() ? std::nullopt
                                                  : std::optional(static_cast<TokenId>(at - out.pieces.begin()));
}

// Ids under a key, one or a list, as far as they lie in the vocabulary.
std::vector<TokenId> idsAt(const json& config, const char* key, const Vocabulary& out)
{
    std::vector<TokenId> ids;
    const auto value = config.find(key);
    if (value == config.end())
        return ids;
    for (const json& id : value->is_array() ? *value : json::array({*value}))
        if (id.is_number_unsigned() && id.get<std::uint64_t>() < out.pieces.size())
            ids.push_back(id.get<TokenId>());
    return ids;
}

struct Configs {
    json tokenizer, tokens, model, generation;
};

// By text where the tokenizer names them, else by the model's numbers.
void readIds(const Configs& configs, Vocabulary& out)
{
    struct Row {
        const char* text;
        const char* number;
        std::optional<TokenId>* id;
    };
    for (const Row& row : {Row{"bos_token", "bos_token_id", &out.bos}, Row{"eos_token", "eos_token_id", &out.eos},
                           Row{"unk_token", nullptr, &out.unk}, Row{"pad_token", "pad_token_id", &out.pad}}) {
        std::optional<TokenId> id = findPiece(out, tokenText(configs.tokenizer, row.text));
        if (!id)
            id = findPiece(out, tokenText(configs.tokens, row.text));
        for (const json* config : {&configs.generation, &configs.model})
            if (!id && row.number)
                if (const auto ids = idsAt(*config, row.number, out); !ids.empty())
                    id = ids.front();
        if (id)
            *row.id = id;
    }
    for (const auto& id : {out.bos, out.eos})
        if (id && out.types[std::size_t(*id)] == TokenType::Normal)
            out.types[std::size_t(*id)] = TokenType::Control;
}

void readSwitches(const json& config, Vocabulary& out)
{
    const auto flag = [&](const char* key, bool& value) {
        if (const auto found = config.find(key); found != config.end() && found->is_boolean())
            value = found->get<bool>();
    };
    flag("add_bos_token", out.addBos);
    flag("add_eos_token", out.addEos);
    if (out.kind != VocabularyKind::ByteBpe)
        flag("add_dummy_prefix_space", out.addSpacePrefix);
    out.addBos = out.addBos && out.bos;
    out.addEos = out.addEos && out.eos;
}

Status readTemplate(const fs::path& root, const json& config, Vocabulary& out)
{
    if (const fs::path file = root / "chat_template.jinja"; isThere(file)) {
        const auto text = MappedFile::open(file.string());
        if (!text)
            return failed(text);
        if (text->bytes().size() <= kMaxConfigBytes)
            out.chatTemplate.assign(reinterpret_cast<const char*>(text->bytes().data()), text->bytes().size());
        return {};
    }
    const auto value = config.find("chat_template");
    if (value == config.end())
        return {};
    if (value->is_string())
        out.chatTemplate = value->get<std::string>();
    if (!value->is_array())
        return {};
    for (const json& row : *value) {
        if (!row.is_object() || !row.contains("name") || !row["name"].is_string() || !row.contains("template") ||
            !row["template"].is_string())
            continue;
        if (row["name"] == "default")
            out.chatTemplate = row["template"].get<std::string>();
        else
            out.namedTemplates[row["name"].get<std::string>()] = row["template"].get<std::string>();
    }
    return {};
}

void fitTo(std::size_t rows, Vocabulary& out)
{
    if (out.pieces.size() > rows)
        out.warnings.push_back("The tokenizer has " + std::to_string(out.pieces.size() - rows) +
                               " tokens more than the model has embeddings; they are left out.");
    out.pieces.resize(rows);
    out.scores.resize(rows, 0.0f);
    out.types.resize(rows, TokenType::Unused);
    for (std::size_t id = 0; id < rows; ++id)
        if (out.pieces[id].empty() && out.types[id] != TokenType::Byte) {
            out.pieces[id] = "[PAD" + std::to_string(id) + "]";
            out.types[id] = TokenType::Unused;
        }
    for (std::optional<TokenId>* id : {&out.bos, &out.eos, &out.unk, &out.pad})
        if (*id && std::size_t(**id) >= rows)
            id->reset();
}

} // namespace

Result<Vocabulary> readHfVocabulary(const std::string& folder, std::size_t rows)
{
    const fs::path root = folder;
    auto out = readPieces(root);
    if (!out)
        return out;
    Configs configs;
    const std::pair<const char*, json*> files[] = {{"tokenizer_config.json", &configs.tokenizer},
                                                   {"special_tokens_map.json", &configs.tokens},
                                                   {"config.json", &configs.model},
                                                   {"generation_config.json", &configs.generation}};
    for (const auto& [name, into] : files) {
        auto tree = optionalJson(root / name);
        if (!tree)
            return failed(tree);
        *into = std::move(*tree);
    }
    const auto added = optionalJson(root / "added_tokens.json");
    if (!added)
        return failed(added);
    for (const auto& [content, id] : added->items())
        if (id.is_number_unsigned())
            addHfTokens(json::array({{{"id", id}, {"content", content}, {"special", true}}}), *out);
    if (const auto list = configs.tokenizer.find("added_tokens_decoder");
        list != configs.tokenizer.end() && list->is_object())
        addHfTokens(*list, *out);
    fitTo(rows, *out);
    readIds(configs, *out);
    readSwitches(configs.tokenizer, *out);
    if (const Status done = readTemplate(root, configs.tokenizer, *out); !done)
        return failed(done);
    out->stripAfterSpecial = configs.model.value("model_type", json()) == "phi3";
    findEndOfGeneration(*out);
    for (const json* config : {&configs.generation, &configs.model})
        for (const TokenId id : idsAt(*config, "eos_token_id", *out))
            if (std::ranges::find(out->endOfGeneration, id) == out->endOfGeneration.end())
                out->endOfGeneration.push_back(id);
    std::ranges::sort(out->endOfGeneration);
    return out;
}

} // namespace lectern
