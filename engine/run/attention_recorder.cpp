#include "engine/run/attention_recorder.h"

#include "engine/base/half.h"

#include <algorithm>
#include <cmath>

namespace lectern {

namespace {

constexpr int kMapSide = 192;            // cells of a chosen head's map
constexpr std::int64_t kSinkTokens = 4;  // the first tokens gather attention without meaning (arXiv 2309.17453)
constexpr int kLocalPages = 16;          // 1024 tokens
constexpr int kEvidencePages = 4;        // of each head and answer token, looked at token by token

// The attention of one query inside one page, as shares of the page's mass: softmax over the page's keys.
std::vector<double> sharesInPage(const LayerAttention& attention, int head, std::int64_t position, std::int64_t page)
{
    const AttentionShape& shape = *attention.shape;
    const AttentionJob& job = *attention.job;
    const auto row = static_cast<std::ptrdiff_t>(position - job.firstPosition);
    const float* query = job.queries + (row * shape.heads + head) * shape.headDim;
    const HeadPages& pages = *job.kv[std::size_t(head / (shape.heads / shape.kvHeads))];
    const std::uint16_t* keys = job.layout->keys(pages.table()[std::size_t(page)]);
    const std::int64_t first = page * kPageTokens;
    std::vector<double> scores(kPageTokens, 0.0);
    double largest = -INFINITY;
    for (int i = 0; i < kPageTokens && first + i <= position; ++i) {
        for (int k = 0; k < shape.headDim; ++k)
            scores[std::size_t(i)] += double(query[k]) * halfToFloat(keys[k * kPageTokens + i]);
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

void AttentionRecorder::Pool::reset(std::int64_t tokens, int mostCells)
{
    const std::int64_t pages = std::max<std::int64_t>(1, pagesFor(tokens));
    const std::int64_t pagesPerCell = (pages + mostCells - 1) / mostCells;
    tokensPerCell = pagesPerCell * kPageTokens;
    side = static_cast<int>((pages + pagesPerCell - 1) / pagesPerCell);
    cells.assign(std::size_t(side) * std::size_t(side), 0.0f);
    rowCount.assign(std::size_t(side), 0);
}

void AttentionRecorder::Pool::add(const PageMass& mass)
{
    const auto row = static_cast<std::size_t>(mass.position / tokensPerCell);
    if (row >= rowCount.size())
        return; // the answer runs past the text the pool was made for
    ++rowCount[row];
    float* cell = cells.data() + row * std::size_t(side);
    const auto pagesPerCell = static_cast<std::size_t>(tokensPerCell / kPageTokens);
    for (std::size_t page = 0; page < mass.mass.size(); ++page)
        cell[page / pagesPerCell] += mass.mass[page];
}

AttentionRecorder::AttentionRecorder(int layers, int heads) : m_layers(layers), m_heads(heads) {}

void AttentionRecorder::watch(bool thumbnails, std::vector<std::pair<int, int>> heads)
{
    m_thumbnails = thumbnails;
    const auto outside = [this](const std::pair<int, int>& head) {
        return head.first < 0 || head.first >= m_layers || head.second < 0 || head.second >= m_heads;
    };
    heads.erase(std::remove_if(heads.begin(), heads.end(), outside), heads.end());
    if (heads != m_chosen) {
        m_chosen = std::move(heads);
        m_mapPools.assign(m_chosen.size(), {});
        for (Pool& pool : m_mapPools)
            pool.reset(m_tokens, kMapSide);
    }
    if (thumbnails && m_thumbnailPools.empty()) {
        m_thumbnailPools.assign(std::size_t(m_layers) * std::size_t(m_heads), {});
        m_shares.assign(m_thumbnailPools.size(), {});
        for (Pool& pool : m_thumbnailPools)
            pool.reset(m_tokens, kThumbnailSide);
    }
}

void AttentionRecorder::setDocumentRanges(std::vector<std::pair<std::int64_t, std::int64_t>> ranges)
{
    m_ranges = std::move(ranges);
}

void AttentionRecorder::beginText(std::int64_t tokens)
{
    m_tokens = tokens;
    for (Pool& pool : m_thumbnailPools)
        pool.reset(tokens, kThumbnailSide);
    for (Pool& pool : m_mapPools)
        pool.reset(tokens, kMapSide);
    std::fill(m_shares.begin(), m_shares.end(), HeadShare{});
    m_documentMass.assign(m_ranges.empty() ? 0 : std::size_t(tokens), 0.0f);
    m_tokenBlocks.assign(std::size_t(pagesFor(tokens)), 0.0f);
    m_tokenWeight = 0;
    m_sources.clear();
    m_answerTokens = 0;
}

bool AttentionRecorder::wants(int layer, int) const
{
    if (m_thumbnails || (m_finalChunk && !m_ranges.empty()))
        return true;
    return std::any_of(m_chosen.begin(), m_chosen.end(), [layer](const auto& head) { return head.first == layer; });
}

AttentionRecorder::Pool* AttentionRecorder::mapOf(int layer, int head)
{
    for (std::size_t i = 0; i < m_chosen.size(); ++i)
        if (m_chosen[i] == std::pair(layer, head))
            return &m_mapPools[i];
    return nullptr;
}

void AttentionRecorder::addShare(HeadShare& share, const PageMass& mass) const
{
    const std::int64_t current = mass.position / kPageTokens;
    for (std::size_t page = 0; page < mass.mass.size(); ++page) {
        if (current - static_cast<std::int64_t>(page) < kLocalPages)
            share.local += mass.mass[page];
        else if (page == 0)
            share.sink += mass.mass[page];
        else
            share.distant += mass.mass[page];
    }
    ++share.rows;
}

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
        if (m_thumbnails) {
            const auto at = std::size_t(attention.layer * m_heads + mass.head);
            m_thumbnailPools[at].add(mass);
            addShare(m_shares[at], mass);
        }
        if (Pool* pool = mapOf(attention.layer, mass.head))
            pool->add(mass);
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

AttentionSnapshotPtr AttentionRecorder::snapshot()
{
    auto snapshot = std::make_shared<AttentionSnapshot>();
    snapshot->step = ++m_step;
    snapshot->position = m_position;
    snapshot->layers = m_layers;
    snapshot->heads = m_heads;
    snapshot->sources = m_sources;
    for (std::size_t i = 0; m_thumbnails && i < m_thumbnailPools.size(); ++i) {
        const Pool& pool = m_thumbnailPools[i];
        AttentionThumbnail thumbnail;
        thumbnail.layer = static_cast<std::int32_t>(i) / m_heads;
        thumbnail.head = static_cast<std::int32_t>(i) % m_heads;
        thumbnail.side = pool.side;
        thumbnail.cells.resize(pool.cells.size());
        for (std::size_t cell = 0; cell < pool.cells.size(); ++cell) {
            const int rows = pool.rowCount[cell / std::size_t(pool.side)];
            const float mean = rows ? pool.cells[cell] / static_cast<float>(rows) : 0.0f;
            thumbnail.cells[cell] = static_cast<std::uint8_t>(std::lround(255.0f * std::sqrt(std::min(mean, 1.0f))));
        }
        const HeadShare& share = m_shares[i];
        const double rows = std::max(1, share.rows);
        thumbnail.sinkMass = static_cast<float>(share.sink / rows);
        thumbnail.localMass = static_cast<float>(share.local / rows);
        thumbnail.distantMass = static_cast<float>(share.distant / rows);
        snapshot->thumbnails.push_back(std::move(thumbnail));
    }
    for (std::size_t i = 0; i < m_mapPools.size(); ++i) {
        const Pool& pool = m_mapPools[i];
        AttentionMap map;
        map.layer = m_chosen[i].first;
        map.head = m_chosen[i].second;
        map.cols = pool.side;
        map.tokensPerCol = pool.tokensPerCell;
        for (int row = 0; row < pool.side; ++row) {
            const int rows = pool.rowCount[std::size_t(row)];
            if (rows == 0)
                continue;
            ++map.rows;
            map.rowPosition.push_back((row + 1) * pool.tokensPerCell - 1);
            for (int col = 0; col < pool.side; ++col)
                map.cells.push_back(pool.cells[std::size_t(row * pool.side + col)] / static_cast<float>(rows));
        }
        snapshot->maps.push_back(std::move(map));
    }
    return snapshot;
}

} // namespace lectern
