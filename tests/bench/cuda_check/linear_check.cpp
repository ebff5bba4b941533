#include "engine/quant/quant_types.h"
#include "tests/bench/cuda_check/gpu.h"

namespace lectern::check {

namespace {

// A random matrix of a type, on the device, and what its numbers are.
struct Matrix {
    Matrix(const Gpu& gpu, TensorType type, int rowCount, int colCount) : rows(rowCount), cols(colCount)
    {
        std::mt19937 random(unsigned(rows * 31 + cols));
        const QuantType& quant = *quantType(type);
        const std::uint64_t rowBytes = tensorBytes(*tensorTypeInfo(type), std::uint64_t(cols));
        std::vector<std::byte> packed(rowBytes * std::size_t(rows));
        values.resize(std::size_t(rows) * std::size_t(cols));
        for (int row = 0; row < rows; ++row) {
            const auto drawn = normals(random, std::size_t(cols), 1 / std::sqrt(float(cols)));
            std::byte* to = packed.data() + std::size_t(row) * rowBytes;
            quant.packRow(drawn.data(), to, drawn.size());
            quant.unpackRow(to, values.data() + std::size_t(row) * std::size_t(cols), drawn.size());
        }
        const int code = int(type);
        data = gpu.bytes(gpu.api().weightBytes(code, rows, cols));
        gpu.ok(gpu.api().prepareWeights(gpu.context(), code, rows, cols, packed.data(), data.as<void>()));
    }

    int rows, cols;
    std::vector<float> values;
    DeviceBuffer data;
};

DeviceBuffer splitInput(const Gpu& gpu, const LecternCudaLinear& op)
{
    DeviceBuffer split = gpu.bytes(gpu.api().splitBytes(op.cols));
    if (op.tokens == 1 && op.type != LECTERN_CUDA_F16)
        gpu.ok(gpu.api().split(gpu.context(), op.x, split.as<void>(), op.cols));
    return split;
}

void checkProduct(const Gpu& gpu, TensorType type, int rows, int cols, int tokens, bool bias, bool accumulate)
{
    const Matrix matrix(gpu, type, rows, cols);
    std::mt19937 random(3);
    const auto x = floats(halves(normals(random, std::size_t(tokens * cols))));
    const int stride = rows + 8;
    const auto before = normals(random, std::size_t(tokens * stride)),
               biases = normals(random, std::size_t(rows));
    std::vector<double> want(before.begin(), before.end());
    for (int t = 0; t < tokens; ++t)
        for (int row = 0; row < rows; ++row) {
            double sum = bias ? biases[std::size_t(row)] : 0;
            for (int i = 0; i < cols; ++i)
                sum += double(matrix.values[std::size_t(row) * std::size_t(cols) + std::size_t(i)]) *
                       x[std::size_t(t * cols + i)];
            double& out = want[std::size_t(t * stride + row)];
            out = accumulate ? out + sum : sum;
        }
    const auto deviceX = gpu.upload(halves(x)), out = gpu.upload(before), deviceBias = gpu.upload(biases),
               unpacked = gpu.bytes(std::uint64_t(rows) * std::uint64_t(cols) * 2);
    LecternCudaLinear op{};
    op.type = int(type);
    op.rows = rows;
    op.cols = cols;
    op.weights = matrix.data.as<void>();
    op.bias = bias ? deviceBias.as<float>() : nullptr;
    op.x = deviceX.as<void>();
    op.out = out.as<float>();
    op.outStride = stride;
    op.tokens = tokens;
    op.accumulate = accumulate;
    op.unpacked = unpacked.as<void>();
    const DeviceBuffer split = splitInput(gpu, op);
    op.xSplit = split.as<void>();
    gpu.ok(gpu.api().linear(gpu.context(), &op));
    char what[160];
    std::snprintf(what, sizeof what, "%s [%d][%d] times %d tokens%s%s",
                  std::string(tensorTypeInfo(type)->name).c_str(), rows, cols, tokens, bias ? ", bias" : "",
                  accumulate ? ", added" : "");
    // One token: f16 weights as they are, quantised ones with inputs of 16 bits. More: quantised weights are
    // rounded to f16 first.
    verdict(what, relativeError(gpu.download<float>(out, before.size()), want),
            type == TensorType::F16 ? 5e-6
            : tokens == 1           ? 1e-4
                                    : 5e-4);
}

void checkType(const Gpu& gpu, TensorType type)
{
    checkProduct(gpu, type, 300, 512, 1, false, false);
    if (tensorTypeInfo(type)->blockElements <= 32) // rows that are no multiple of 256
        checkProduct(gpu, type, 9, 96, 1, true, false);
    checkProduct(gpu, type, 77, 2816, 1, true, true);
    checkProduct(gpu, type, 300, 512, 2, true, false);
    checkProduct(gpu, type, 136, 768, 333, false, true);
}

void checkEmbed(const Gpu& gpu)
{
    for (const TensorType type :
         {TensorType::F16, TensorType::Q8_0, TensorType::Q4_0, TensorType::Q4_K, TensorType::Q6_K}) {
        const Matrix matrix(gpu, type, 50, 512);
        const std::vector<std::int32_t> tokens{7, 0, 49, 7};
        const auto deviceTokens = gpu.upload(tokens), out = gpu.bytes(tokens.size() * 512 * 4);
        gpu.ok(gpu.api().embed(gpu.context(), int(type), matrix.data.as<void>(), 50, 512,
                               deviceTokens.as<std::int32_t>(), 4, 3, out.as<float>()));
        std::vector<double> want;
        for (const int token : tokens)
            for (int i = 0; i < 512; ++i)
                want.push_back(3.0 * matrix.values[std::size_t(token * 512 + i)]);
        verdict("embed " + std::string(tensorTypeInfo(type)->name),
                relativeError(gpu.download<float>(out, want.size()), want), 1e-6);
    }
}

} // namespace

std::vector<Case> linearCases()
{
    std::vector<Case> cases{{"embed", checkEmbed}};
    for (const TensorType type :
         {TensorType::F16, TensorType::Q8_0, TensorType::Q4_0, TensorType::Q4_K, TensorType::Q6_K})
        cases.push_back({"linear_" + std::string(tensorTypeInfo(type)->name),
                         [type](const Gpu& gpu) { checkType(gpu, type); }});
    return cases;
}

namespace {

void timeCopy(const Gpu& gpu)
{
    const std::uint64_t bytes = 4ull << 30;
    std::mt19937 random(1);
    const auto from = gpu.bytes(bytes), to = gpu.bytes(bytes), noise = gpu.upload(normals(random, 1 << 22));
    for (std::uint64_t at = 0; at < bytes; at += noise.size())
        gpu.ok(gpu.api().copy(gpu.context(), from.as<std::byte>() + at, noise.as<void>(), noise.size()));
    const double ms =
        gpu.time(11, [&] { gpu.ok(gpu.api().copy(gpu.context(), to.as<void>(), from.as<void>(), bytes)); });
    std::printf("| copy | 4 GiB | %9.3f ms | %7.1f GB/s read and written |\n", ms, 2e-6 * double(bytes) / ms);
}

// Enough copies of the matrix that none is in the cache when its turn comes.
void timeProduct(const Gpu& gpu, TensorType type, int rows, int cols, int tokens)
{
    const std::uint64_t bytes = gpu.api().weightBytes(int(type), rows, cols);
    const int copies = tokens > 1 ? 1 : int(std::max<std::uint64_t>(1, (512ull << 20) / bytes));
    std::mt19937 random(1);
    std::vector<DeviceBuffer> weights;
    const auto noise = gpu.upload(halves(normals(random, 1 << 22, 0.02f)));
    for (int i = 0; i < copies; ++i) {
        weights.push_back(gpu.bytes(bytes));
        for (std::uint64_t at = 0; at < bytes; at += noise.size())
            gpu.ok(gpu.api().copy(gpu.context(), weights.back().as<std::byte>() + at, noise.as<void>(),
                                  std::min(noise.size(), bytes - at)));
    }
    const auto x = gpu.upload(halves(normals(random, std::size_t(tokens) * std::size_t(cols)))),
               out = gpu.bytes(std::uint64_t(tokens) * std::uint64_t(rows) * 4),
               unpacked = gpu.bytes(tokens > 1 ? std::uint64_t(rows) * std::uint64_t(cols) * 2 : 256);
    LecternCudaLinear op{};
    op.type = int(type);
    op.rows = op.outStride = rows;
    op.cols = cols;
    op.x = x.as<void>();
    op.out = out.as<float>();
    op.tokens = tokens;
    op.unpacked = unpacked.as<void>();
    const DeviceBuffer split = splitInput(gpu, op);
    op.xSplit = split.as<void>();
    const double ms = gpu.time(11, [&] {
        for (const DeviceBuffer& one : weights) {
            op.weights = one.as<void>();
            gpu.ok(gpu.api().linear(gpu.context(), &op));
        }
    }) / copies;
    std::printf(
        "| product %-5s | %6d x %5d | %5d tokens | %9.4f ms | %7.1f GB/s of weights | %6.1f TFLOP/s |\n",
        std::string(tensorTypeInfo(type)->name).c_str(), rows, cols, tokens, ms, 1e-6 * double(bytes) / ms,
        2e-9 * rows * cols * tokens / ms);
    std::fflush(stdout);
}

} // namespace

std::vector<Case> linearTimings()
{
    std::vector<Case> cases{{"time_copy", timeCopy},
                            {"time_matmul", [](const Gpu& gpu) {
                                 timeProduct(gpu, TensorType::F16, 8192, 8192, 8192);
                                 timeProduct(gpu, TensorType::F16, 11008, 4096, 4096);
                                 timeProduct(gpu, TensorType::Q4_K, 11008, 4096, 4096);
                             }}};
    for (const TensorType type :
         {TensorType::F16, TensorType::Q8_0, TensorType::Q4_0, TensorType::Q4_K, TensorType::Q6_K})
        cases.push_back({"time_gemv_" + std::string(tensorTypeInfo(type)->name), [type](const Gpu& gpu) {
                             for (const auto& [rows, cols] :
                                  {std::pair{4096, 4096}, {22016, 4096}, {4096, 11008}, {32000, 4096}})
                                 if (cols % int(tensorTypeInfo(type)->blockElements) == 0)
                                     timeProduct(gpu, type, rows, cols, 1);
                         }});
    return cases;
}

} // namespace lectern::check
