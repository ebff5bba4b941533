#include "ui/state/prompt_map.h"

#include <algorithm>
#include <cmath>

namespace lectern {

PromptMap::PromptMap(std::vector<PromptSpan> spans) : m_spans(std::move(spans)) {}

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
    for (const PromptSpan& span : m_spans) {
        if (span.document != document || byte < span.byteBegin || byte > span.byteEnd ||
            span.byteEnd == span.byteBegin)
            continue;
        const double share = double(byte - span.byteBegin) / double(span.byteEnd - span.byteBegin);
        return span.tokenBegin + std::int64_t(share * double(span.tokenEnd - span.tokenBegin));
    }
    return -1;
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
             block <= std::max(first, last - 1) / kTokensPerSourceBlock && block < std::int64_t(blockMass.size());
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
    if (sources.empty())
        return {};
    if (index >= 0)
        return index < int(sources.size()) ? sources[std::size_t(index)].blockMass : std::vector<float>();
    std::size_t blocks = 0;
    for (const TokenSources& source : sources)
        blocks = std::max(blocks, source.blockMass.size());
    std::vector<float> mean(blocks, 0.0F);
    for (const TokenSources& source : sources)
        for (std::size_t b = 0; b < source.blockMass.size(); ++b)
            mean[b] += source.blockMass[b] / float(sources.size());
    return mean;
}

} // namespace lectern
