#include "engine/model/model_shapes.h"
#include "tests/bench/cuda_check/model_runs.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <random>

namespace lectern::check {

namespace {

using Clock = std::chrono::steady_clock;

double millisecondsSince(Clock::time_point start)
{
    return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

constexpr int kLongestChunk = 4096, kShortestChunk = 256, kDecoded = 40;
constexpr double kChunkMilliseconds = 120; // a chunk is not interrupted: this is how long a cancel may take

// DuoAttention (arXiv 2410.10819): of every layer's heads a part keeps all keys, the others 64 and the last 256.
LayerPlan duoPlan(const DecoderSpec& spec, double full)
{
    LayerPlan plan;
    const auto fullHeads = static_cast<int>(full * spec.kvHeads);
    for (int layer = 0; layer < spec.layers; ++layer) {
        plan.layers.emplace_back();
        for (int head = 0; head < spec.kvHeads; ++head)
            plan.layers.back().push_back(head < fullHeads ? HeadPattern(FullPattern{})
                                                          : HeadPattern(SinkWindowPattern{64, 1, 256}));
    }
    return plan;
}

Result<LayerPlan> planOf(const Model& model, const std::string& text)
{
    if (text.rfind("duo:", 0) == 0)
        return duoPlan(model.spec(), std::atof(text.c_str() + 4));
    return parsePlan(text, model.planShape(), {});
}

struct Prefill {
    double total = 0, longestChunk = 0; // milliseconds
};

// Chunks shrink so that none takes much longer than kChunkMilliseconds.
Result<Prefill> prefill(CudaRunner& runner, std::span<const std::int32_t> ids)
{
    Prefill times;
    std::size_t chunk = kLongestChunk;
    for (std::size_t at = 0; at < ids.size();) {
        const std::size_t count = std::min(chunk, ids.size() - at);
        const auto start = Clock::now();
        if (auto done = runner.step(ids.subspan(at, count), CancelToken()); !done)
            return tl::unexpected(done.error());
        const double ms = millisecondsSince(start);
        times.total += ms;
        times.longestChunk = std::max(times.longestChunk, ms);
        at += count;
        if (ms > kChunkMilliseconds && chunk > kShortestChunk)
            chunk /= 2;
    }
    return times;
}

std::vector<double> decode(CudaRunner& runner)
{
    std::vector<double> times;
    std::int32_t token = 1;
    for (int i = 0; i < kDecoded; ++i) {
        const auto before = Clock::now();
        if (!runner.step({&token, 1}, CancelToken()))
            break;
        const auto chosen = runner.greedy(0);
        if (!chosen)
            break;
        token = *chosen;
        times.push_back(millisecondsSince(before));
    }
    std::sort(times.begin(), times.end());
    return times;
}

void timePlan(const std::shared_ptr<const CudaWeights>& weights, const std::string& what, const std::string& plan,
              std::int64_t context)
{
    const auto failedWith = [&](const Error& error) {
        std::printf("| %s | %s | %s |\n", what.c_str(), plan.c_str(), error.message.c_str());
    };
    const auto parsed = planOf(weights->model(), plan);
    if (!parsed)
        return failedWith(parsed.error());
    auto runner = CudaRunner::create(weights, *parsed, context + kDecoded + 8, kLongestChunk);
    if (!runner)
        return failedWith(runner.error());
    std::mt19937 random(1);
    std::vector<std::int32_t> ids(std::size_t(context), 0);
    for (std::int32_t& id : ids)
        id = std::int32_t(random() % unsigned(weights->model().spec().vocabulary));
    // Two chunks and one token of warm-up, then the text from its beginning.
    (void)(*runner)->step(std::span(ids).first(kLongestChunk), CancelToken());
    (void)(*runner)->step(std::span(ids).first(kLongestChunk), CancelToken());
    (void)(*runner)->step(std::span(ids).first(1), CancelToken());
    (*runner)->clear();
    const auto read = prefill(**runner, ids);
    if (!read)
        return failedWith(read.error());
    const std::vector<double> times = decode(**runner);
    if (times.empty())
        return;
    const KvUsage usage = (*runner)->pages().usage();
    std::uint64_t free = 0, total = 0;
    const auto& device = *weights->device();
    device.api().memory(device.context(), &free, &total);
    std::printf("| %s | %s | %lld | prefill %.1f ms, %.0f tokens/s, longest chunk %.0f ms | decode %.3f ms (%.3f to %.3f) | "
                "KV %.2f GB of %.2f | workspace %.2f GB | in use %.2f GB |\n",
                what.c_str(), plan.c_str(), static_cast<long long>(context), read->total,
                1e3 * double(context) / read->total, read->longestChunk, times[times.size() / 2], times.front(),
                times.back(), 1e-9 * double(usage.bytes), 1e-9 * double(usage.fullAttentionBytes),
                1e-9 * double((*runner)->workspaceBytes()), 1e-9 * double(total - free));
    std::fflush(stdout);
}

} // namespace

int timeModels(const std::shared_ptr<CudaDevice>& device, const std::vector<ModelTiming>& timings)
{
    std::string last;
    std::shared_ptr<const CudaWeights> weights;
    for (const ModelTiming& timing : timings) {
        const std::string what = timing.shape + " " + timing.type;
        if (what != last) {
            weights = nullptr;
            const auto start = Clock::now();
            const auto model = randomModelOfShape(timing.shape, timing.type);
            auto uploaded = model ? CudaWeights::upload(device, *model)
                                  : Result<std::shared_ptr<const CudaWeights>>(tl::unexpected(model.error()));
            if (!uploaded) {
                std::printf("| %s | %s |\n", what.c_str(), uploaded.error().message.c_str());
                continue;
            }
            weights = *uploaded;
            last = what;
            std::printf("%s: %.2f GB of weights, made and sent in %.1f s\n", what.c_str(), 1e-9 * double(weights->bytes()),
                        1e-3 * millisecondsSince(start));
        }
        timePlan(weights, what, timing.plan, timing.context);
    }
    return 0;
}

} // namespace lectern::check
