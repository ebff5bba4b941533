#include "engine/run/attention_recorder.h"

#include <algorithm>
#include <cmath>

namespace lectern {

namespace {

constexpr int kLargestSide = 192;        // cells of a map's side
constexpr std::size_t kMapBudget = std::size_t{64} << 20; // bytes for the maps of all heads
constexpr std::int64_t kSinkTokens = 4;  // the first tokens gather attention without meaning (arXiv 2309.17453)
constexpr int kLocalPages = 16;          // 1024 tokens
constexpr int kEvidencePages = 4;        // of each head and answer token, looked at token by token

// The attention of one query inside one page, as shares of the page's mass: softmax over the page's keys.
std::vector<double> sharesInPage(const LayerAttention& attention, int head, std::int64_t position, std::int64_t page)
{
    const AttentionShape& shape = *attention.shape;
    const AttentionJob& job = *attention.job;
    const auto row = static_cast<std::ptrdiff_t>(position - job.firstPosition);
    const auto queryFor = [&](std::int64_t key) {
        return job.queriesOf(job.querySet(position, key)) + (row * shape.heads + head) * shape.headDim;
    };
    const HeadPages& pages = *job.kv[std::size_t(head / (shape.heads / shape.kvHeads))];
    std::vector<float> key(std::size_t(shape.headDim));
    const std::int64_t first = page * kPageTokens;
    std::vector<double> scores(kPageTokens, 0.0);
    double largest = -INFINITY;
    for (int i = 0; i < kPageTokens && first + i <= position; ++i) {
        const float* query = queryFor(first + i);
        pages.layout().loadKey(pages.table()[std::size_t(page)], i, key.data());
        if (job.keyAngles)
            job.keyAngles->turn(first + i, key.data());
        for (int k = 0; k < shape.headDim; ++k)
            scores[std::size_t(i)] += double(query[k]) * key[std::size_t(k)];
        scores[std::size_t(i)] *= shape.scale;
        largest = std::max(largest, scores[std::size_t(i)]);
    }
    double sum = 0;
    for (int i = 0; i < kPageTokens; ++i) {
        scores[std::size_t(i)] = first + i <= position ? std::exp(scores[std::size_t(i)] - largest) : 0.0;
        sum += scores[std::size_t(i)];
    }
    for (double& score : scores)
        score /= sum;
    return scores;
}

} // namespace

AttentionRecorder::AttentionRecorder(int layers, int heads) : m_layers(layers), m_heads(heads) {}

void AttentionRecorder::watch(bool enabled)
{
    m_watching = enabled;
    if (enabled && m_maps.empty()) {
        m_maps.resize(std::size_t(m_layers) * std::size_t(m_heads));
        clearMaps();
    }
}

void AttentionRecorder::clearMaps()
{
    if (m_maps.empty())
        return;
    const auto affordable = static_cast<int>(std::sqrt(double(kMapBudget) / sizeof(float) / double(m_maps.size())));
    const int most = std::clamp(affordable, kThumbnailSide, kLargestSide);
    const std::int64_t pages = std::max<std::int64_t>(1, pagesFor(m_tokens));
    const std::int64_t pagesPerCell = (pages + most - 1) / most;
    m_tokensPerCell = pagesPerCell * kPageTokens;
    m_side = static_cast<int>((pages + pagesPerCell - 1) / pagesPerCell);
    for (HeadMap& map : m_maps) {
        map = HeadMap{};
        map.cells.assign(std::size_t(m_side) * std::size_t(m_side), 0.0f);
        map.rowCount.assign(std::size_t(m_side), 0);
    }
}

void AttentionRecorder::addToMap(HeadMap& map, const PageMass& mass) const
{
    const auto row = static_cast<std::size_t>(mass.position / m_tokensPerCell);
    const auto pagesPerCell = static_cast<std::size_t>(m_tokensPerCell / kPageTokens);
    const std::int64_t current = mass.position / kPageTokens;
    // An answer that runs past the text has no row any more, but still counts for the shares.
    float* cells = row < map.rowCount.size() ? map.cells.data() + row * std::size_t(m_side) : nullptr;
    if (cells)
        ++map.rowCount[row];
    ++map.rows;
    for (std::size_t page = 0; page < mass.mass.size(); ++page) {
        const float value = mass.mass[page];
        if (cells)
            cells[page / pagesPerCell] += value;
        if (current - static_cast<std::int64_t>(page) < kLocalPages)
            map.local += value;
        else
            (page == 0 ? map.sink : map.distant) += value;
    }
}

void AttentionRecorder::setDocumentRanges(std::vector<std::pair<std::int64_t, std::int64_t>> ranges)
{
    m_ranges = std::move(ranges);
}

void AttentionRecorder::beginText(std::int64_t tokens)
{
    m_tokens = tokens;
    clearMaps();
    m_documentMass.assign(m_ranges.empty() ? 0 : std::size_t(tokens), 0.0f);
    m_tokenBlocks.assign(std::size_t(pagesFor(tokens)), 0.0f);
    m_tokenWeight = 0;
    m_sources.clear();
    m_answerTokens = 0;
}

bool AttentionRecorder::wants(int, int) const { return m_watching || (m_finalChunk && !m_ranges.empty()); }

bool AttentionRecorder::inDocuments(std::int64_t position) const
{
    return position >= kSinkTokens && std::any_of(m_ranges.begin(), m_ranges.end(), [position](const auto& range) {
               return position >= range.first && position < range.second;
           });
}

// A head's word counts by how sharply it looks: its strongest document token. Heads that spread their attention thinly
// say little about where the answer comes from.
void AttentionRecorder::addEvidence(const LayerAttention& attention, const PageMass& mass)
{
    std::vector<std::size_t> pages;
    for (std::size_t page = 0; page < mass.mass.size() && page * kPageTokens < m_documentMass.size(); ++page)
        if (mass.mass[page] > 0)
            pages.push_back(page);
    const std::size_t count = std::min<std::size_t>(kEvidencePages, pages.size());
    std::partial_sort(pages.begin(), pages.begin() + std::ptrdiff_t(count), pages.end(),
                      [&](std::size_t a, std::size_t b) { return mass.mass[a] > mass.mass[b]; });
    pages.resize(count);
    std::vector<std::pair<std::int64_t, double>> tokens;
    double peak = 0;
    for (const std::size_t page : pages) {
        const auto shares = sharesInPage(attention, mass.head, mass.position, std::int64_t(page));
        for (int i = 0; i < kPageTokens; ++i) {
            const std::int64_t position = std::int64_t(page) * kPageTokens + i;
            if (position >= std::int64_t(m_documentMass.size()) || !inDocuments(position))
                continue;
            tokens.emplace_back(position, shares[std::size_t(i)] * mass.mass[page]);
            peak = std::max(peak, tokens.back().second);
        }
    }
    for (const auto& [position, share] : tokens) {
        m_documentMass[std::size_t(position)] += static_cast<float>(peak * share);
        m_tokenBlocks[std::size_t(position / kPageTokens)] += static_cast<float>(peak * share);
    }
    m_tokenWeight += peak;
}

void AttentionRecorder::onLayer(const LayerAttention& attention)
{
    const std::int64_t last = attention.job->firstPosition + attention.job->tokens - 1;
    m_position = last;
    for (const PageMass& mass : *attention.masses) {
        if (m_watching)
            addToMap(m_maps[std::size_t(attention.layer * m_heads + mass.head)], mass);
        const HeadPages& pages =
            *attention.job->kv[std::size_t(mass.head / (attention.shape->heads / attention.shape->kvHeads))];
        if (m_finalChunk && !m_ranges.empty() && mass.position == last && isFull(pages.pattern()))
            addEvidence(attention, mass);
    }
    if (!m_finalChunk || attention.layer != m_layers - 1 || m_ranges.empty())
        return;
    ++m_answerTokens;
    TokenSources sources;
    sources.position = last;
    sources.blockMass = m_tokenBlocks;
    for (float& block : sources.blockMass)
        block = m_tokenWeight > 0 ? static_cast<float>(block / m_tokenWeight) : 0.0f;
    m_sources.push_back(std::move(sources));
    std::fill(m_tokenBlocks.begin(), m_tokenBlocks.end(), 0.0f);
    m_tokenWeight = 0;
}

AttentionThumbnail AttentionRecorder::thumbnail(int layer, int head) const
{
    const HeadMap& from = headMap(layer, head);
    const int pooled = (m_side + kThumbnailSide - 1) / kThumbnailSide; // map cells along a thumbnail cell
    AttentionThumbnail thumbnail;
    thumbnail.layer = layer;
    thumbnail.head = head;
    thumbnail.side = (m_side + pooled - 1) / pooled;
    for (int row = 0; row < thumbnail.side; ++row) {
        std::vector<float> sums(std::size_t(thumbnail.side), 0.0f);
        int queries = 0;
        for (int r = row * pooled; r < std::min(m_side, (row + 1) * pooled); ++r) {
            queries += from.rowCount[std::size_t(r)];
            for (int col = 0; col < m_side; ++col)
                sums[std::size_t(col / pooled)] += from.cells[std::size_t(r * m_side + col)];
        }
        for (const float sum : sums) {
            const float mean = queries ? std::min(sum / static_cast<float>(queries), 1.0f) : 0.0f;
            thumbnail.cells.push_back(static_cast<std::uint8_t>(std::lround(255.0f * std::sqrt(mean))));
        }
    }
    const double rows = std::max(1, from.rows);
    thumbnail.sinkMass = static_cast<float>(from.sink / rows);
    thumbnail.localMass = static_cast<float>(from.local / rows);
    thumbnail.distantMass = static_cast<float>(from.distant / rows);
    return thumbnail;
}

AttentionMap AttentionRecorder::map(int layer, int head) const
{
    const HeadMap& from = headMap(layer, head);
    AttentionMap map;
    map.layer = layer;
    map.head = head;
    map.cols = m_side;
    map.tokensPerCol = m_tokensPerCell;
    for (int row = 0; row < m_side; ++row) {
        const int queries = from.rowCount[std::size_t(row)];
        if (queries == 0)
            continue;
        ++map.rows;
        map.rowPosition.push_back((row + 1) * m_tokensPerCell - 1);
        for (int col = 0; col < m_side; ++col)
            map.cells.push_back(from.cells[std::size_t(row * m_side + col)] / static_cast<float>(queries));
    }
    return map;
}

AttentionSnapshotPtr AttentionRecorder::snapshot(const std::vector<std::pair<std::int32_t, std::int32_t>>& heads)
{
    auto snapshot = std::make_shared<AttentionSnapshot>();
    snapshot->step = ++m_step;
    snapshot->position = m_position;
    snapshot->layers = m_layers;
    snapshot->heads = m_heads;
    snapshot->sources = m_sources;
    if (m_maps.empty())
        return snapshot;
    for (int layer = 0; layer < m_layers; ++layer)
        for (int head = 0; head < m_heads; ++head)
            snapshot->thumbnails.push_back(thumbnail(layer, head));
    for (const auto& [layer, head] : heads)
        if (layer >= 0 && layer < m_layers && head >= 0 && head < m_heads)
            snapshot->maps.push_back(map(layer, head));
    return snapshot;
}

} // namespace lectern
