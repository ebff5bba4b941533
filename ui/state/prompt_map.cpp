#include "ui/state/prompt_map.h"

#include <algorithm>
#include <cmath>

namespace lectern {

PromptMap::PromptMap(std::vector<PromptSpan> spans) : m_spans(std::move(spans))
{
    for (std::size_t i = 0; i < m_spans.size(); ++i) {
        auto& [first, last] = m_ofDocument.try_emplace(m_spans[i].document, i, i).first->second;
        last = i + 1;
    }
}

PromptMap PromptMap::fromPrompt(const PromptView& prompt)
{
    std::vector<PromptSpan> spans;
    for (std::size_t i = 0; i < prompt.size(); ++i) {
        const PromptView::Span& token = prompt.spans[i];
        if (token.document < 0 || token.document >= int(prompt.documents.size()))
            continue;
        const auto position = std::int64_t(i);
        const std::int64_t document = prompt.documents[std::size_t(token.document)];
        const bool goesOn = !spans.empty() && spans.back().document == document &&
                            position % kTokensPerSourceBlock != 0 && spans.back().tokenEnd == position;
        if (!goesOn)
            spans.push_back({position, position, document, token.begin, token.begin});
        spans.back().tokenEnd = position + 1;
        spans.back().byteEnd = std::max(spans.back().byteEnd, token.end);
    }
    return PromptMap(std::move(spans));
}

PromptMap PromptMap::fromDocuments(const std::vector<DocumentRow>& documents)
{
    std::vector<PromptSpan> spans;
    std::int64_t token = 0;
    for (const DocumentRow& row : documents) {
        if (row.tokens <= 0)
            continue;
        spans.push_back({token, token + row.tokens, row.id, 0, row.textBytes});
        token += row.tokens;
    }
    return PromptMap(std::move(spans));
}

std::int64_t PromptMap::tokenOfByte(std::int64_t document, std::uint64_t byte) const
{
    const auto found = m_ofDocument.find(document);
    if (found == m_ofDocument.end())
        return -1;
    const auto begin = m_spans.begin() + std::ptrdiff_t(found->second.first);
    const auto end = m_spans.begin() + std::ptrdiff_t(found->second.second);
    // The last span that begins at or before the byte.
    auto span = std::upper_bound(
        begin, end, byte, [](std::uint64_t value, const PromptSpan& s) { return value < s.byteBegin; });
    if (span == begin)
        return byte <= begin->byteBegin ? begin->tokenBegin : -1;
    --span;
    if (byte > span->byteEnd)
        return span->tokenEnd; // between two spans
    if (span->byteEnd == span->byteBegin)
        return span->tokenBegin;
    const double share = double(byte - span->byteBegin) / double(span->byteEnd - span->byteBegin);
    return span->tokenBegin + std::int64_t(share * double(span->tokenEnd - span->tokenBegin));
}

std::pair<std::int64_t, std::int64_t> PromptMap::tokensOfBytes(std::int64_t document, std::uint64_t begin,
                                                               std::uint64_t end) const
{
    const std::int64_t first = tokenOfByte(document, begin), last = tokenOfByte(document, end);
    if (first < 0 || last < 0)
        return {-1, -1};
    return {first, std::max(last, first + 1)};
}

std::vector<float> PromptMap::strengths(std::int64_t document, std::uint64_t documentBytes,
                                        const std::vector<float>& blockMass, int bins) const
{
    std::vector<float> result(std::size_t(std::max(bins, 0)), 0.0F);
    float most = 0;
    for (int bin = 0; bin < bins; ++bin) {
        const auto byteAt = [&](int edge) {
            return std::uint64_t(double(documentBytes) * double(edge) / double(bins));
        };
        const std::int64_t first = tokenOfByte(document, byteAt(bin));
        const std::int64_t last = tokenOfByte(document, byteAt(bin + 1));
        if (first < 0 || last < 0)
            continue;
        float strength = 0;
        for (std::int64_t block = first / kTokensPerSourceBlock;
             block <= std::max(first, last - 1) / kTokensPerSourceBlock &&
             block < std::int64_t(blockMass.size());
             ++block)
            strength = std::max(strength, blockMass[std::size_t(block)]);
        result[std::size_t(bin)] = strength;
        most = std::max(most, strength);
    }
    if (most <= 0)
        return {};
    for (float& value : result)
        value = std::sqrt(value / most);
    return result;
}

std::vector<float> sourceProfile(const std::vector<TokenSources>& sources, int index)
{
    return index >= 0 ? sourceProfile(sources, index, index + 1)
                      : sourceProfile(sources, 0, int(sources.size()));
}

std::vector<float> sourceProfile(const std::vector<TokenSources>& sources, int begin, int end)
{
    const int first = std::max(begin, 0), last = std::min(end, int(sources.size()));
    std::vector<float> mean;
    for (int token = first; token < last; ++token) {
        const auto& mass = sources[std::size_t(token)].blockMass;
        mean.resize(std::max(mean.size(), mass.size()), 0.0F);
        for (std::size_t b = 0; b < mass.size(); ++b)
            mean[b] += mass[b] / float(last - first);
    }
    return mean;
}

std::vector<float> useOfTokens(const std::vector<TokenSources>& sources, std::int64_t first,
                               std::int64_t last)
{
    std::vector<float> use(sources.size(), 0.0F);
    if (first < 0 || last <= first)
        return use;
    const std::int64_t firstBlock = first / kTokensPerSourceBlock,
                       lastBlock = (last - 1) / kTokensPerSourceBlock;
    for (std::size_t token = 0; token < sources.size(); ++token)
        for (std::int64_t b = firstBlock; b <= lastBlock && b < std::int64_t(sources[token].blockMass.size());
             ++b)
            use[token] += sources[token].blockMass[std::size_t(b)];
    return use;
}

} // namespace lectern
