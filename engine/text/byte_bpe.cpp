// Byte-level BPE ("gpt2" vocabularies): words from the pre-tokenizer, bytes as first symbols, merges by their
// rank. Symbols are numbers of their own, so that a merge may make something that is no piece (it is then
// written in bytes).
#include "engine/text/byte_alphabet.h"
#include "engine/text/merge_list.h"
#include "engine/text/piece_table.h"
#include "engine/text/pre_tokenizer.h"
#include "engine/text/segmenter.h"

#include <unordered_map>

namespace lectern {

namespace {

constexpr std::size_t kMostBytes = 0x7fffffff;

class ByteBpe final : public Segmenter {
public:
    explicit ByteBpe(PreTokenizer preTokenizer) : m_preTokenizer(std::move(preTokenizer)) {}
    Status learn(const Vocabulary& vocabulary, const Excluded& excluded);
    Status encode(std::string_view text, Lead lead, std::uint64_t base, Encoding& out) const override;

private:
    using Interned = std::unordered_map<std::string, std::uint32_t>;
    std::uint32_t intern(Interned& interned, const PieceTable& pieces, std::string text);
    Status encodeWord(std::string_view word, std::uint64_t offset, MergeList& list, Encoding& out) const;
    Status writeBytes(std::string_view bytes, std::uint64_t offset, Encoding& out) const;

    PreTokenizer m_preTokenizer;
    PieceTable m_words; // pieces by their bytes; only where merges are to be ignored
    FlatMap m_merges;   // left and right symbol -> index into m_made
    struct Made {
        std::uint32_t rank;
        std::uint32_t symbol;
    };
    std::vector<Made> m_made;
    std::vector<TokenId> m_tokens; // by symbol; -1: no piece. Symbols 0..255 are the bytes
    TokenId m_unknown = -1;
};

std::uint32_t ByteBpe::intern(Interned& interned, const PieceTable& pieces, std::string text)
{
    const auto symbol = static_cast<std::uint32_t>(m_tokens.size());
    const auto [entry, fresh] = interned.try_emplace(std::move(text), symbol);
    if (fresh)
        m_tokens.push_back(pieces.find(entry->first));
    return entry->second;
}

Status ByteBpe::learn(const Vocabulary& vocabulary, const Excluded& excluded)
{
    PieceTable pieces;
    for (std::size_t id = 0; id < vocabulary.pieces.size(); ++id) {
        if (excluded[id])
            continue;
        pieces.add(vocabulary.pieces[id], static_cast<TokenId>(id));
        if (auto bytes = decodeByteAlphabet(vocabulary.pieces[id]); bytes && vocabulary.ignoreMerges)
            m_words.add(std::move(*bytes), static_cast<TokenId>(id));
    }
    m_unknown = vocabulary.unk.value_or(-1);
    Interned interned;
    for (int byte = 0; byte < 256; ++byte)
        intern(interned, pieces, byteCharacter(static_cast<std::uint8_t>(byte)));
    for (std::size_t rank = 0; rank < vocabulary.merges.size(); ++rank) {
        const std::string& merge = vocabulary.merges[rank];
        const std::size_t space = merge.find(' ', 1);
        if (space == std::string::npos || space + 1 == merge.size())
            return fail(ErrorCode::BadInput,
                        "The model's tokenizer is broken: merge " + std::to_string(rank) +
                            " is not two texts with a space between.",
                        "Get the model file again from where it was made.");
        const std::uint32_t left = intern(interned, pieces, merge.substr(0, space));
        const std::uint32_t right = intern(interned, pieces, merge.substr(space + 1));
        const std::uint32_t both = intern(interned, pieces, merge.substr(0, space) + merge.substr(space + 1));
        if (m_merges.insert((std::uint64_t{left} << 32) | right, static_cast<std::uint32_t>(m_made.size())))
            m_made.push_back({static_cast<std::uint32_t>(rank), both});
    }
    return {};
}

Status ByteBpe::writeBytes(std::string_view bytes, std::uint64_t offset, Encoding& out) const
{
    for (const char c : bytes) {
        TokenId id = m_tokens[static_cast<std::uint8_t>(c)];
        if (id < 0)
            id = m_unknown;
        if (id < 0)
            return fail(ErrorCode::BadInput,
                        "The model's vocabulary has no token for a byte of this text (" +
                            std::to_string(static_cast<std::uint8_t>(c)) + ").",
                        "Use a model whose tokenizer knows every byte.");
        out.ids.push_back(id);
        out.offsets.push_back(offset++);
    }
    return {};
}

Status ByteBpe::encodeWord(std::string_view word, std::uint64_t offset, MergeList& list, Encoding& out) const
{
    if (const TokenId whole = m_words.find(word); whole >= 0) {
        out.ids.push_back(whole);
        out.offsets.push_back(offset);
        return {};
    }
    list.begin(word.size());
    for (std::size_t at = 0; at < word.size(); ++at)
        list.append(static_cast<std::uint32_t>(at), 1, static_cast<std::uint8_t>(word[at]));
    list.run([&](const MergeList::Symbol& a, const MergeList::Symbol& b) {
        const std::uint32_t at = m_merges.find((std::uint64_t{a.id} << 32) | b.id);
        return at == FlatMap::kAbsent ? Merge{} : Merge{m_made[at].rank, m_made[at].symbol, true};
    });
    Status done;
    list.forEach([&](const MergeList::Symbol& symbol) {
        if (const TokenId id = m_tokens[symbol.id]; id >= 0) {
            out.ids.push_back(id);
            out.offsets.push_back(offset + symbol.begin);
        } else if (done) {
            done = writeBytes(word.substr(symbol.begin, symbol.bytes), offset + symbol.begin, out);
        }
    });
    return done;
}

Status ByteBpe::encode(std::string_view text, Lead, std::uint64_t base, Encoding& out) const
{
    if (text.size() >= kMostBytes)
        return fail(ErrorCode::TooLong, "A text of more than 2 GB can not be tokenized in one piece.",
                    "Split the document.");
    const auto ends = m_preTokenizer.cut(text);
    if (!ends)
        return failed(ends);
    MergeList list;
    std::size_t begin = 0;
    for (const std::uint64_t end : *ends) {
        if (const Status word = encodeWord(text.substr(begin, end - begin), base + begin, list, out); !word)
            return word;
        begin = end;
    }
    return {};
}

} // namespace

Result<std::unique_ptr<Segmenter>> makeByteBpe(const Vocabulary& vocabulary, const Excluded& excluded)
{
    const PreTokenizerRow* row =
        findPreTokenizer(vocabulary.preTokenizer.empty() ? "default" : vocabulary.preTokenizer);
    if (row == nullptr)
        return fail(ErrorCode::Unsupported,
                    "Lectern does not know the pre-tokenizer '" + vocabulary.preTokenizer + "'.",
                    "Names it knows: " + preTokenizerNames() + ".");
    auto preTokenizer = PreTokenizer::create(*row);
    if (!preTokenizer)
        return failed(preTokenizer);
    auto out = std::make_unique<ByteBpe>(std::move(*preTokenizer));
    if (const Status learned = out->learn(vocabulary, excluded); !learned)
        return failed(learned);
    return std::unique_ptr<Segmenter>(std::move(out));
}

} // namespace lectern
