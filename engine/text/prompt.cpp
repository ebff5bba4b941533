#include "engine/text/prompt.h"

#include <algorithm>

namespace lectern {

std::string Prompt::text() const
{
    std::string out;
    for (const PromptPart& part : parts)
        out.append(part.text);
    return out;
}

namespace {

// Walks the parts along with the tokens, whose begins only grow.
class SourceFinder {
public:
    explicit SourceFinder(const Prompt& prompt) : m_parts(prompt.parts) {}

    // The message bytes inside [begin, end) of the joined text: those of the first part that has any.
    TokenSource find(std::uint64_t begin, std::uint64_t end)
    {
        while (m_part < m_parts.size() && m_start + m_parts[m_part].text.size() <= begin)
            m_start += m_parts[m_part++].text.size();
        std::uint64_t start = m_start;
        for (std::size_t i = m_part; i < m_parts.size() && start < end; start += m_parts[i++].text.size()) {
            const PromptPart& part = m_parts[i];
            const std::uint64_t from = std::max(begin, start);
            const std::uint64_t to = std::min<std::uint64_t>(end, start + part.text.size());
            if (part.message >= 0 && from < to)
                return {part.message, part.offset + (from - start), part.offset + (to - start)};
        }
        return {};
    }

private:
    const std::vector<PromptPart>& m_parts;
    std::size_t m_part = 0;
    std::uint64_t m_start = 0; // of m_part, in the joined text
};

} // namespace

Result<EncodedPrompt> encodePrompt(const Tokenizer& tokenizer, const Prompt& prompt)
{
    std::vector<TrustedText> parts;
    std::uint64_t bytes = 0;
    for (const PromptPart& part : prompt.parts) {
        parts.push_back({part.text, part.trusted ? Trust::Template : Trust::Text});
        bytes += part.text.size();
    }
    auto encoding = tokenizer.encodeParts(parts);
    if (!encoding)
        return failed(encoding);
    EncodedPrompt out;
    const Vocabulary& vocabulary = tokenizer.vocabulary();
    const bool hasBos = !encoding->ids.empty() && vocabulary.bos && encoding->ids.front() == *vocabulary.bos;
    if (vocabulary.addBos && vocabulary.bos && !hasBos) {
        out.ids.push_back(*vocabulary.bos);
        out.sources.push_back({});
    }
    out.ids.insert(out.ids.end(), encoding->ids.begin(), encoding->ids.end());
    out.sources.reserve(out.ids.size());
    SourceFinder finder(prompt);
    for (std::size_t i = 0; i < encoding->ids.size(); ++i) {
        const std::uint64_t end = i + 1 < encoding->ids.size() ? encoding->offsets[i + 1] : bytes;
        out.sources.push_back(finder.find(encoding->offsets[i], end));
    }
    return out;
}

} // namespace lectern
