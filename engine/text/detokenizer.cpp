#include "engine/text/detokenizer.h"

#include "engine/text/utf8.h"

namespace lectern {

namespace {

// Whether more bytes could still make `text`, which begins no valid character, into one.
bool mayStillGrow(std::string_view text)
{
    const std::size_t wanted = utf8::expectedBytes(static_cast<std::uint8_t>(text[0]));
    if (wanted <= text.size())
        return false;
    std::string filled(text);
    // The smallest and the largest continuation: one of them is valid if any is.
    for (const char filler : {'\x80', '\xBF'}) {
        filled.resize(text.size());
        filled.resize(wanted, filler);
        if (utf8::decode(filled).valid)
            return true;
    }
    return false;
}

} // namespace

Detokenizer::Detokenizer(const Tokenizer& tokenizer, TextStart start)
    : m_tokenizer(&tokenizer), m_start(start),
      m_dropSpace(start == TextStart::New && tokenizer.vocabulary().addSpacePrefix)
{
}

std::string Detokenizer::push(TokenId id)
{
    std::string_view bytes;
    if (!m_tokenizer->isSpecial(id))
        bytes = m_tokenizer->piece(id);
    if (m_dropSpace && bytes.starts_with(' '))
        bytes.remove_prefix(1);
    m_dropSpace = m_tokenizer->spaceFollows(id);
    m_pending.append(bytes);

    std::string out;
    std::string_view rest = m_pending;
    while (!rest.empty()) {
        const std::size_t valid = utf8::validPrefix(rest);
        out.append(rest.substr(0, valid));
        rest.remove_prefix(valid);
        if (rest.empty() || mayStillGrow(rest))
            break;
        out.append(utf8::kReplacement);
        rest.remove_prefix(1);
    }
    m_pending = std::string(rest);
    return out;
}

std::string Detokenizer::flush()
{
    const bool unfinished = !m_pending.empty();
    m_pending.clear();
    m_dropSpace = m_start == TextStart::New && m_tokenizer->vocabulary().addSpacePrefix;
    return unfinished ? std::string(utf8::kReplacement) : std::string();
}

} // namespace lectern
