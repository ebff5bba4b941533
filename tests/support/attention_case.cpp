#include "tests/support/attention_case.h"

#include <algorithm>
#include <cmath>

namespace lectern::test {

namespace {

std::vector<float> normals(std::mt19937& random, std::size_t count)
{
    std::normal_distribution<float> normal;
    std::vector<float> values(count);
    for (float& value : values)
        value = normal(random);
    return values;
}

} // namespace

AttentionCase::AttentionCase(const AttentionShape& shape, std::vector<MaskCase> heads, int tokens,
                             double sharpness, unsigned seed, const KvTypes& types)
    : m_shape(shape), m_types(types), m_heads(std::move(heads)), m_tokens(tokens)
{
    std::mt19937 random(seed);
    m_shape.scale = static_cast<float>(sharpness / std::sqrt(double(shape.headDim)));
    const std::size_t rows = std::size_t(tokens) * std::size_t(shape.headDim);
    m_queries[0] = normals(random, rows * std::size_t(shape.heads));
    m_keys = normals(random, rows * std::size_t(shape.kvHeads));
    m_values = normals(random, rows * std::size_t(shape.kvHeads));
    for (int head = 0; head < shape.kvHeads; ++head) {
        ReferenceHead reference;
        reference.headDim = shape.headDim;
        const KvLayouts layouts(types, shape.headDim);
        const KvPageLayout& layout = layouts.of(m_heads[std::size_t(head)].pattern);
        std::vector<std::byte> page(layout.pageBytes());
        std::vector<float> key(std::size_t(shape.headDim)), value(key);
        for (int token = 0; token < tokens; ++token) {
            const auto at = std::size_t((token * shape.kvHeads + head) * shape.headDim);
            layout.store(page.data(), 0, &m_keys[at], &m_values[at]);
            layout.loadKey(page.data(), 0, key.data());
            layout.loadValue(page.data(), 0, value.data());
            reference.keys.insert(reference.keys.end(), key.begin(), key.end());
            reference.values.insert(reference.values.end(), value.begin(), value.end());
        }
        m_reference.push_back(std::move(reference));
    }
}

void AttentionCase::startAgainEvery(std::int64_t stretch, unsigned seed)
{
    std::mt19937 random(seed);
    m_stretch = stretch;
    for (int set : {1, 2})
        m_queries[set] = normals(random, m_queries[0].size());
}

std::vector<float> AttentionCase::run(const std::vector<int>& chunks, ThreadPool& pool, bool traced,
                                      const OnChunk& onChunk)
{
    LayerPlan plan;
    plan.layers.emplace_back();
    for (const MaskCase& head : m_heads)
        plan.layers[0].push_back(head.pattern);
    const int longest = *std::max_element(chunks.begin(), chunks.end());
    auto cache = KvCache::create(plan, {m_shape.kvHeads, m_shape.headDim}, m_types, m_tokens, longest);
    if (!cache)
        return {};
    const std::size_t row = std::size_t(m_shape.heads * m_shape.headDim);
    std::vector<float> out(std::size_t(m_tokens) * row, NAN);
    std::vector<PageMass> masses;
    AttentionWorkspace workspace;
    for (const int count : chunks) {
        const auto first = static_cast<int>((*cache)->position());
        (*cache)->beginChunk(count);
        for (int i = 0; i < count; ++i) {
            for (int head = 0; head < m_shape.kvHeads; ++head) {
                const auto at = std::size_t(((first + i) * m_shape.kvHeads + head) * m_shape.headDim);
                (*cache)->write(0, head, i, &m_keys[at], &m_values[at]);
            }
        }
        AttentionJob job;
        job.queries = m_queries[0].data() + std::size_t(first) * row;
        job.stretch = m_stretch;
        if (m_stretch > 0) {
            job.queriesForStretchBefore = m_queries[1].data() + std::size_t(first) * row;
            job.queriesForOlderStretches = m_queries[2].data() + std::size_t(first) * row;
        }
        job.out = out.data() + std::size_t(first) * row;
        job.firstPosition = first;
        job.tokens = count;
        for (int head = 0; head < m_shape.kvHeads; ++head)
            job.kv.push_back(&(*cache)->head(0, head));
        masses.clear();
        job.pageMasses = traced ? &masses : nullptr;
        attend(m_shape, job, workspace, pool, CancelToken());
        if (onChunk)
            onChunk(job, masses);
        (*cache)->endChunk();
    }
    return out;
}

ReferenceRow AttentionCase::reference(int head, int position) const
{
    const auto n = std::size_t(m_shape.headDim);
    const auto kvHead = std::size_t(head / (m_shape.heads / m_shape.kvHeads));
    const std::size_t at = (std::size_t(position) * std::size_t(m_shape.heads) + std::size_t(head)) * n;
    std::vector<double> queries[3];
    for (int set = 0; set < (m_stretch > 0 ? 3 : 1); ++set)
        queries[set].assign(m_queries[set].begin() + std::ptrdiff_t(at),
                            m_queries[set].begin() + std::ptrdiff_t(at + n));
    const auto query = [&](std::int64_t key) {
        const std::int64_t apart = m_stretch > 0 ? position / m_stretch - key / m_stretch : 0;
        return queries[std::min<std::int64_t>(apart, 2)].data();
    };
    return referenceAttention(query, m_reference[kvHead], position, {m_shape.scale, m_shape.softcap},
                              m_heads[kvHead].keeps);
}

std::string AttentionCase::what() const
{
    std::string text = std::to_string(m_tokens) + " tokens, " + std::to_string(m_shape.heads) + "/" +
                       std::to_string(m_shape.kvHeads) + " heads of " + std::to_string(m_shape.headDim) +
                       ", " + kvTypesName(m_types);
    if (m_stretch > 0)
        text += ", positions start again every " + std::to_string(m_stretch);
    for (const MaskCase& head : m_heads)
        text += "; " + head.what;
    return text;
}

std::vector<int> randomChunks(std::mt19937& random, int tokens, int most)
{
    std::vector<int> chunks;
    while (tokens > 0) {
        const bool single = drawn(random, 0, 2) == 0;
        const auto count = single ? 1 : static_cast<int>(drawn(random, 1, std::min(tokens, most)));
        chunks.push_back(count);
        tokens -= count;
    }
    return chunks;
}

} // namespace lectern::test
