// linear() against float64 sums over the unpacked weights: every type, few and many tokens, odd sizes, every
// instruction set of the machine.
#include "engine/kernels/cpu/highway_targets.h"
#include "engine/kernels/cpu/row_dot.h"
#include "engine/kernels/cpu/vnni.h"
#include "engine/kernels/linear.h"
#include "engine/kernels/weight_panels.h"
#include "engine/quant/quant_types.h"
#include "tests/support/reference_attention.h"
#include "tests/support/simd_targets.h"

#include <QtTest>

#include <cmath>
#include <numeric>

using namespace lectern;
using namespace lectern::test;

namespace {

constexpr double kBound = 1e-5; // of a token's row, norm against norm: float sums of up to 1280 products

struct Product {
    std::vector<std::byte> packed;
    std::vector<float> bias;
    LinearWeights weights;
    std::vector<double> unpacked; // [rows][cols]
    std::unique_ptr<WeightPanels> panels;

    // As a model's weights are before they are computed with. False where there are no panels.
    bool regroup(ThreadPool& pool)
    {
        panels = WeightPanels::of(weights);
        weights.panels = panels.get();
        return panels && panels->prepare(pool) && !panels->prepare(pool);
    }
};

Product randomProduct(const QuantType& type, int rows, int cols, bool biased, std::mt19937& random)
{
    Product product;
    const TensorTypeInfo& info = *tensorTypeInfo(type.type);
    LinearWeights& weights = product.weights;
    weights.type = type.type;
    weights.rows = rows;
    weights.cols = cols;
    weights.rowBytes = tensorBytes(info, std::uint64_t(cols));
    product.packed.resize(weights.rowBytes * std::size_t(rows));
    std::normal_distribution<float> normal(0.0f, 0.05f);
    std::vector<float> row(static_cast<std::size_t>(cols));
    for (int i = 0; i < rows; ++i) {
        for (float& value : row)
            value = normal(random);
        std::byte* to = product.packed.data() + std::size_t(i) * weights.rowBytes;
        type.packRow(row.data(), to, row.size());
        type.unpackRow(to, row.data(), row.size());
        product.unpacked.insert(product.unpacked.end(), row.begin(), row.end());
        product.bias.push_back(normal(random));
    }
    weights.data = product.packed.data();
    weights.bias = biased ? product.bias.data() : nullptr;
    return product;
}

std::vector<float> randomInput(int tokens, int cols, std::mt19937& random)
{
    std::normal_distribution<float> normal;
    std::vector<float> x(std::size_t(tokens) * std::size_t(cols));
    for (float& value : x)
        value = normal(random);
    return x;
}

double norm(const std::vector<double>& values)
{
    return std::sqrt(std::inner_product(values.begin(), values.end(), values.begin(), 0.0));
}

std::vector<double> expected(const Product& product, const float* x)
{
    std::vector<double> out;
    const double* weight = product.unpacked.data();
    for (int row = 0; row < product.weights.rows; ++row) {
        double sum = product.weights.bias ? product.weights.bias[row] : 0.0;
        for (int i = 0; i < product.weights.cols; ++i)
            sum += *weight++ * x[i];
        out.push_back(sum);
    }
    return out;
}

// The worst token's error: norm against norm of its row, or of what such sums come to (a single sum may
// cancel to nearly nothing). NaN where something was not written.
double worstError(const Product& product, const std::vector<float>& x, const std::vector<float>& out,
                  int tokens)
{
    const auto rows = std::size_t(product.weights.rows), cols = std::size_t(product.weights.cols);
    double worst = 0;
    for (std::size_t token = 0; token < std::size_t(tokens); ++token) {
        const float* input = x.data() + token * cols;
        const std::vector<double> wanted = expected(product, input);
        const double usual =
            norm(product.unpacked) * norm(std::vector<double>(input, input + cols)) / std::sqrt(double(cols));
        const double error = normError(out.data() + token * rows, wanted) * norm(wanted);
        const double relative = error / std::max(norm(wanted), usual);
        worst = relative <= worst ? worst : relative;
    }
    return worst;
}

} // namespace

class TestLinear : public QObject {
    Q_OBJECT

private slots:
    void plainerTargetsAreForced_data() { addSimdTargets(); }
    void plainerTargetsAreForced();
    void equalsTheSums_data();
    void equalsTheSums();
    void groupsOfProducts_data();
    void groupsOfProducts();
    void oddSizes();
    void panelsOfOddSizes();
    void oneAnswerForAnyThreads();
    void cleanup() { useAllSimdTargets(); }
};

// What is written for one instruction set alone is left out with it, so that the tests reach the other ways.
void TestLinear::plainerTargetsAreForced()
{
    QFETCH(qint64, target);
    useAllSimdTargets();
    const bool has = hasVnni();
    useSimdTarget(target);
    QCOMPARE(hasVnni(), has && target <= HWY_AVX3);
}

void TestLinear::equalsTheSums_data()
{
    addSimdTargets();
}

void TestLinear::equalsTheSums()
{
    QFETCH(qint64, target);
    useSimdTarget(target);
    ThreadPool pool(2);
    LinearWorkspace workspace;
    std::mt19937 random(1);
    int types = 0;
    for (const QuantType& type : quantTypes()) {
        if (!type.packRow)
            continue;
        ++types;
        const Product product = randomProduct(type, 67, 768, types % 2 == 0, random);
        for (const int tokens : {1, 3, 5, 17, 130}) {
            const std::vector<float> x = randomInput(tokens, 768, random);
            std::vector<float> out(std::size_t(tokens) * 67, NAN);
            const LinearOp op[] = {{&product.weights, out.data()}};
            linear(op, x.data(), tokens, workspace, pool);
            const double error = worstError(product, x, out, tokens);
            QVERIFY2(error <= kBound, qPrintable(QString("%1, %2 tokens: error %3")
                                                     .arg(tensorTypeInfo(type.type)->name.data())
                                                     .arg(tokens)
                                                     .arg(error)));
        }
    }
    QVERIFY(types >= 14);
}

void TestLinear::groupsOfProducts_data()
{
    QTest::addColumn<bool>("regrouped");
    QTest::addRow("from the rows") << false;
    QTest::addRow("from panels") << true;
}

// Products of different types and sizes that share an input, as query, key and value do.
void TestLinear::groupsOfProducts()
{
    ThreadPool pool(2);
    LinearWorkspace workspace;
    std::mt19937 random(2);
    QFETCH(bool, regrouped);
    Product products[] = {randomProduct(*quantType(TensorType::Q4_K), 129, 1280, false, random),
                                randomProduct(*quantType(TensorType::Q8_0), 1, 1280, true, random),
                                randomProduct(*quantType(TensorType::F32), 64, 1280, true, random)};
    if (regrouped)
        for (Product& product : products)
            product.regroup(pool);
    for (const int tokens : {1, 2, 4, 5, 6, 33, 64, 65}) {
        const std::vector<float> x = randomInput(tokens, 1280, random);
        std::vector<std::vector<float>> outs;
        std::vector<LinearOp> ops;
        for (const Product& product : products)
            outs.emplace_back(std::size_t(tokens * product.weights.rows), NAN);
        for (std::size_t i = 0; i < 3; ++i)
            ops.push_back({&products[i].weights, outs[i].data()});
        linear(ops, x.data(), tokens, workspace, pool);
        for (std::size_t i = 0; i < 3; ++i)
            QVERIFY(worstError(products[i], x, outs[i], tokens) <= kBound);
    }
}

void TestLinear::oddSizes()
{
    ThreadPool pool(2);
    LinearWorkspace workspace;
    std::mt19937 random(3);
    for (int i = 0; i < 60; ++i) {
        const bool plain = i % 2;
        const auto rows = static_cast<int>(drawn(random, 1, 200));
        const auto cols = static_cast<int>(plain ? drawn(random, 1, 700) : 32 * drawn(random, 1, 40));
        const auto tokens = static_cast<int>(drawn(random, 1, 40));
        const TensorType type = plain ? TensorType::F32 : TensorType::Q5_0;
        const Product product = randomProduct(*quantType(type), rows, cols, i % 3 == 0, random);
        const std::vector<float> x = randomInput(tokens, cols, random);
        std::vector<float> out(std::size_t(tokens * rows) + 1, NAN);
        out.back() = 42.0f; // nothing may be written past the end
        const LinearOp op[] = {{&product.weights, out.data()}};
        linear(op, x.data(), tokens, workspace, pool);
        QVERIFY2(worstError(product, x, out, tokens) <= kBound,
                 qPrintable(QString("%1 x %2, %3 tokens").arg(rows).arg(cols).arg(tokens)));
        QCOMPARE(out.back(), 42.0f);
    }
}

// Rows in panels and rows left over, whatever the instruction set: what was regrouped for one must not be read by another.
void TestLinear::panelsOfOddSizes()
{
    ThreadPool pool(2);
    LinearWorkspace workspace;
    std::mt19937 random(5);
    QCOMPARE(randomProduct(*quantType(TensorType::Q6_K), 64, 256, false, random).regroup(pool), false);
    for (int i = 0; i < 80; ++i) {
        useAllSimdTargets();
        const auto rows = static_cast<int>(drawn(random, 1, 200));
        const TensorType type = i % 2 ? TensorType::Q4_K : TensorType::Q8_0;
        const auto block = static_cast<int>(tensorTypeInfo(type)->blockElements);
        const auto cols = static_cast<int>(block * drawn(random, 1, 1280 / block));
        const auto tokens = static_cast<int>(drawn(random, 1, 40));
        Product product = randomProduct(*quantType(type), rows, cols, i % 3 == 0, random);
        QCOMPARE(product.regroup(pool), hasVnni() && rows >= 16);
        if (product.panels)
            QCOMPARE(product.panels->rows(), rows / 16 * 16);
        if (i % 5 == 0)
            useSimdTarget(HWY_AVX2);
        const std::vector<float> x = randomInput(tokens, cols, random);
        std::vector<float> out(std::size_t(tokens * rows) + 1, NAN);
        out.back() = 42.0f;
        const LinearOp op[] = {{&product.weights, out.data()}};
        linear(op, x.data(), tokens, workspace, pool);
        QVERIFY2(worstError(product, x, out, tokens) <= kBound,
                 qPrintable(QString("%1 x %2, %3 tokens").arg(rows).arg(cols).arg(tokens)));
        QCOMPARE(out.back(), 42.0f);
    }
}

// Greedy answers must not depend on how many cores there are.
void TestLinear::oneAnswerForAnyThreads()
{
    std::mt19937 random(4);
    for (const TensorType type : {TensorType::Q6_K, TensorType::Q4_K, TensorType::Q8_0}) {
        Product product = randomProduct(*quantType(type), 333, 512, false, random);
        for (const int tokens : {1, 4, 50}) {
            const std::vector<float> x = randomInput(tokens, 512, random);
            std::vector<std::vector<float>> answers;
            for (const int threads : {1, 2, 3, 7}) {
                ThreadPool pool(threads);
                product.regroup(pool);
                LinearWorkspace workspace;
                answers.emplace_back(std::size_t(tokens) * 333);
                const LinearOp op[] = {{&product.weights, answers.back().data()}};
                linear(op, x.data(), tokens, workspace, pool);
            }
            for (const std::vector<float>& answer : answers)
                QVERIFY(answer == answers.front());
        }
    }
}

QTEST_GUILESS_MAIN(TestLinear)
#include "tst_linear.moc"
