#include "engine/text/hf_tokenizer.h"

#include "engine/text/byte_tokens.h"
#include "engine/text/pre_tokenizer_patterns.h"

#include <algorithm>
#include <unordered_map>

namespace lectern {

using nlohmann::json;

namespace {

constexpr std::uint64_t kMostTokens = 1 << 22;
constexpr const char* kHint = "Download the file again.";

const json* find(const json& object, const char* key)
{
    if (!object.is_object())
        return nullptr;
    const auto value = object.find(key);
    return value == object.end() || value->is_null() ? nullptr : &*value;
}

std::string textAt(const json& object, const char* key)
{
    const json* value = find(object, key);
    return value && value->is_string() ? value->get<std::string>() : std::string();
}

bool flagAt(const json& object, const char* key, bool fallback = false)
{
    const json* value = find(object, key);
    return value && value->is_boolean() ? value->get<bool>() : fallback;
}

tl::unexpected<Error> bad(const std::string& label, const std::string& why)
{
    return fail(ErrorCode::BadInput, label + " is not a valid tokenizer: " + why + ".", kHint);
}

// Whether some object inside has this "type": sequences of normalisers, pre-tokenizers and decoders.
bool holdsType(const json* object, std::string_view type)
{
    if (!object)
        return false;
    if (textAt(*object, "type") == type)
        return true;
    for (const char* list : {"normalizers", "pretokenizers", "decoders", "processors"})
        if (const json* parts = find(*object, list); parts && parts->is_array())
            return std::any_of(parts->begin(), parts->end(),
                               [&](const json& part) { return holdsType(&part, type); });
    return false;
}

void put(Vocabulary& out, std::size_t id, std::string piece, TokenType type)
{
    if (id >= out.pieces.size()) {
        out.pieces.resize(id + 1);
        out.scores.resize(id + 1, 0.0f);
        out.types.resize(id + 1, TokenType::Unused);
    }
    out.pieces[id] = std::move(piece);
    out.types[id] = type;
}

Status readPieces(const json& model, const std::string& label, Vocabulary& out)
{
    const json* vocabulary = find(model, "vocab");
    if (!vocabulary || !vocabulary->is_object() || vocabulary->empty())
        return bad(label, "\"vocab\" is missing or empty");
    for (const auto& [piece, id] : vocabulary->items()) {
        if (!id.is_number_unsigned() || id.get<std::uint64_t>() >= kMostTokens)
            return bad(label, "a token of \"vocab\" has no id from 0 to " + std::to_string(kMostTokens));
        put(out, id.get<std::size_t>(), piece, TokenType::Normal);
    }
    return {};
}

// "left right", or a pair of texts; nothing if it is neither.
std::optional<std::pair<std::string, std::string>> mergeOf(const json& item)
{
    if (item.is_array() && item.size() == 2 && item[0].is_string() && item[1].is_string())
        return std::pair(item[0].get<std::string>(), item[1].get<std::string>());
    if (!item.is_string())
        return std::nullopt;
    const auto text = item.get<std::string>();
    const auto blank = text.find(' ', 1);
    if (blank == std::string::npos)
        return std::nullopt;
    return std::pair(text.substr(0, blank), text.substr(blank + 1));
}

Status readMerges(const json& model, const std::string& label, Vocabulary& out)
{
    const json* merges = find(model, "merges");
    if (!merges || !merges->is_array() || merges->empty())
        return bad(label, "\"merges\" is missing or empty");
    std::unordered_map<std::string, float> ranks;
    for (const json& item : *merges) {
        const auto merge = mergeOf(item);
        if (!merge)
            return bad(label, "an entry of \"merges\" is not two pieces");
        if (out.kind == VocabularyKind::ByteBpe)
            out.merges.push_back(merge->first + " " + merge->second);
        else // SentencePiece keeps a score for what is merged; earlier is better
            ranks.try_emplace(merge->first + merge->second, -float(ranks.size()) - 1);
    }
    for (std::size_t id = 0; id < out.pieces.size(); ++id)
        if (const auto rank = ranks.find(out.pieces[id]); rank != ranks.end())
            out.scores[id] = rank->second;
    return {};
}

Status readByteLevel(const json& tree, const json& model, const std::string& label, Vocabulary& out)
{
    out.kind = VocabularyKind::ByteBpe;
    out.ignoreMerges = flagAt(model, "ignore_merges");
    const json* pre = find(tree, "pre_tokenizer");
    const PreTokenizerRow* row = pre ? findHfPreTokenizer(*pre, out.ignoreMerges) : nullptr;
    if (!row)
        return fail(ErrorCode::Unsupported,
                    label + " cuts text into words by rules that this version does not know (\"pre_tokenizer\").",
                    "Use a GGUF file of the model.");
    out.preTokenizer = std::string(row->name);
    return {};
}

void readSentencePiece(const json& tree, const json& model, Vocabulary& out)
{
    out.kind = VocabularyKind::SentencePieceBpe;
    const json* pre = find(tree, "pre_tokenizer");
    const bool metaspace = holdsType(pre, "Metaspace");
    const std::string scheme = metaspace ? textAt(*pre, "prepend_scheme") : std::string();
    out.addSpacePrefix = holdsType(find(tree, "normalizer"), "Prepend") ||
                         (metaspace && (scheme.empty() ? flagAt(*pre, "add_prefix_space", true) : scheme != "never"));
    const std::string unknown = textAt(model, "unk_token");
    for (std::size_t id = 0; id < out.pieces.size(); ++id) {
        if (parseBytePiece(out.pieces[id]))
            out.types[id] = TokenType::Byte;
        if (!unknown.empty() && out.pieces[id] == unknown) {
            out.types[id] = TokenType::Unknown;
            out.unk = static_cast<TokenId>(id);
        }
    }
}

// A template that puts a special token before a text adds one.
bool putsSpecialFirst(const json* processor)
{
    if (!processor)
        return false;
    if (const json* parts = find(*processor, "processors"); parts && parts->is_array())
        return std::any_of(parts->begin(), parts->end(), [](const json& part) { return putsSpecialFirst(&part); });
    const json* single = find(*processor, "single");
    return textAt(*processor, "type") == "TemplateProcessing" && single && single->is_array() && !single->empty() &&
           single->front().is_object() && single->front().contains("SpecialToken");
}

} // namespace

void addHfTokens(const json& list, Vocabulary& out)
{
    for (const auto& [key, token] : list.items()) {
        const json* id = find(token, "id");
        const std::string content = textAt(token, "content");
        std::uint64_t number = kMostTokens;
        if (id && id->is_number_unsigned())
            number = id->get<std::uint64_t>();
        else if (!list.is_array() && key.size() < 8 && std::all_of(key.begin(), key.end(), ::isdigit))
            number = std::stoull("0" + key);
        if (number >= kMostTokens || content.empty())
            continue;
        const bool unknown = number < out.types.size() && out.types[number] == TokenType::Unknown;
        const bool special = flagAt(token, "special");
        put(out, static_cast<std::size_t>(number), content,
            unknown ? TokenType::Unknown : special ? TokenType::Control : TokenType::UserDefined);
    }
}

Result<Vocabulary> readHfTokenizer(json& tree, const std::string& label)
{
    const json* model = find(tree, "model");
    if (!model || !model->is_object())
        return bad(label, "it has no \"model\"");
    const std::string type = textAt(*model, "type");
    if (type != "BPE" && !(type.empty() && model->contains("merges")))
        return fail(ErrorCode::Unsupported, label + " is a tokenizer of the kind \"" + type + "\".",
                    "Put the model's tokenizer.model beside it, or use a GGUF file of the model.");
    Vocabulary out;
    const bool bytes =
        holdsType(find(tree, "pre_tokenizer"), "ByteLevel") || holdsType(find(tree, "decoder"), "ByteLevel");
    Status done = readPieces(*model, label, out);
    if (done && bytes)
        done = readByteLevel(tree, *model, label, out);
    if (done && !bytes)
        readSentencePiece(tree, *model, out);
    if (done)
        done = readMerges(*model, label, out);
    if (!done)
        return failed(done);
    out.addBos = putsSpecialFirst(find(tree, "post_processor"));
    if (const json* added = find(tree, "added_tokens"); added && added->is_array())
        addHfTokens(*added, out);
    return out;
}

} // namespace lectern
