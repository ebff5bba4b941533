// Each CPU kernel alone, in GFLOP/s and GB/s, with its share of what the machine reached in the same run
// ("of_flops", "of_read"). Rates are those of processor time, so that a busy machine does not blur them. LECTERN_BENCH_THREADS sets the threads, default all.
#include "engine/kernels/attention.h"
#include "engine/kernels/elementwise.h"
#include "engine/kernels/linear.h"
#include "engine/kernels/weight_panels.h"
#include "engine/kv/kv_cache.h"
#include "engine/quant/quant_types.h"
#include "tests/bench/machine_peaks.h"

#include <benchmark/benchmark.h>
#include <cstdlib>
#include <random>

using namespace lectern;

namespace {

ThreadPool& pool()
{
    static ThreadPool shared(std::getenv("LECTERN_BENCH_THREADS") ? std::atoi(std::getenv("LECTERN_BENCH_THREADS")) : 0);
    return shared;
}

const MachinePeaks& peaks()
{
    static const MachinePeaks measured = measurePeaks(pool());
    return measured;
}

std::vector<float> randomFloats(std::size_t count)
{
    std::mt19937 random(7);
    std::normal_distribution<float> normal;
    std::vector<float> floats(count);
    for (float& value : floats)
        value = normal(random);
    return floats;
}

template <typename Work> void timed(benchmark::State& state, double flops, double bytes, const Work& work)
{
    work();
    const double start = processorSeconds();
    for (auto _ : state)
        work();
    const double seconds = (processorSeconds() - start) / pool().threads();
    const double rounds = double(state.iterations());
    if (flops > 0) {
        state.counters["GFLOP/s"] = flops * rounds / seconds / 1e9;
        state.counters["of_flops"] = flops * rounds / seconds / peaks().flops;
    }
    if (bytes > 0) {
        state.counters["GB/s"] = bytes * rounds / seconds / 1e9;
        state.counters["of_read"] = bytes * rounds / seconds / peaks().readBytes;
    }
}

void machine(benchmark::State& state)
{
    for (auto _ : state)
        benchmark::DoNotOptimize(peaks());
    state.counters["GFLOP/s"] = peaks().flops / 1e9;
    state.counters["read_GB/s"] = peaks().readBytes / 1e9;
    state.counters["copy_GB/s"] = peaks().copyBytes / 1e9;
}

// Enough copies of a matrix that reading them all leaves the caches.
void linearBench(benchmark::State& state, TensorType type, int tokens, int rows, int cols)
{
    const TensorTypeInfo& info = *tensorTypeInfo(type);
    LinearWeights weights{type, rows, cols, nullptr, tensorBytes(info, std::uint64_t(cols))};
    const std::vector<float> values = randomFloats(std::size_t(cols));
    const std::size_t bytes = weights.rowBytes * std::size_t(rows);
    const std::size_t copies = tokens > 4 ? 1 : (std::size_t{200} << 20) / bytes + 1;
    std::vector<std::byte> memory(bytes * copies);
    quantType(type)->packRow(values.data(), memory.data(), values.size());
    for (std::size_t row = 1; row < std::size_t(rows) * copies; ++row)
        std::copy_n(memory.data(), weights.rowBytes, memory.data() + row * weights.rowBytes);
    // As a model's weights are when they are computed with.
    std::vector<LinearWeights> matrices(copies, weights);
    std::vector<std::unique_ptr<WeightPanels>> panels(copies);
    for (std::size_t i = 0; i < copies; ++i) {
        matrices[i].data = memory.data() + i * bytes;
        panels[i] = WeightPanels::of(matrices[i]);
        if (panels[i] && panels[i]->prepare(pool()))
            matrices[i].panels = panels[i].get();
    }
    const std::vector<float> x = randomFloats(std::size_t(tokens) * std::size_t(cols));
    std::vector<float> out(std::size_t(tokens) * std::size_t(rows));
    LinearWorkspace workspace;
    std::size_t next = 0;
    timed(state, 2.0 * tokens * rows * cols, tokens > 4 ? 0.0 : double(bytes), [&] {
        const LinearOp op[] = {{&matrices[next++ % copies], out.data()}};
        linear(op, x.data(), tokens, workspace, pool());
    });
}

struct AttentionCase {
    const char* plan;
    const char* kv;
    int tokens;
    std::int64_t past;
    int layers = 1; // taken in turn: enough of them that keys and values come from memory, as in a model
};

void attentionBench(benchmark::State& state, const AttentionCase& with)
{
    const AttentionShape shape{8, 4, 64, 0.125f, 0.0f};
    const auto plan = parsePlan(with.plan, {with.layers, shape.kvHeads}, "");
    const auto type = kvTypeByName(with.kv);
    if (!plan || !type)
        return state.SkipWithError("not in this version");
    auto cache = KvCache::create(*plan, {shape.kvHeads, shape.headDim}, *type, with.past + with.tokens, 512);
    const std::vector<float> rows = randomFloats(512 * 64);
    while (cache && (*cache)->position() < with.past + with.tokens) {
        const auto left = with.past + with.tokens - (*cache)->position();
        const bool last = left <= with.tokens;
        const int count = static_cast<int>(last ? left : std::min<std::int64_t>(512, left - with.tokens));
        (*cache)->beginChunk(count);
        for (int i = 0; i < count; ++i)
            for (int head = 0; head < with.layers * shape.kvHeads; ++head)
                (*cache)->write(head / shape.kvHeads, head % shape.kvHeads, i, rows.data() + i * 64,
                                rows.data() + (511 - i) * 64);
        if (last)
            break;
        (*cache)->endChunk();
    }
    std::vector<float> queries = randomFloats(std::size_t(with.tokens) * 512), out(queries.size());
    std::vector<AttentionJob> jobs(std::size_t(with.layers),
                                   {queries.data(), out.data(), with.past, with.tokens, {}, nullptr});
    double pairs = 0;
    for (int layer = 0; layer < with.layers; ++layer)
        for (int head = 0; head < shape.kvHeads; ++head)
            jobs[std::size_t(layer)].kv.push_back(&(*cache)->head(layer, head));
    for (const HeadPages* head : jobs.front().kv) {
        std::vector<KeySpan> spans;
        spansForQueries(head->pattern(), with.past, with.past + 1, spans);
        for (const KeySpan& span : spans)
            pairs += double(span.end - span.begin);
    }
    pairs = pairs * with.tokens + shape.kvHeads * double(with.tokens) * (with.tokens - 1) / 2;
    AttentionWorkspace workspace;
    std::size_t next = 0;
    const double bytes = with.tokens > 1 ? 0.0 : pairs / kPageTokens * double((*cache)->head(0, 0).pageBytes());
    timed(state, 4.0 * pairs * (shape.heads / shape.kvHeads) * shape.headDim, bytes,
          [&] { attend(shape, jobs[next++ % jobs.size()], workspace, pool(), CancelToken()); });
}

void emptyLoop(benchmark::State& state)
{
    const std::function<void(int, int)> nothing = [](int, int) {};
    for (auto _ : state)
        pool().parallelFor(pool().threads(), nothing);
}

void elementwiseBench(benchmark::State& state)
{
    std::vector<float> x = randomFloats(512 * 512), y = x, weight(512, 1.0f);
    timed(state, 0, 3.0 * 4 * 512 * 512, [&] {
        rmsNorm(x.data(), weight.data(), 1e-5f, y.data(), 512, 512);
        benchmark::DoNotOptimize(y.data());
    });
}

void swigluBench(benchmark::State& state)
{
    std::vector<float> gate = randomFloats(512 * 1408), up = gate;
    timed(state, 0, 3.0 * 4 * 512 * 1408, [&] {
        swiglu(gate.data(), up.data(), gate.size());
        benchmark::DoNotOptimize(gate.data());
    });
}

void registerAll()
{
    benchmark::RegisterBenchmark("machine", machine)->Iterations(1);
    benchmark::RegisterBenchmark("pool/empty_loop", emptyLoop)->UseRealTime();
    for (const char* name : {"F32", "F16", "BF16", "Q8_0", "Q4_0", "Q5_0", "Q4_K", "Q5_K", "Q6_K", "Q3_K", "IQ4_NL"})
        for (const int tokens : {1, 2, 512})
            benchmark::RegisterBenchmark(("linear/" + std::string(name) + "/tokens:" + std::to_string(tokens)).c_str(),
                                         linearBench, *tensorTypeByName(name), tokens, 2048, 2048)
                ->UseRealTime();
    benchmark::RegisterBenchmark("linear/F16/512x512/tokens:512", linearBench, TensorType::F16, 512, 512, 512)->UseRealTime();
    benchmark::RegisterBenchmark("linear/F16/1408x512/tokens:512", linearBench, TensorType::F16, 512, 512, 1408)->UseRealTime();
    static const AttentionCase cases[] = {
        {"full", "f16", 512, 8192}, {"full", "q8_0", 512, 8192}, {"full", "q4_0", 512, 8192}, {"full", "f32", 512, 8192},
        {"full", "f16", 1, 32767, 12},  {"full", "q8_0", 1, 32767, 12},  {"full", "q4_0", 1, 32767, 12},
        {"full", "f32", 1, 32767, 12},
        {"full", "f16", 1, 1023},   {"full", "q8_0", 1, 1023},
        {"window:sink=64,window=2048", "f16", 512, 8192}, {"window:sink=64,window=2048", "f16", 1, 32767},
    };
    for (const AttentionCase& one : cases)
        benchmark::RegisterBenchmark(("attention/" + std::string(one.plan) + "/" + one.kv + "/tokens:" +
                                      std::to_string(one.tokens) + "/past:" + std::to_string(one.past)).c_str(),
                                     attentionBench, one)->UseRealTime();
    benchmark::RegisterBenchmark("rmsNorm/512x512", elementwiseBench)->UseRealTime();
    benchmark::RegisterBenchmark("swiglu/512x1408", swigluBench)->UseRealTime();
}

} // namespace

int main(int argc, char** argv)
{
    registerAll();
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
