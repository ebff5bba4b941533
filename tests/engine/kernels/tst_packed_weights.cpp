// The GPU's layout of quantised matrices and the arithmetic of its products with one token, compiled for the
// CPU: what is put in its places is what the file's blocks say, and the products agree with float64.
#define __device__
#define __host__
#include "engine/kernels/cuda/module/packed.cuh"

#include "engine/quant/quant_types.h"

#include <QtTest>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

using namespace lectern;

namespace {

constexpr int kRows = 5, kCols = 768;
// Inputs have 16 bits; five sums of both signs may be small beside their terms.
constexpr double kBound = 2e-4;

std::vector<float> normals(std::mt19937& random, std::size_t count)
{
    std::normal_distribution<float> normal;
    std::vector<float> values(count);
    std::generate(values.begin(), values.end(), [&] { return normal(random); });
    return values;
}

// As split_input.cuh does it with a warp.
std::vector<cuda::Words4> splitOf(const std::vector<float>& x)
{
    std::vector<cuda::Words4> memory(cuda::SplitInput::bytes(x.size()) / sizeof(cuda::Words4));
    auto* to = reinterpret_cast<std::int8_t*>(memory.data());
    for (std::size_t block = 0; block < x.size(); block += cuda::kPackedBlock) {
        float largest = 0;
        for (std::size_t i = 0; i < cuda::kPackedBlock; ++i)
            largest = std::max(largest, std::abs(x[block + i]));
        const float scale = largest / cuda::kSplitRange;
        int sums[2] = {0, 0};
        for (std::size_t i = 0; i < cuda::kPackedBlock; ++i) {
            const int whole = largest > 0 ? int(std::lrint(x[block + i] / scale)) : 0, a = (whole + 128) >> 8;
            const std::size_t at = cuda::splitByteAt(x.size(), block + i);
            to[at] = static_cast<std::int8_t>(a);
            to[at + x.size()] = static_cast<std::int8_t>(whole - 256 * a);
            sums[i / 16] += whole;
        }
        const cuda::Floats4 last{
            {scale, scale * float(sums[0]), scale * float(sums[1]), scale * float(sums[0] + sums[1])}};
        std::memcpy(to + 2 * x.size() + block / 2, &last, sizeof last);
    }
    return memory;
}

} // namespace

class TestPackedWeights : public QObject {
    Q_OBJECT

private slots:
    void agrees_data();
    void agrees();

private:
    template <int Type> void check(float inputScale);
};

void TestPackedWeights::agrees_data()
{
    QTest::addColumn<int>("type");
    QTest::addColumn<float>("inputScale");
    const std::pair<const char*, int> types[] = {{"Q4_0", LECTERN_CUDA_Q4_0},
                                                 {"Q8_0", LECTERN_CUDA_Q8_0},
                                                 {"Q4_K", LECTERN_CUDA_Q4_K},
                                                 {"Q6_K", LECTERN_CUDA_Q6_K}};
    for (const auto& [name, type] : types)
        for (const float scale : {1.0f, 3e4f, 1e-4f, 0.0f})
            QTest::addRow("%s, inputs times %g", name, double(scale)) << type << scale;
}

template <int Type> void TestPackedWeights::check(float inputScale)
{
    using P = cuda::Packed<Type>;
    const QuantType& quant = *quantType(static_cast<TensorType>(Type));
    std::mt19937 random(Type);
    const auto drawn = normals(random, kRows * kCols);
    std::vector<std::byte> file(std::size_t(kRows * kCols / P::kFileBlock * P::kFileBytes));
    std::vector<float> values(drawn.size()), x = normals(random, kCols);
    for (int row = 0; row < kRows; ++row) {
        std::byte* to = file.data() + file.size() / kRows * std::size_t(row);
        quant.packRow(drawn.data() + row * kCols, to, kCols);
        quant.unpackRow(to, values.data() + row * kCols, kCols);
    }
    for (float& one : x)
        one *= inputScale;
    constexpr std::size_t kBlocks = kRows * kCols / cuda::kPackedBlock;
    std::vector<cuda::Words4> packed(std::size_t(kRows * kCols) / 256 * P::kBytes256 / sizeof(cuda::Words4) +
                                     1);
    for (std::size_t i = 0; i < kBlocks; i += P::kFileBlock / cuda::kPackedBlock)
        P::repack(reinterpret_cast<const std::uint8_t*>(file.data()) +
                      i * cuda::kPackedBlock / P::kFileBlock * P::kFileBytes,
                  i, kBlocks, reinterpret_cast<std::uint8_t*>(packed.data()));
    const auto* base = reinterpret_cast<const std::byte*>(packed.data());
    const auto split = splitOf(x);
    constexpr int kRowBlocks = kCols / cuda::kPackedBlock;
    double difference = 0, norm = 0;
    for (int row = 0; row < kRows; ++row) {
        double got = 0, want = 0;
        for (int block = 0; block < kRowBlocks; ++block) {
            const auto loaded = P::load(base, kBlocks, std::size_t(row * kRowBlocks + block));
            got +=
                double(P::dot(loaded, cuda::SplitInput::load(reinterpret_cast<const std::byte*>(split.data()),
                                                             kRowBlocks, block)));
            const cuda::BlockScales scales = P::scales(loaded);
            for (int e = 0; e < cuda::kPackedBlock; ++e) {
                const std::size_t at = std::size_t(block * cuda::kPackedBlock + e);
                const float value = values[std::size_t(row * kCols) + at];
                const float unpacked =
                    scales.scale[e / 16] * float(P::level(loaded, e)) - scales.offset[e / 16];
                QVERIFY2(std::abs(unpacked - value) <= 2e-6f * std::max(1.0f, std::abs(value)),
                         qPrintable(QString("%1 for %2").arg(double(unpacked)).arg(double(value))));
                want += double(value) * double(x[at]);
            }
        }
        difference += (got - want) * (got - want);
        norm += want * want;
    }
    const double error = std::sqrt(difference / std::max(norm, 1e-30));
    QVERIFY2(error <= kBound, qPrintable(QString::number(error)));
}

void TestPackedWeights::agrees()
{
    QFETCH(int, type);
    QFETCH(float, inputScale);
    switch (type) {
    case LECTERN_CUDA_Q4_0:
        return check<LECTERN_CUDA_Q4_0>(inputScale);
    case LECTERN_CUDA_Q8_0:
        return check<LECTERN_CUDA_Q8_0>(inputScale);
    case LECTERN_CUDA_Q4_K:
        return check<LECTERN_CUDA_Q4_K>(inputScale);
    default:
        return check<LECTERN_CUDA_Q6_K>(inputScale);
    }
}

QTEST_GUILESS_MAIN(TestPackedWeights)
#include "tst_packed_weights.moc"
