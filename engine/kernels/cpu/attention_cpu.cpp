// CPU attention: see attention.h for the contract. Prefill walks tiles of queries over pages that are
// unpacked once per tile; decode reads pages where they stand and splits them over the threads.
#include "engine/kernels/attention.h"
#include "engine/kv/quantised_page.h"

#include <algorithm>
#include <cmath>

namespace lectern {
namespace {

constexpr int kPrefillRows = 128; // query rows of a tile: enough to repay the page's conversion, small enough for L2
constexpr int kDecodePages = 16;  // the least work worth handing to a thread: 1024 keys

// Queries of one tile: a divisor of the page, so that a tile lies in one page of queries.
int tileQueries(int group)
{
    int queries = kPageTokens;
    while (queries > 1 && queries * group > kPrefillRows)
        queries /= 2;
    return queries;
}

int querySets(const AttentionJob& job) { return job.stretch > 0 ? kQuerySets : 1; }

struct TileJob {
    int kvHead = 0;
    int firstToken = 0; // of the chunk
    int tokens = 0;
    int sample = -1; // index among the chunk's traced queries; its last query is traced
};

// Some pages of one KV head, for one query.
struct Piece {
    int kvHead;
    std::vector<KeyBounds> pages;
    SoftmaxTile tile;
    PageTrace trace;
};

class Attend {
public:
    Attend(const AttentionShape& shape, const AttentionJob& job, AttentionWorkspace& workspace, ThreadPool& pool,
           const CancelToken& cancel)
        : m_shape(shape), m_job(job), m_workspace(workspace), m_pool(pool), m_cancel(cancel),
          m_group(shape.heads / shape.kvHeads)
    {
        workspace.threads.resize(std::max<std::size_t>(workspace.threads.size(), std::size_t(pool.threads())));
    }

    void prefill();
    void decode();

private:
    SoftmaxTile makeTile(float*& memory, int rows, int firstToken, int kvHead) const;
    float* threadFloats(int thread, std::size_t count);
    PageScratch& scratchOf(int thread) { return m_workspace.threads[std::size_t(thread)].scratch; }
    std::size_t tileFloats(int rows) const;
    void runTile(const TileJob& tileJob, int thread);
    void absorbPiece(Piece& piece, int thread);
    void store(const SoftmaxTile& tile, int firstToken, int kvHead) const;
    PageMass& massOf(int sample, int head) const
    {
        return (*m_job.pageMasses)[m_firstMass + std::size_t(sample * m_shape.heads + head)];
    }
    int addSamples(const std::vector<std::int64_t>& positions);

    const AttentionShape& m_shape;
    const AttentionJob& m_job;
    AttentionWorkspace& m_workspace;
    ThreadPool& m_pool;
    const CancelToken& m_cancel;
    int m_group;
    std::size_t m_firstMass = 0;
};

float* Attend::threadFloats(int thread, std::size_t count)
{
    auto& floats = m_workspace.threads[std::size_t(thread)].floats;
    if (floats.size() < count)
        floats.resize(count);
    return floats.data();
}

// Takes the tile's arrays from `memory`, moves it past them, and copies the scaled queries in.
SoftmaxTile Attend::makeTile(float*& memory, int rows, int firstToken, int kvHead) const
{
    SoftmaxTile tile;
    tile.rows = rows;
    tile.group = m_group;
    tile.headDim = m_shape.headDim;
    tile.outStride = kvPaddedDim(m_shape.headDim);
    tile.softcap = m_shape.softcap;
    tile.firstPosition = m_job.firstPosition + firstToken;
    const auto take = [&memory](int count) {
        float* part = memory;
        memory += count;
        return part;
    };
    const int sets = querySets(m_job);
    tile.queries = take(sets * rows * tile.headDim);
    tile.scores = take(rows * kPageTokens);
    tile.out = take(rows * tile.outStride);
    tile.maxima = take(rows);
    tile.sums = take(rows);
    std::fill(tile.out, tile.out + rows * tile.outStride, 0.0f);
    std::fill(tile.maxima, tile.maxima + rows, kMasked);
    std::fill(tile.sums, tile.sums + rows, 0.0f);
    const float scale = m_shape.scale * kLog2E;
    float* next = tile.queries;
    for (int set = 0; set < sets; ++set) {
        const float* queries = m_job.queriesOf(static_cast<QuerySet>(set));
        for (int row = 0; row < rows; ++row) {
            const float* query = queries + (std::ptrdiff_t(firstToken + row / m_group) * m_shape.heads +
                                            kvHead * m_group + row % m_group) * m_shape.headDim;
            for (int i = 0; i < tile.headDim; ++i)
                *next++ = query[i] * scale;
        }
    }
    return tile;
}

std::size_t Attend::tileFloats(int rows) const
{
    const int queries = querySets(m_job) * m_shape.headDim;
    return std::size_t(rows) * std::size_t(queries + kPageTokens + kvPaddedDim(m_shape.headDim) + 2);
}

void Attend::store(const SoftmaxTile& tile, int firstToken, int kvHead) const
{
    for (int row = 0; row < tile.rows; ++row) {
        float* out = m_job.out + (std::ptrdiff_t(firstToken + row / m_group) * m_shape.heads + kvHead * m_group +
                                  row % m_group) * m_shape.headDim;
        const float* from = tile.out + row * tile.outStride;
        for (int i = 0; i < tile.headDim; ++i)
            out[i] = from[i] / tile.sums[row];
    }
}

int Attend::addSamples(const std::vector<std::int64_t>& positions)
{
    m_firstMass = m_job.pageMasses->size();
    const auto pages = std::size_t(pagesFor(m_job.firstPosition + m_job.tokens));
    for (const std::int64_t position : positions)
        for (int head = 0; head < m_shape.heads; ++head)
            m_job.pageMasses->push_back({head, position, std::vector<float>(pages, 0.0f)});
    return static_cast<int>(positions.size());
}

void Attend::runTile(const TileJob& tileJob, int thread)
{
    const int rows = tileJob.tokens * m_group;
    float* memory = threadFloats(thread, tileFloats(rows));
    SoftmaxTile tile = makeTile(memory, rows, tileJob.firstToken, tileJob.kvHead);

    const HeadPages& head = *m_job.kv[std::size_t(tileJob.kvHead)];
    auto& spans = m_workspace.threads[std::size_t(thread)].spans;
    spansForQueries(head.pattern(), tile.firstPosition, tile.firstPosition + tileJob.tokens, spans);
    PageTrace trace;
    if (tileJob.sample >= 0) {
        trace.firstRow = rows - m_group;
        trace.rows.resize(std::size_t(m_group));
    }
    const PageReader reader(tile, querySets(m_job), head.layout(), m_job.keyAngles, scratchOf(thread));
    for (const KeyBounds& bounds : pageBounds(spans, head.pattern(), tile.firstPosition, m_job.stretch)) {
        if (m_cancel.isCancelled())
            return;
        reader.absorb(tile, head.table()[std::size_t(bounds.page)], nullptr, bounds,
                      tileJob.sample >= 0 ? &trace : nullptr);
    }
    store(tile, tileJob.firstToken, tileJob.kvHead);
    for (int g = 0; tileJob.sample >= 0 && g < m_group; ++g)
        addMasses(trace.rows[std::size_t(g)], tile.maxima[rows - m_group + g], tile.sums[rows - m_group + g],
                  massOf(tileJob.sample, tileJob.kvHead * m_group + g).mass);
}

void Attend::prefill()
{
    const int queries = tileQueries(m_group);
    std::vector<TileJob> tiles;
    std::vector<std::int64_t> samples;
    for (int token = 0; token < m_job.tokens;) {
        const std::int64_t position = m_job.firstPosition + token;
        int count = std::min<int>(queries - static_cast<int>(position % queries), m_job.tokens - token);
        if (m_job.stretch > 0)
            count = static_cast<int>(std::min<std::int64_t>(count, m_job.stretch - position % m_job.stretch));
        const std::int64_t last = position + count - 1;
        const bool traced =
            m_job.pageMasses && (last % kPageTokens == kPageTokens - 1 || token + count == m_job.tokens);
        if (traced)
            samples.push_back(last);
        for (int kvHead = 0; kvHead < m_shape.kvHeads; ++kvHead)
            tiles.push_back({kvHead, token, count, traced ? static_cast<int>(samples.size()) - 1 : -1});
        token += count;
    }
    if (m_job.pageMasses)
        addSamples(samples);
    // Late queries see the most keys: start with them, so that the threads finish together.
    const int count = static_cast<int>(tiles.size());
    m_pool.parallelFor(count, [&](int index, int thread) { runTile(tiles[std::size_t(count - 1 - index)], thread); });
}

void Attend::absorbPiece(Piece& piece, int thread)
{
    const HeadPages& head = *m_job.kv[std::size_t(piece.kvHead)];
    const PageReader reader(piece.tile, querySets(m_job), head.layout(), m_job.keyAngles, scratchOf(thread));
    const auto pageAt = [&](std::size_t i) { return head.table()[std::size_t(piece.pages[i].page)]; };
    for (std::size_t i = 0; i < piece.pages.size(); ++i)
        reader.absorb(piece.tile, pageAt(i), i + 1 < piece.pages.size() ? pageAt(i + 1) : nullptr,
                      piece.pages[i], m_job.pageMasses ? &piece.trace : nullptr);
}

void Attend::decode()
{
    std::vector<KeySpan> spans;
    std::vector<Piece> pieces;
    for (int kvHead = 0; kvHead < m_shape.kvHeads; ++kvHead) {
        const HeadPattern& pattern = m_job.kv[std::size_t(kvHead)]->pattern();
        spansForQueries(pattern, m_job.firstPosition, m_job.firstPosition + 1, spans);
        const std::vector<KeyBounds> pages = pageBounds(spans, pattern, m_job.firstPosition, m_job.stretch);
        for (std::size_t at = 0; at < pages.size(); at += kDecodePages) {
            const auto end = pages.begin() + std::ptrdiff_t(std::min(pages.size(), at + kDecodePages));
            pieces.push_back({kvHead, {pages.begin() + std::ptrdiff_t(at), end}, {}, {}});
        }
    }
    const std::size_t floats = tileFloats(m_group);
    m_workspace.partials.resize(std::max(m_workspace.partials.size(), floats * pieces.size()));
    m_pool.parallelFor(static_cast<int>(pieces.size()), [&](int index, int thread) {
        Piece& piece = pieces[std::size_t(index)];
        float* memory = m_workspace.partials.data() + floats * std::size_t(index);
        piece.tile = makeTile(memory, m_group, 0, piece.kvHead);
        piece.trace.rows.resize(m_job.pageMasses ? std::size_t(m_group) : 0);
        absorbPiece(piece, thread);
    });
    if (m_job.pageMasses)
        addSamples({m_job.firstPosition});
    for (std::size_t first = 0; first < pieces.size();) {
        SoftmaxTile& into = pieces[first].tile;
        const int kvHead = pieces[first].kvHead;
        std::size_t end = first + 1;
        for (; end < pieces.size() && pieces[end].kvHead == kvHead; ++end)
            mergeTiles(into, pieces[end].tile);
        for (std::size_t i = first; m_job.pageMasses && i < end; ++i)
            for (int g = 0; g < m_group; ++g)
                addMasses(pieces[i].trace.rows[std::size_t(g)], into.maxima[g], into.sums[g],
                          massOf(0, kvHead * m_group + g).mass);
        store(into, 0, kvHead);
        first = end;
    }
}

} // namespace

QuerySet AttentionJob::querySet(std::int64_t query, std::int64_t key) const
{
    if (stretch == 0)
        return kOwnStretch;
    return static_cast<QuerySet>(std::min<std::int64_t>(query / stretch - key / stretch, kOlderStretches));
}

const float* AttentionJob::queriesOf(QuerySet set) const
{
    switch (set) {
    case kStretchBefore: return queriesForStretchBefore;
    case kOlderStretches: return queriesForOlderStretches;
    default: return queries;
    }
}

void attend(const AttentionShape& shape, const AttentionJob& job, AttentionWorkspace& workspace, ThreadPool& pool,
            const CancelToken& cancel)
{
    Attend run(shape, job, workspace, pool, cancel);
    // Values are read in whole vectors: an odd head size takes the way that pads them.
    if (job.tokens == 1 && shape.headDim == kvPaddedDim(shape.headDim))
        run.decode();
    else
        run.prefill();
}

} // namespace lectern
