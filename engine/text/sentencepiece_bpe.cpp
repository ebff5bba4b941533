// SentencePiece BPE ("llama" vocabularies): of all neighbours whose joined text is a piece, the pair with the
// best score merges first. Characters outside the vocabulary fall back to byte tokens.
#include "engine/text/byte_tokens.h"
#include "engine/text/merge_list.h"
#include "engine/text/piece_table.h"
#include "engine/text/segmenter.h"
#include "engine/text/spaces.h"
#include "engine/text/utf8.h"

#include <bitset>
#include <numeric>

namespace lectern {

namespace {

constexpr std::size_t kMostBytes = 0x7fffffff; // symbols count bytes in 32 bits
constexpr std::uint32_t kNoPiece = ~std::uint32_t{0};

class SentencePieceBpe final : public Segmenter {
public:
    SentencePieceBpe(const Vocabulary& vocabulary, const Excluded& excluded, const ByteTokens& bytes);
    Status encode(std::string_view text, Lead lead, std::uint64_t base, Encoding& out) const override;

private:
    // A text as the vocabulary sees it: dummy space in front, U+2581 as space.
    struct Prepared {
        std::string text;
        std::size_t lead = 0;              // bytes of the dummy space
        std::vector<std::size_t> replaced; // places in `text` where three bytes became one
    };
    Prepared prepare(std::string_view text, Lead lead) const;
    Status encodeWord(const Prepared& prepared, std::size_t begin, std::size_t end, std::uint64_t base,
                      MergeList& list, Encoding& out) const;
    void learnBorders(std::string_view piece);
    bool bordersApart(char before, char after) const;

    bool m_addSpace;
    PieceTable m_pieces;
    std::vector<std::uint32_t> m_ranks; // by id: place in the order of scores, equal scores share one
    ByteTokens m_bytes;
    std::bitset<65536> m_joined; // pairs of bytes that meet at a character border inside some piece
};

std::vector<std::uint32_t> ranksOf(const std::vector<float>& scores)
{
    std::vector<std::uint32_t> order(scores.size());
    std::iota(order.begin(), order.end(), 0u);
    std::sort(order.begin(), order.end(),
              [&](std::uint32_t a, std::uint32_t b) { return scores[a] > scores[b]; });
    std::vector<std::uint32_t> ranks(scores.size(), 0);
    for (std::size_t i = 1; i < order.size(); ++i)
        ranks[order[i]] = ranks[order[i - 1]] + (scores[order[i]] < scores[order[i - 1]] ? 1 : 0);
    return ranks;
}

SentencePieceBpe::SentencePieceBpe(const Vocabulary& vocabulary, const Excluded& excluded,
                                   const ByteTokens& bytes)
    : m_addSpace(vocabulary.addSpacePrefix), m_ranks(ranksOf(vocabulary.scores)), m_bytes(bytes)
{
    for (std::size_t id = 0; id < vocabulary.pieces.size(); ++id) {
        const std::string& piece = vocabulary.pieces[id];
        // A raw space can not match: in SentencePiece's eyes every space of a text is U+2581.
        if (excluded[id] || piece.find(' ') != std::string::npos)
            continue;
        std::string text = withPlainSpaces(piece);
        learnBorders(text);
        m_pieces.add(std::move(text), static_cast<TokenId>(id));
    }
}

void SentencePieceBpe::learnBorders(std::string_view piece)
{
    for (std::size_t at = utf8::decode(piece.empty() ? " " : piece).bytes; at < piece.size();
         at += utf8::decode(piece.substr(at)).bytes)
        m_joined.set(static_cast<std::uint8_t>(piece[at - 1]) * 256u + static_cast<std::uint8_t>(piece[at]));
}

// No piece holds these two side by side, so no merge can cross: what lies left and right is independent. This
// keeps the heap small (words, mostly) and changes nothing.
bool SentencePieceBpe::bordersApart(char before, char after) const
{
    return !m_joined.test(static_cast<std::uint8_t>(before) * 256u + static_cast<std::uint8_t>(after));
}

SentencePieceBpe::Prepared SentencePieceBpe::prepare(std::string_view text, Lead lead) const
{
    Prepared out;
    out.lead = m_addSpace && lead == Lead::Space ? 1 : 0;
    out.text.reserve(text.size() + out.lead);
    out.text.assign(out.lead, ' ');
    std::size_t done = 0;
    for (std::size_t at = text.find(kSpaceMark); at != std::string_view::npos;
         at = text.find(kSpaceMark, done)) {
        out.text.append(text.substr(done, at - done));
        out.replaced.push_back(out.text.size());
        out.text += ' ';
        done = at + kSpaceMark.size();
    }
    out.text.append(text.substr(done));
    return out;
}

Status SentencePieceBpe::encodeWord(const Prepared& prepared, std::size_t begin, std::size_t end,
                                    std::uint64_t base, MergeList& list, Encoding& out) const
{
    const std::string_view text = prepared.text;
    list.begin(end - begin);
    for (std::size_t at = begin; at < end;) {
        const std::size_t bytes = utf8::decode(text.substr(at, end - at)).bytes;
        const TokenId id = m_pieces.find(text.substr(at, bytes));
        list.append(static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(bytes),
                    id < 0 ? kNoPiece : static_cast<std::uint32_t>(id));
        at += bytes;
    }
    list.run([&](const MergeList::Symbol& a, const MergeList::Symbol& b) {
        const TokenId id = m_pieces.find(text.substr(a.begin, a.bytes + b.bytes));
        return id < 0 ? Merge{}
                      : Merge{m_ranks[static_cast<std::size_t>(id)], static_cast<std::uint32_t>(id), true};
    });
    Status done;
    list.forEach([&](const MergeList::Symbol& symbol) {
        const std::uint64_t offset = base + (symbol.begin < prepared.lead ? 0 : symbol.begin - prepared.lead);
        if (symbol.id != kNoPiece) {
            out.ids.push_back(static_cast<TokenId>(symbol.id));
            out.offsets.push_back(offset);
        } else if (done) {
            done = m_bytes.write(text.substr(symbol.begin, symbol.bytes), offset, out);
        }
    });
    return done;
}

Status SentencePieceBpe::encode(std::string_view text, Lead lead, std::uint64_t base, Encoding& out) const
{
    if (text.size() >= kMostBytes)
        return fail(ErrorCode::TooLong, "A text of more than 2 GB can not be tokenized in one piece.",
                    "Split the document.");
    const Prepared prepared = prepare(text, lead);
    const std::size_t first = out.offsets.size();
    MergeList list;
    std::size_t begin = 0;
    for (std::size_t at = 0; at < prepared.text.size(); at = begin) {
        std::size_t end = at;
        do
            end += utf8::decode(std::string_view(prepared.text).substr(end)).bytes;
        while (end < prepared.text.size() && !bordersApart(prepared.text[end - 1], prepared.text[end]));
        if (const Status word = encodeWord(prepared, at, end, base, list, out); !word)
            return word;
        begin = end;
    }
    // Back to the bytes of the input: each U+2581 before a token took two more.
    std::size_t seen = 0;
    for (std::size_t i = first; i < out.offsets.size() && !prepared.replaced.empty(); ++i) {
        while (seen < prepared.replaced.size() &&
               base + prepared.replaced[seen] - prepared.lead < out.offsets[i])
            ++seen;
        out.offsets[i] += 2 * seen;
    }
    return {};
}

} // namespace

Result<std::unique_ptr<Segmenter>> makeSentencePieceBpe(const Vocabulary& vocabulary,
                                                        const Excluded& excluded)
{
    const auto bytes = ByteTokens::of(vocabulary);
    if (!bytes)
        return failed(bytes);
    return std::unique_ptr<Segmenter>(std::make_unique<SentencePieceBpe>(vocabulary, excluded, *bytes));
}

} // namespace lectern
