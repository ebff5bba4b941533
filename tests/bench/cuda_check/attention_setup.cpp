#include "tests/bench/cuda_check/attention_setup.h"

#include "engine/kernels/cuda/head_pattern.h"

#include <algorithm>
#include <numeric>

namespace lectern::check {

AttentionSetup::AttentionSetup(const Gpu& gpu, const AttentionShapeCase& shape, bool numbers)
    : m_gpu(gpu), m_shape(shape), m_pages((shape.position + shape.tokens + 63) / 64)
{
    const LecternCudaApi& api = gpu.api();
    const std::uint64_t pages = std::uint64_t(m_pages) * std::uint64_t(shape.kvHeads);
    m_pool = gpu.bytes(pages * api.pageBytes(shape.headDim));
    m_queries = gpu.bytes(api.queryBytes(shape.heads, shape.kvHeads, shape.headDim,
                                         numbers ? std::max(shape.position, shape.tokens) : shape.tokens));
    m_out = gpu.bytes(std::uint64_t(shape.tokens) * std::uint64_t(shape.heads * shape.headDim) * 2);
    m_workspace = gpu.bytes(api.attentionWorkspace(gpu.context(), shape.heads, shape.kvHeads, shape.headDim));
    std::vector<LecternCudaHead> heads;
    for (int i = 0; i < shape.kvHeads; ++i)
        heads.push_back(deviceHead(shape.pattern(i)));
    m_heads = gpu.upload(heads);
    makeTable();
    if (numbers) {
        writeNumbers();
    } else {
        m_position = gpu.upload(std::vector<std::int32_t>{shape.position});
        fillWithNoise(m_pool);
        fillWithNoise(m_queries);
    }
}

void AttentionSetup::makeTable()
{
    std::vector<std::int32_t> table(std::size_t(m_pages) * std::size_t(m_shape.kvHeads));
    std::iota(table.begin(), table.end(), 0);
    std::mt19937 random(m_shape.seed + 7);
    std::shuffle(table.begin(), table.end(), random);
    m_table = m_gpu.upload(table);
}

void AttentionSetup::writeNumbers()
{
    std::mt19937 random(m_shape.seed);
    const std::size_t tokens = std::size_t(m_shape.position + m_shape.tokens);
    m_qkv = floats(halves(normals(random, tokens * rowFloats())));
    if (m_shape.position > 0)
        append(0, m_shape.position);
    append(m_shape.position, m_shape.tokens);
}

void AttentionSetup::append(int first, int count)
{
    const auto from = m_qkv.begin() + std::ptrdiff_t(std::size_t(first) * rowFloats());
    const DeviceBuffer qkv =
        m_gpu.upload(std::vector<float>(from, from + std::ptrdiff_t(std::size_t(count) * rowFloats())));
    m_position = m_gpu.upload(std::vector<std::int32_t>{first});
    LecternCudaRope rope{};
    rope.heads = m_shape.heads;
    rope.kvHeads = m_shape.kvHeads;
    rope.headDim = m_shape.headDim;
    rope.qkv = qkv.as<float>();
    rope.queries = m_queries.as<void>();
    rope.pool = m_pool.as<void>();
    rope.pageTable = m_table.as<std::int32_t>();
    rope.tableStride = m_pages;
    rope.position = m_position.as<std::int32_t>();
    rope.tokens = count;
    m_gpu.ok(m_gpu.api().ropeAppend(m_gpu.context(), &rope));
    m_gpu.ok(m_gpu.api().synchronize(m_gpu.context()));
}

void AttentionSetup::fillWithNoise(const DeviceBuffer& buffer) const
{
    std::mt19937 random(3);
    const std::uint64_t piece = std::min<std::uint64_t>(buffer.size(), 16 << 20);
    const DeviceBuffer noise = m_gpu.upload(halves(normals(random, piece / 2)));
    for (std::uint64_t at = 0; at < buffer.size(); at += piece)
        m_gpu.ok(m_gpu.api().copy(m_gpu.context(), buffer.as<std::byte>() + at, noise.as<void>(),
                                  std::min(piece, buffer.size() - at)));
    m_gpu.ok(m_gpu.api().synchronize(m_gpu.context()));
}

void AttentionSetup::run(int kernel) const
{
    LecternCudaAttention a{};
    a.heads = m_shape.heads;
    a.kvHeads = m_shape.kvHeads;
    a.headDim = m_shape.headDim;
    a.scale = 1.0f / std::sqrt(float(m_shape.headDim));
    a.softcap = m_shape.softcap;
    a.queries = m_queries.as<void>();
    a.out = m_out.as<void>();
    a.pool = m_pool.as<void>();
    a.pageTable = m_table.as<std::int32_t>();
    a.tableStride = m_pages;
    a.headPatterns = m_heads.as<LecternCudaHead>();
    a.position = m_position.as<std::int32_t>();
    a.tokens = m_shape.tokens;
    a.workspace = m_workspace.as<void>();
    a.kernel = kernel;
    m_gpu.ok(m_gpu.api().attention(m_gpu.context(), &a));
}

std::vector<float> AttentionSetup::out() const
{
    return floats(m_gpu.download<std::uint16_t>(m_out, m_out.size() / 2));
}

std::vector<double> AttentionSetup::reference(int token, int head) const
{
    const int kvHead = head / (m_shape.heads / m_shape.kvHeads), query = m_shape.position + token;
    const auto dim = std::size_t(m_shape.headDim);
    const auto at = [&](int position, int slot) {
        return m_qkv.data() + std::size_t(position) * rowFloats() + std::size_t(slot) * dim;
    };
    const float* q = at(query, head);
    std::vector<double> out(dim);
    double sum = 0;
    for (int key = 0; key <= query; ++key) {
        if (!sees(m_shape.pattern(kvHead), query, key))
            continue;
        const float* k = at(key, m_shape.heads + kvHead);
        const float* v = at(key, m_shape.heads + m_shape.kvHeads + kvHead);
        double score = 0;
        for (std::size_t i = 0; i < dim; ++i)
            score += double(q[i]) * k[i];
        score /= std::sqrt(double(m_shape.headDim));
        if (m_shape.softcap > 0)
            score = m_shape.softcap * std::tanh(score / m_shape.softcap);
        const double weight = std::exp(score); // scores of normal numbers stay small
        sum += weight;
        for (std::size_t i = 0; i < dim; ++i)
            out[i] += weight * v[i];
    }
    for (double& value : out)
        value /= sum;
    return out;
}

double AttentionSetup::visiblePairs() const
{
    double pairs = 0;
    std::vector<KeySpan> spans;
    for (int kvHead = 0; kvHead < m_shape.kvHeads; ++kvHead) {
        // In steps of 64 queries: exact but for the borders within a page.
        for (int token = 0; token < m_shape.tokens; token += 64) {
            const int count = std::min(64, m_shape.tokens - token),
                      middle = m_shape.position + token + count / 2;
            spansForQueries(m_shape.pattern(kvHead), middle, middle + 1, spans);
            double keys = 0;
            for (const KeySpan& span : spans)
                keys += double(span.end - span.begin);
            pairs += keys * count;
        }
    }
    return pairs * (m_shape.heads / m_shape.kvHeads);
}

double AttentionSetup::keyBytes() const
{
    return visiblePairs() / (m_shape.heads / m_shape.kvHeads) / m_shape.tokens * 4.0 * m_shape.headDim;
}

} // namespace lectern::check
