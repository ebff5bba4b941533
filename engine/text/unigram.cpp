// SentencePiece unigram ("t5" vocabularies): the segmentation with the highest sum of log probabilities, by
// Viterbi over the normalised text (Kudo 2018, arXiv 1804.10959). Characters outside the vocabulary become
// byte tokens where the vocabulary has all 256, else one unknown token per run.
#include "engine/text/byte_tokens.h"
#include "engine/text/byte_trie.h"
#include "engine/text/charsmap.h"
#include "engine/text/segmenter.h"
#include "engine/text/spaces.h"
#include "engine/text/utf8.h"

#include <limits>

namespace lectern {

namespace {

constexpr double kUnknownPenalty = 10.0; // below the worst piece, as in SentencePiece

// A normalised text and, for each of its bytes, the byte of the input it came from.
struct Normalised {
    std::string text;
    std::vector<std::uint32_t> from;

    void append(std::string_view bytes, std::size_t source)
    {
        text.append(bytes);
        from.insert(from.end(), bytes.size(), static_cast<std::uint32_t>(source));
    }
};

class Unigram final : public Segmenter {
public:
    Unigram(const Vocabulary& vocabulary, const Excluded& excluded, const ByteTokens& bytes,
            Charsmap charsmap);
    Status encode(std::string_view text, Lead lead, std::uint64_t base, Encoding& out) const override;

private:
    struct Step { // the best way to reach a byte of the text
        double score = -std::numeric_limits<double>::infinity();
        std::uint32_t from = 0;
        TokenId id = kUnknown;
    };
    static constexpr TokenId kUnknown = -1;

    struct Piece {
        std::string_view bytes;
        std::size_t consumed;
        bool isMark; // U+2581 in the text
    };
    Piece nextPiece(std::string_view rest) const;
    Normalised normalise(std::string_view text) const;
    std::vector<Step> bestSteps(std::string_view text) const;
    Status write(const Normalised& text, const std::vector<Step>& steps, std::uint64_t base,
                 Encoding& out) const;

    bool m_spaceBefore, m_spaceAfter, m_mergeSpaces;
    ByteTrie m_pieces;
    ByteTrie m_userDefined; // these pass the normaliser untouched
    std::vector<double> m_scores;
    double m_unknownScore = 0;
    ByteTokens m_bytes;
    Charsmap m_charsmap;
};

Unigram::Unigram(const Vocabulary& vocabulary, const Excluded& excluded, const ByteTokens& bytes,
                 Charsmap charsmap)
    : m_spaceBefore(vocabulary.addSpacePrefix && !vocabulary.whitespaceAsSuffix),
      m_spaceAfter(vocabulary.addSpacePrefix && vocabulary.whitespaceAsSuffix),
      m_mergeSpaces(vocabulary.removeExtraWhitespace),
      m_scores(vocabulary.scores.begin(), vocabulary.scores.end()), m_bytes(bytes),
      m_charsmap(std::move(charsmap))
{
    double worst = 0;
    for (std::size_t id = 0; id < vocabulary.pieces.size(); ++id) {
        if (excluded[id])
            continue;
        const std::string text = withPlainSpaces(vocabulary.pieces[id]);
        m_pieces.insert(text, static_cast<TokenId>(id));
        if (vocabulary.types[id] == TokenType::UserDefined) {
            m_scores[id] = 0.0;
            m_userDefined.insert(text, static_cast<TokenId>(id));
        } else if (vocabulary.types[id] == TokenType::Normal) {
            worst = std::min(worst, m_scores[id]);
        }
    }
    m_unknownScore = worst - kUnknownPenalty;
}

// What the next characters of `rest` become, before blanks are looked at.
Unigram::Piece Unigram::nextPiece(std::string_view rest) const
{
    if (const std::size_t userDefined = m_userDefined.longestPrefix(rest).length; userDefined > 0)
        return {rest.substr(0, userDefined), userDefined, false};
    if (rest.starts_with(kSpaceMark)) // no blank to the normaliser, but the same piece
        return {" ", kSpaceMark.size(), true};
    if (const Charsmap::Replacement replacement = m_charsmap.replacementFor(rest); replacement.consumed > 0)
        return {replacement.text, replacement.consumed, false};
    const utf8::Character character = utf8::decode(rest);
    return {character.valid ? rest.substr(0, character.bytes) : utf8::kReplacement, character.bytes, false};
}

Normalised Unigram::normalise(std::string_view text) const
{
    Normalised out;
    bool inWord = false;
    bool prefixed = false;
    for (std::size_t at = 0; at < text.size();) {
        const Piece piece = nextPiece(text.substr(at));
        const bool unchanged = piece.bytes.data() == text.data() + at;
        for (std::size_t i = 0; i < piece.bytes.size(); ++i) {
            const std::size_t source = unchanged ? at + i : at;
            if (piece.bytes[i] == ' ' && !piece.isMark) {
                inWord = false;
                if (!m_mergeSpaces)
                    out.append(" ", source);
                continue;
            }
            if (!inWord && ((m_spaceBefore && !prefixed) || m_mergeSpaces)) {
                out.append(" ", source);
                prefixed = true;
            }
            inWord = true;
            out.append(piece.bytes.substr(i, 1), source);
        }
        at += piece.consumed;
    }
    if (m_spaceAfter)
        out.append(" ", text.size());
    return out;
}

std::vector<Unigram::Step> Unigram::bestSteps(std::string_view text) const
{
    std::vector<Step> steps(text.size() + 1);
    steps[0].score = 0;
    const auto offer = [&](std::size_t end, double score, std::size_t from, TokenId id) {
        if (score > steps[end].score)
            steps[end] = {score, static_cast<std::uint32_t>(from), id};
    };
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t character = utf8::decode(text.substr(at)).bytes;
        bool characterIsPiece = false;
        ByteTrie::Node node = ByteTrie::kRoot;
        for (std::size_t end = at; end < text.size();) {
            node = m_pieces.step(node, static_cast<std::uint8_t>(text[end++]));
            if (node == ByteTrie::kNowhere)
                break;
            if (const TokenId id = m_pieces.value(node); id != ByteTrie::kNoValue) {
                characterIsPiece |= end - at == character;
                offer(end, steps[at].score + m_scores[static_cast<std::size_t>(id)], at, id);
            }
        }
        if (!characterIsPiece)
            offer(at + character, steps[at].score + m_unknownScore, at, kUnknown);
        at += character;
    }
    return steps;
}

Status Unigram::write(const Normalised& text, const std::vector<Step>& steps, std::uint64_t base,
                      Encoding& out) const
{
    std::vector<std::uint32_t> ends;
    for (std::size_t end = text.text.size(); end > 0; end = steps[end].from)
        ends.push_back(static_cast<std::uint32_t>(end));
    bool wasUnknown = false;
    for (auto end = ends.rbegin(); end != ends.rend(); ++end) {
        const Step& step = steps[*end];
        const std::uint64_t offset = base + text.from[step.from];
        const bool unknown = step.id == kUnknown;
        if (!unknown) {
            out.ids.push_back(step.id);
            out.offsets.push_back(offset);
        } else if (m_bytes.complete() || !wasUnknown) {
            const std::size_t first = out.offsets.size();
            const std::string_view bytes = std::string_view(text.text).substr(step.from, *end - step.from);
            if (const Status written = m_bytes.write(bytes, offset, out); !written)
                return written;
            for (std::size_t i = first; i < out.offsets.size(); ++i)
                out.offsets[i] = base + text.from[step.from + (i - first)];
        }
        wasUnknown = unknown;
    }
    return {};
}

Status Unigram::encode(std::string_view text, Lead, std::uint64_t base, Encoding& out) const
{
    if (text.size() > std::numeric_limits<std::uint32_t>::max() / 8)
        return fail(ErrorCode::TooLong, "A text of more than 512 MB can not be tokenized in one piece.",
                    "Split the document.");
    const Normalised normalised = normalise(text);
    if (normalised.text.size() >= std::numeric_limits<std::uint32_t>::max())
        return fail(ErrorCode::TooLong, "The text grows past 4 GB when it is normalised.",
                    "Split the document.");
    return write(normalised, bestSteps(normalised.text), base, out);
}

} // namespace

Result<std::unique_ptr<Segmenter>> makeUnigram(const Vocabulary& vocabulary, const Excluded& excluded)
{
    const auto bytes = ByteTokens::of(vocabulary);
    auto charsmap = Charsmap::read(vocabulary.charsmap);
    if (!bytes || !charsmap)
        return bytes ? failed(charsmap) : failed(bytes);
    return std::unique_ptr<Segmenter>(
        std::make_unique<Unigram>(vocabulary, excluded, *bytes, std::move(*charsmap)));
}

} // namespace lectern
