#include "engine/text/vocabulary_metadata.h"

namespace lectern {

namespace {

const char* kindName(VocabularyKind kind)
{
    switch (kind) {
    case VocabularyKind::SentencePieceBpe: return "llama";
    case VocabularyKind::Unigram: return "t5";
    case VocabularyKind::ByteBpe: return "gpt2";
    }
    return "llama";
}

void writeIds(const Vocabulary& vocabulary, Metadata& into)
{
    const std::pair<const char*, std::optional<TokenId>> ids[] = {
        {"bos", vocabulary.bos}, {"eos", vocabulary.eos},       {"eot", vocabulary.eot},    {"eom", vocabulary.eom},
        {"unknown", vocabulary.unk}, {"seperator", vocabulary.sep}, {"padding", vocabulary.pad}};
    for (const auto& [name, id] : ids)
        if (id)
            into.insert(std::string("tokenizer.ggml.") + name + "_token_id", std::uint64_t(*id));
    std::vector<std::uint64_t> ends;
    for (const TokenId id : vocabulary.endOfGeneration)
        ends.push_back(std::uint64_t(id));
    if (!ends.empty())
        into.insert("lectern.end_token_ids", ends);
}

} // namespace

void writeVocabulary(const Vocabulary& vocabulary, Metadata& into)
{
    into.insert("tokenizer.ggml.model", std::string(kindName(vocabulary.kind)));
    into.insert("tokenizer.ggml.tokens", vocabulary.pieces);
    into.insert("tokenizer.ggml.scores", vocabulary.scores);
    std::vector<std::uint64_t> types;
    for (const TokenType type : vocabulary.types)
        types.push_back(static_cast<std::uint64_t>(type));
    into.insert("tokenizer.ggml.token_type", std::move(types));
    if (vocabulary.kind == VocabularyKind::ByteBpe) {
        into.insert("tokenizer.ggml.pre", vocabulary.preTokenizer);
        into.insert("tokenizer.ggml.merges", vocabulary.merges);
    } else {
        into.insert("tokenizer.ggml.pre", std::string("default"));
        into.insert("tokenizer.ggml.add_space_prefix", vocabulary.addSpacePrefix);
    }
    if (vocabulary.kind == VocabularyKind::Unigram) {
        into.insert("tokenizer.ggml.remove_extra_whitespaces", vocabulary.removeExtraWhitespace);
        into.insert("tokenizer.ggml.treat_whitespace_as_suffix", vocabulary.whitespaceAsSuffix);
        if (!vocabulary.charsmap.empty())
            into.insert("tokenizer.ggml.precompiled_charsmap",
                        std::vector<std::uint64_t>(vocabulary.charsmap.begin(), vocabulary.charsmap.end()));
    }
    into.insert("tokenizer.ggml.add_bos_token", vocabulary.addBos);
    into.insert("tokenizer.ggml.add_eos_token", vocabulary.addEos);
    writeIds(vocabulary, into);
    if (!vocabulary.chatTemplate.empty())
        into.insert("tokenizer.chat_template", vocabulary.chatTemplate);
    for (const auto& [name, body] : vocabulary.namedTemplates)
        into.insert("tokenizer.chat_template." + name, body);
}

} // namespace lectern
