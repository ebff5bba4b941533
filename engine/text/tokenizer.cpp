#include "engine/text/tokenizer.h"

#include "engine/text/byte_alphabet.h"
#include "engine/text/byte_tokens.h"
#include "engine/text/byte_trie.h"
#include "engine/text/piece_table.h"
#include "engine/text/segmenter.h"
#include "engine/text/spaces.h"
#include "engine/text/special_tokens.h"

#include <algorithm>
#include <cctype>

namespace lectern {

namespace {

bool isSpace(char c)
{
    return std::isspace(static_cast<unsigned char>(c)) != 0;
}

// The bytes a token stands for in text.
std::string bytesOf(const Vocabulary& vocabulary, std::size_t id, bool special)
{
    const std::string& piece = vocabulary.pieces[id];
    if (vocabulary.types[id] == TokenType::Byte)
        if (const auto byte = parseBytePiece(piece))
            return std::string(1, static_cast<char>(*byte));
    if (special)
        return piece;
    if (vocabulary.kind != VocabularyKind::ByteBpe)
        return withPlainSpaces(piece);
    if (vocabulary.types[id] == TokenType::UserDefined)
        return piece;
    return decodeByteAlphabet(piece).value_or(piece);
}

} // namespace

// A stretch of the text: one special or user-defined token, or text to segment.
struct Tokenizer::Fragment {
    std::size_t begin = 0;
    std::size_t end = 0;
    TokenId id = -1; // -1: text
};

Tokenizer::Tokenizer(Vocabulary vocabulary) : m_vocabulary(std::move(vocabulary)) {}
Tokenizer::~Tokenizer() = default;

Result<std::unique_ptr<Tokenizer>> Tokenizer::create(Vocabulary vocabulary)
{
    std::unique_ptr<Tokenizer> out(new Tokenizer(std::move(vocabulary)));
    if (const Status prepared = out->prepare(); !prepared)
        return failed(prepared);
    return out;
}

Status Tokenizer::prepare()
{
    const std::size_t size = m_vocabulary.pieces.size();
    const auto inside = [&](std::optional<TokenId> id) {
        return !id || (*id >= 0 && static_cast<std::size_t>(*id) < size);
    };
    bool sound = size > 0 && m_vocabulary.scores.size() == size && m_vocabulary.types.size() == size;
    for (const auto& id : {m_vocabulary.bos, m_vocabulary.eos, m_vocabulary.eot, m_vocabulary.eom,
                           m_vocabulary.unk, m_vocabulary.sep, m_vocabulary.pad})
        sound = sound && inside(id);
    sound = sound &&
            std::all_of(m_vocabulary.endOfGeneration.begin(), m_vocabulary.endOfGeneration.end(), inside);
    if (!sound)
        return fail(ErrorCode::BadInput,
                    "The model's vocabulary contradicts itself: its lists differ in length or an id "
                    "lies outside it.",
                    "Get the model file again from where it was made.");
    markSpecials();
    Excluded excluded = m_special;
    for (std::size_t id = 0; id < size; ++id)
        if (m_vocabulary.types[id] == TokenType::Byte)
            excluded[id] = 1;
    Result<std::unique_ptr<Segmenter>> segmenter = std::unique_ptr<Segmenter>();
    if (m_vocabulary.kind == VocabularyKind::SentencePieceBpe)
        segmenter = makeSentencePieceBpe(m_vocabulary, excluded);
    else if (m_vocabulary.kind == VocabularyKind::Unigram)
        segmenter = makeUnigram(m_vocabulary, excluded);
    else
        segmenter = makeByteBpe(m_vocabulary, excluded);
    if (!segmenter)
        return failed(segmenter);
    m_segmenter = std::move(*segmenter);
    return {};
}

void Tokenizer::markSpecials()
{
    m_special = findSpecialTokens(m_vocabulary);
    m_stripsAfter.assign(m_special.size(), 0);
    m_textTokens = std::make_unique<ByteTrie>();
    m_templateTokens = std::make_unique<ByteTrie>();
    m_bytes.reserve(m_special.size());
    for (std::size_t id = 0; id < m_special.size(); ++id) {
        const std::string& piece = m_vocabulary.pieces[id];
        const bool userDefined = m_vocabulary.types[id] == TokenType::UserDefined;
        m_bytes.push_back(bytesOf(m_vocabulary, id, m_special[id] != 0));
        if (m_special[id] || userDefined)
            m_templateTokens->insert(piece, static_cast<TokenId>(id));
        if (userDefined && !m_special[id])
            m_textTokens->insert(piece, static_cast<TokenId>(id));
        // Phi-3's own exceptions, by name.
        const bool keeps = piece == "<unk>" || piece == "<s>" || piece == "<|endoftext|>";
        m_stripsAfter[id] = m_vocabulary.stripAfterSpecial && (m_special[id] || userDefined) && !keeps;
    }
}

// Longest token first at each place, from left to right. `trusted` holds one flag per byte, or nothing for
// text that is not trusted at all.
std::vector<Tokenizer::Fragment> Tokenizer::partition(std::string_view text,
                                                      std::span<const std::uint8_t> trusted) const
{
    std::vector<Fragment> out;
    std::size_t begin = 0;
    std::size_t trustedEnd = 0; // the trusted run at `at` ends here
    const auto closeText = [&](std::size_t end) {
        if (end > begin)
            out.push_back({begin, end, -1});
    };
    for (std::size_t at = 0; at < text.size();) {
        ByteTrie::Match match;
        if (!trusted.empty() && trusted[at] != 0) {
            trustedEnd = std::max(trustedEnd, at);
            while (trustedEnd < text.size() && trusted[trustedEnd] != 0)
                ++trustedEnd;
            match = m_templateTokens->longestPrefix(text.substr(at, trustedEnd - at));
        }
        const ByteTrie::Match plain = m_textTokens->longestPrefix(text.substr(at));
        if (plain.length > match.length)
            match = plain;
        if (match.length == 0) {
            ++at;
            continue;
        }
        closeText(at);
        out.push_back({at, at + match.length, match.value});
        at += match.length;
        while (m_stripsAfter[static_cast<std::size_t>(match.value)] && at < text.size() && isSpace(text[at]))
            ++at;
        begin = at;
    }
    closeText(text.size());
    return out;
}

Result<Encoding> Tokenizer::encodeParts(std::span<const TrustedText> parts) const
{
    std::string joined;
    std::vector<std::uint8_t> trusted;
    std::string_view text = parts.size() == 1 ? parts[0].text : std::string_view();
    const bool anyTrusted = std::any_of(
        parts.begin(), parts.end(), [](const TrustedText& part) { return part.trust == Trust::Template; });
    for (const TrustedText& part : parts) {
        if (parts.size() > 1)
            joined.append(part.text);
        if (anyTrusted)
            trusted.insert(trusted.end(), part.text.size(), part.trust == Trust::Template ? 1 : 0);
    }
    if (parts.size() > 1)
        text = joined;
    Encoding out;
    bool afterSpecial = true; // the beginning counts as one: SentencePiece's dummy space comes first
    for (const Fragment& fragment : partition(text, trusted)) {
        if (fragment.id >= 0) {
            out.ids.push_back(fragment.id);
            out.offsets.push_back(fragment.begin);
            afterSpecial = true;
            continue;
        }
        const Segmenter::Lead lead = afterSpecial ? Segmenter::Lead::Space : Segmenter::Lead::Plain;
        const Status done = m_segmenter->encode(text.substr(fragment.begin, fragment.end - fragment.begin),
                                                lead, fragment.begin, out);
        if (!done)
            return failed(done);
        afterSpecial = false;
    }
    return out;
}

Result<Encoding> Tokenizer::encodeWithOffsets(std::string_view utf8, Trust trust) const
{
    const TrustedText part{utf8, trust};
    return encodeParts({&part, 1});
}

Result<std::vector<TokenId>> Tokenizer::encode(std::string_view utf8, Trust trust) const
{
    auto encoding = encodeWithOffsets(utf8, trust);
    if (!encoding)
        return failed(encoding);
    return std::move(encoding->ids);
}

const std::string& Tokenizer::piece(TokenId id) const
{
    static const std::string kNothing;
    return id >= 0 && static_cast<std::size_t>(id) < m_bytes.size() ? m_bytes[static_cast<std::size_t>(id)]
                                                                    : kNothing;
}

std::string Tokenizer::decode(std::span<const TokenId> ids) const
{
    std::string out;
    bool dropSpace = m_vocabulary.addSpacePrefix && !m_vocabulary.whitespaceAsSuffix;
    for (const TokenId id : ids) {
        std::string_view bytes = isSpecial(id) ? std::string_view() : std::string_view(piece(id));
        if (dropSpace && bytes.starts_with(' '))
            bytes.remove_prefix(1);
        out.append(bytes);
        dropSpace = spaceFollows(id);
    }
    if (m_vocabulary.whitespaceAsSuffix && m_vocabulary.addSpacePrefix && out.ends_with(' '))
        out.pop_back();
    return out;
}

bool Tokenizer::isEndOfGeneration(TokenId id) const
{
    return std::binary_search(m_vocabulary.endOfGeneration.begin(), m_vocabulary.endOfGeneration.end(), id);
}

bool Tokenizer::isSpecial(TokenId id) const
{
    return id >= 0 && static_cast<std::size_t>(id) < m_special.size() &&
           m_special[static_cast<std::size_t>(id)] != 0;
}

bool Tokenizer::spaceFollows(TokenId id) const
{
    if (!m_vocabulary.addSpacePrefix || m_vocabulary.whitespaceAsSuffix || id < 0 ||
        static_cast<std::size_t>(id) >= m_special.size())
        return false;
    return isSpecial(id) || m_vocabulary.types[static_cast<std::size_t>(id)] == TokenType::UserDefined;
}

TokenId Tokenizer::find(std::string_view text) const
{
    const auto at = std::find(m_vocabulary.pieces.begin(), m_vocabulary.pieces.end(), text);
    return at == m_vocabulary.pieces.end() ? -1 : static_cast<TokenId>(at - m_vocabulary.pieces.begin());
}

} // namespace lectern
