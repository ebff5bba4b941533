// ropeAppend: norms of heads, both layouts of rotation, and the places in pages, read back through the words
// of cuda_api.h rather than the module's own code.
#include "tests/bench/cuda_check/gpu.h"

namespace lectern::check {

std::vector<Case> ropeCases();

namespace {

struct RopeCase {
    int heads, kvHeads, headDim, dimensions;
    bool neox, norms, wideNorms;
    int position, tokens;
};

// Byte of (token, column) in the keys or values of a page, as cuda_api.h describes it.
std::size_t placeInPage(int headDim, int token, int column)
{
    const int padded = headDim <= 64 ? 64 : headDim <= 96 ? 96 : headDim <= 128 ? 128 : 256;
    const int span = padded % 64 == 0 ? 64 : 32, pieces = span / 8;
    const int slab = column / span, piece = column % span / 8;
    const int turned = span == 64 ? piece ^ (token % 8) : piece ^ (token / 2 % 4);
    return std::size_t(((slab * 64 + token) * pieces + turned) * 16 + column % 8 * 2);
}

class RopeRun {
public:
    RopeRun(const Gpu& gpu, const RopeCase& c) : m_gpu(gpu), m_case(c)
    {
        std::mt19937 random(c.headDim);
        const int slots = c.heads + 2 * c.kvHeads;
        m_qkv = normals(random, std::size_t(c.tokens * slots * c.headDim), 2);
        m_queryNorm = normals(random, std::size_t(c.wideNorms ? c.heads * c.headDim : c.headDim));
        m_keyNorm = normals(random, std::size_t(c.wideNorms ? c.kvHeads * c.headDim : c.headDim));
        for (int t = 0; t < c.tokens; ++t)
            for (int i = 0; i < c.dimensions / 2; ++i) {
                const double angle = (c.position + t) * std::pow(10000.0, -2.0 * i / c.dimensions);
                m_cosSin.push_back(float(std::cos(angle)));
                m_cosSin.push_back(float(std::sin(angle)));
            }
    }

    void run();

private:
    // Head `slot` of a token after norm and rotation.
    std::vector<double> wanted(int token, int slot) const;

    const Gpu& m_gpu;
    const RopeCase& m_case;
    std::vector<float> m_qkv, m_queryNorm, m_keyNorm, m_cosSin;
};

std::vector<double> RopeRun::wanted(int token, int slot) const
{
    const RopeCase& c = m_case;
    const int slots = c.heads + 2 * c.kvHeads;
    const float* row = m_qkv.data() + std::size_t(token * slots) * std::size_t(c.headDim);
    const float* head = row + slot * c.headDim;
    std::vector<double> x(head, head + c.headDim);
    if (slot >= c.heads + c.kvHeads)
        return x;
    const bool query = slot < c.heads;
    const auto& weights = query ? m_queryNorm : m_keyNorm;
    if (c.norms) {
        const int first = query ? 0 : c.heads;
        const float* from = c.wideNorms ? row + first * c.headDim : head;
        double squares = 0;
        for (std::size_t i = 0; i < weights.size(); ++i)
            squares += double(from[i]) * from[i];
        const double factor = 1 / std::sqrt(squares / double(weights.size()) + 1e-6);
        for (int i = 0; i < c.headDim; ++i)
            x[std::size_t(i)] *=
                factor * weights[std::size_t(c.wideNorms ? (slot - first) * c.headDim + i : i)];
    }
    const int pairs = c.dimensions / 2;
    for (int i = 0; i < pairs; ++i) {
        double& a = x[std::size_t(c.neox ? i : 2 * i)];
        double& b = x[std::size_t(c.neox ? i + pairs : 2 * i + 1)];
        const float* angle = m_cosSin.data() + (token * pairs + i) * 2;
        const double turned = a * angle[0] - b * angle[1];
        b = a * angle[1] + b * angle[0];
        a = turned;
    }
    return x;
}

void RopeRun::run()
{
    const RopeCase& c = m_case;
    const LecternCudaApi& api = m_gpu.api();
    const int pages = (c.position + c.tokens + 63) / 64, group = c.heads / c.kvHeads;
    std::vector<std::int32_t> table;
    for (int i = 0; i < pages * c.kvHeads; ++i)
        table.push_back(pages * c.kvHeads - 1 - i);
    const auto pool = m_gpu.bytes(std::uint64_t(pages * c.kvHeads) * api.pageBytes(c.headDim));
    const auto queries = m_gpu.bytes(api.queryBytes(c.heads, c.kvHeads, c.headDim, c.tokens));
    const auto qkv = m_gpu.upload(m_qkv), queryNorm = m_gpu.upload(m_queryNorm),
               keyNorm = m_gpu.upload(m_keyNorm), cosSin = m_gpu.upload(m_cosSin),
               deviceTable = m_gpu.upload(table),
               position = m_gpu.upload(std::vector<std::int32_t>{c.position});
    LecternCudaRope rope{};
    rope.heads = c.heads;
    rope.kvHeads = c.kvHeads;
    rope.headDim = c.headDim;
    rope.dimensions = c.dimensions;
    rope.neox = c.neox;
    rope.qkv = qkv.as<float>();
    rope.queryNorm = c.norms ? queryNorm.as<float>() : nullptr;
    rope.keyNorm = c.norms ? keyNorm.as<float>() : nullptr;
    rope.queryNormWidth = int(m_queryNorm.size());
    rope.keyNormWidth = int(m_keyNorm.size());
    rope.epsilon = 1e-6f;
    rope.cosSin = cosSin.as<float>();
    rope.queries = queries.as<void>();
    rope.pool = pool.as<void>();
    rope.pageTable = deviceTable.as<std::int32_t>();
    rope.tableStride = pages;
    rope.position = position.as<std::int32_t>();
    rope.tokens = c.tokens;
    m_gpu.ok(api.ropeAppend(m_gpu.context(), &rope));
    const auto poolBytes = m_gpu.download<std::uint8_t>(pool, pool.size());
    const auto queryBytes = m_gpu.download<std::uint8_t>(queries, queries.size());
    const std::size_t halfPage = api.pageBytes(c.headDim) / 2;
    const std::size_t queryPages = std::size_t((c.tokens * group + 127) / 128 * 2);
    std::vector<float> got;
    std::vector<double> want;
    for (int t = 0; t < c.tokens; ++t) {
        for (int slot = 0; slot < c.heads + 2 * c.kvHeads; ++slot) {
            const bool query = slot < c.heads, key = !query && slot < c.heads + c.kvHeads;
            const int kvHead = query ? slot / group : key ? slot - c.heads : slot - c.heads - c.kvHeads;
            const int packed = t * group + slot % group, at = c.position + t;
            const std::size_t base =
                query ? (std::size_t(kvHead) * queryPages + std::size_t(packed / 64)) * halfPage
                      : std::size_t(table[std::size_t(kvHead * pages + at / 64)]) * 2 * halfPage +
                            (key ? 0 : halfPage);
            const auto& bytes = query ? queryBytes : poolBytes;
            const std::vector<double> head = wanted(t, slot);
            for (int i = 0; i < c.headDim; ++i) {
                const std::size_t byte = base + placeInPage(c.headDim, query ? packed % 64 : at % 64, i);
                got.push_back(halfToFloat(std::uint16_t(bytes[byte] | bytes[byte + 1] << 8)));
                want.push_back(head[std::size_t(i)]);
            }
        }
    }
    char what[160];
    std::snprintf(what, sizeof what, "rope and append %d/%d heads of %d, %d turned %s%s", c.heads, c.kvHeads,
                  c.headDim, c.dimensions, c.neox ? "neox" : "norm",
                  c.wideNorms ? ", wide norms"
                  : c.norms   ? ", norms"
                              : "");
    verdict(what, relativeError(got, want), 4e-4);
}

void checkRope(const Gpu& gpu)
{
    const RopeCase cases[] = {
        {4, 2, 128, 128, true, false, false, 0, 100},   {4, 2, 128, 128, false, true, false, 77, 60},
        {6, 2, 64, 32, true, true, true, 500, 3},       {8, 1, 96, 96, true, false, false, 63, 2},
        {3, 3, 80, 20, false, false, false, 1000, 130}, {2, 1, 256, 256, true, true, false, 5, 1},
        {14, 2, 64, 0, true, false, false, 64, 70},
    };
    for (const RopeCase& c : cases)
        RopeRun(gpu, c).run();
}

} // namespace

std::vector<Case> ropeCases()
{
    return {{"rope_append", checkRope}};
}

} // namespace lectern::check
