#include "engine/text/special_tokens.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace lectern {

namespace {

// Texts that end a turn or an answer in the models Lectern opens.
constexpr std::array<std::string_view, 19> kEndTexts = {
    "<|eot_id|>",
    "<|im_end|>",
    "<|end|>",
    "<|return|>",
    "<|call|>",
    "<|flush|>",
    "<|calls|>",
    "<end_of_turn>",
    "<|endoftext|>",
    "</s>",
    "<|eom_id|>",
    "<EOT>",
    "[EOT]",
    "[EOS]",
    "<|end_of_text|>",
    "<eos>",
    "<turn|>",
    "<end_of_utterance>",
    "<｜end▁of▁sentence｜>",
};

// Those of them that end a turn, best first: the answer to "which one is eot" where the file does not say.
constexpr std::array<std::string_view, 9> kTurnEnds = {
    "<|eot_id|>",    "<|im_end|>",         "<|end|>",
    "<end_of_turn>", "<|endoftext|>",      "<|end_of_text|>",
    "<EOT>",         "<end_of_utterance>", "<｜end▁of▁sentence｜>",
};

bool isEndText(std::string_view piece)
{
    return std::find(kEndTexts.begin(), kEndTexts.end(), piece) != kEndTexts.end();
}

// Too common to be a marker: blanks, words and numbers stand in every template.
bool isPlainWord(std::string_view piece)
{
    return std::all_of(piece.begin(), piece.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte >= 0x80 || std::isalnum(byte) || std::isspace(byte);
    });
}

bool standsInTemplate(const Vocabulary& vocabulary, const std::string& piece)
{
    if (piece.size() < 3 || isPlainWord(piece))
        return false;
    if (vocabulary.chatTemplate.find(piece) != std::string::npos)
        return true;
    return std::any_of(vocabulary.namedTemplates.begin(), vocabulary.namedTemplates.end(),
                       [&](const auto& named) { return named.second.find(piece) != std::string::npos; });
}

void addUnique(std::vector<TokenId>& ids, std::optional<TokenId> id)
{
    if (id && std::find(ids.begin(), ids.end(), *id) == ids.end())
        ids.push_back(*id);
}

// gpt-oss and Solar: where <|return|> and <|call|> (or <|calls|> and <|flush|>) end an answer, <|end|> only
// ends a channel of it.
void dropChannelEnd(const Vocabulary& vocabulary, std::vector<TokenId>& ends)
{
    const auto position = [&](std::string_view text) {
        return std::find_if(ends.begin(), ends.end(), [&](TokenId id) {
            return vocabulary.pieces[static_cast<std::size_t>(id)] == text;
        });
    };
    const auto has = [&](std::string_view text) { return position(text) != ends.end(); };
    const bool channels = (has("<|return|>") && has("<|call|>")) || (has("<|calls|>") && has("<|flush|>"));
    const auto end = position("<|end|>");
    if (channels && end != ends.end())
        ends.erase(end);
}

} // namespace

bool looksLikeMarker(std::string_view piece)
{
    const auto between = [&](std::string_view open, std::string_view close) {
        return piece.size() > open.size() + close.size() && piece.starts_with(open) && piece.ends_with(close);
    };
    return between("<|", "|>") || between("<｜", "｜>");
}

std::vector<std::uint8_t> findSpecialTokens(const Vocabulary& vocabulary)
{
    std::vector<std::uint8_t> special(vocabulary.pieces.size(), 0);
    for (std::size_t id = 0; id < special.size(); ++id) {
        const std::string& piece = vocabulary.pieces[id];
        const TokenType type = vocabulary.types[id];
        if (type == TokenType::Control || type == TokenType::Unknown || looksLikeMarker(piece))
            special[id] = 1;
        else if (type == TokenType::UserDefined && standsInTemplate(vocabulary, piece))
            special[id] = 1;
    }
    for (const TokenId id : vocabulary.endOfGeneration)
        special[static_cast<std::size_t>(id)] = 1;
    for (const auto& id : {vocabulary.bos, vocabulary.eos})
        if (id)
            special[static_cast<std::size_t>(*id)] = 1;
    return special;
}

void findEndOfGeneration(Vocabulary& vocabulary)
{
    std::vector<TokenId> ends;
    std::size_t bestTurnEnd = kTurnEnds.size();
    for (std::size_t id = 0; id < vocabulary.pieces.size(); ++id) {
        const std::string& piece = vocabulary.pieces[id];
        if (!isEndText(piece))
            continue;
        ends.push_back(static_cast<TokenId>(id));
        const auto rank = static_cast<std::size_t>(std::find(kTurnEnds.begin(), kTurnEnds.end(), piece) -
                                                   kTurnEnds.begin());
        if (rank < bestTurnEnd && !vocabulary.eot)
            bestTurnEnd = rank;
    }
    if (bestTurnEnd < kTurnEnds.size())
        for (const TokenId id : ends)
            if (vocabulary.pieces[static_cast<std::size_t>(id)] == kTurnEnds[bestTurnEnd])
                vocabulary.eot = id;
    addUnique(ends, vocabulary.eos);
    addUnique(ends, vocabulary.eot);
    addUnique(ends, vocabulary.eom);
    dropChannelEnd(vocabulary, ends);
    std::sort(ends.begin(), ends.end());
    vocabulary.endOfGeneration = std::move(ends);
}

} // namespace lectern
