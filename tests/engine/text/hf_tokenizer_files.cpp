#include "tests/engine/text/hf_tokenizer_files.h"

#include <algorithm>
#include <map>

namespace lectern::test {

using nlohmann::json;

namespace {

void appendVarint(std::string& out, std::uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        out += char(0x80 | (value & 0x7f));
    out += char(value);
}

void appendText(std::string& out, int field, const std::string& text)
{
    appendVarint(out, std::uint64_t(field) << 3 | 2);
    appendVarint(out, text.size());
    out += text;
}

void appendNumber(std::string& out, int field, std::uint64_t value)
{
    appendVarint(out, std::uint64_t(field) << 3);
    appendVarint(out, value);
}

// Every way to make a piece of two others, best first: how tokenizers are converted from SentencePiece.
json mergesOf(const Vocabulary& vocabulary)
{
    std::map<std::string, float> scores;
    for (std::size_t id = 0; id < vocabulary.pieces.size(); ++id)
        if (vocabulary.types[id] == TokenType::Normal)
            scores[vocabulary.pieces[id]] = vocabulary.scores[id];
    std::vector<std::pair<float, json>> merges;
    for (const auto& [piece, score] : scores)
        for (std::size_t cut = 1; cut < piece.size(); ++cut)
            if (scores.count(piece.substr(0, cut)) && scores.count(piece.substr(cut)))
                merges.push_back({-score, json::array({piece.substr(0, cut), piece.substr(cut)})});
    std::stable_sort(merges.begin(), merges.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    json list = json::array();
    for (const auto& [score, merge] : merges)
        list.push_back(merge);
    return list;
}

json addedTokens(const Vocabulary& vocabulary)
{
    json list = json::array();
    for (std::size_t id = 0; id < vocabulary.pieces.size(); ++id)
        if (vocabulary.types[id] != TokenType::Normal && vocabulary.types[id] != TokenType::Byte)
            list.push_back({{"id", id},
                            {"content", vocabulary.pieces[id]},
                            {"special", vocabulary.types[id] != TokenType::UserDefined}});
    return list;
}

json vocabularyJson(const Vocabulary& vocabulary)
{
    json ids = json::object();
    for (std::size_t id = 0; id < vocabulary.pieces.size(); ++id)
        ids[vocabulary.pieces[id]] = id;
    return ids;
}

} // namespace

std::string sentencePieceFile(const Vocabulary& vocabulary)
{
    std::string model;
    for (std::size_t id = 0; id < vocabulary.pieces.size(); ++id) {
        std::string piece;
        appendText(piece, 1, vocabulary.pieces[id]);
        appendVarint(piece, 2 << 3 | 5);
        piece.append(reinterpret_cast<const char*>(&vocabulary.scores[id]), 4);
        if (vocabulary.types[id] != TokenType::Normal)
            appendNumber(piece, 3, std::uint64_t(vocabulary.types[id]));
        appendText(model, 1, piece);
    }
    std::string trainer, normaliser;
    appendText(trainer, 1, "corpus.txt");
    appendNumber(trainer, 3, vocabulary.kind == VocabularyKind::Unigram ? 1 : 2);
    appendNumber(trainer, 40, std::uint64_t(vocabulary.unk.value_or(0)));
    appendNumber(trainer, 43, ~std::uint64_t{0}); // no padding: -1 in ten bytes
    appendText(model, 2, trainer);
    appendNumber(normaliser, 3, vocabulary.addSpacePrefix);
    appendNumber(normaliser, 4, vocabulary.removeExtraWhitespace);
    appendText(model, 3, normaliser);
    return model;
}

json sentencePieceJson(const Vocabulary& vocabulary)
{
    json steps = json::array();
    if (vocabulary.addSpacePrefix)
        steps.push_back({{"type", "Prepend"}, {"prepend", "\u2581"}});
    steps.push_back({{"type", "Replace"}});
    return {{"model",
             {{"type", "BPE"},
              {"vocab", vocabularyJson(vocabulary)},
              {"merges", mergesOf(vocabulary)},
              {"unk_token", "<unk>"},
              {"byte_fallback", true}}},
            {"normalizer", {{"type", "Sequence"}, {"normalizers", steps}}},
            {"added_tokens", addedTokens(vocabulary)}};
}

json gpt2Rule()
{
    return {{"type", "ByteLevel"}, {"add_prefix_space", false}, {"use_regex", true}};
}

json split(const char* pattern)
{
    return {
        {"type", "Split"}, {"pattern", {{"Regex", pattern}}}, {"behavior", "Isolated"}, {"invert", false}};
}

json sequence(json parts)
{
    parts.push_back({{"type", "ByteLevel"}, {"add_prefix_space", false}, {"use_regex", false}});
    return {{"type", "Sequence"}, {"pretokenizers", std::move(parts)}};
}

json byteLevelJson(const Vocabulary& vocabulary)
{
    return {
        {"model", {{"type", "BPE"}, {"vocab", vocabularyJson(vocabulary)}, {"merges", vocabulary.merges}}},
        {"pre_tokenizer", gpt2Rule()},
        {"added_tokens", addedTokens(vocabulary)}};
}

} // namespace lectern::test
