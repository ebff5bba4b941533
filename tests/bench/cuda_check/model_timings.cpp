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

constexpr int kChunk = 4096, kDecoded = 48;

void timePlan(const std::shared_ptr<const CudaWeights>& weights, const std::string& shape,
              const std::string& plan, std::int64_t context)
{
    const auto parsed = parsePlan(plan, weights->model().planShape(), {});
    if (!parsed) {
        std::printf("| %s | %s | %s |\n", shape.c_str(), plan.c_str(), parsed.error().message.c_str());
        return;
    }
    auto runner = CudaRunner::create(weights, *parsed, context + kDecoded + 8, kChunk);
    if (!runner) {
        std::printf("| %s | %s | %s |\n", shape.c_str(), plan.c_str(), runner.error().message.c_str());
        return;
    }
    std::mt19937 random(1);
    std::vector<std::int32_t> ids(std::size_t(context), 0);
    for (std::int32_t& id : ids)
        id = std::int32_t(random() % unsigned(weights->model().spec().vocabulary));
    // One chunk and one token of warm-up, then the text from its beginning.
    (void)(*runner)->step(std::span(ids).first(kChunk), CancelToken());
    (void)(*runner)->step(std::span(ids).first(1), CancelToken());
    (*runner)->clear();
    const auto start = Clock::now();
    for (std::size_t at = 0; at < ids.size(); at += kChunk)
        if (auto done = (*runner)->step(
                std::span(ids).subspan(at, std::min<std::size_t>(kChunk, ids.size() - at)), CancelToken());
            !done) {
            std::printf("| %s | %s | %s |\n", shape.c_str(), plan.c_str(), done.error().message.c_str());
            return;
        }
    const double prefill = millisecondsSince(start);
    std::vector<double> times;
    std::int32_t token = 1;
    for (int i = 0; i < kDecoded; ++i) {
        const auto before = Clock::now();
        if (!(*runner)->step({&token, 1}, CancelToken()))
            break;
        const auto chosen = (*runner)->greedy(0);
        if (!chosen)
            break;
        token = *chosen;
        times.push_back(millisecondsSince(before));
    }
    if (times.empty())
        return;
    std::sort(times.begin(), times.end());
    const KvUsage usage = (*runner)->pages().usage();
    std::printf("| %s F16 | %s | %lld | prefill %.1f ms, %.0f tokens/s | decode %.3f ms (%.3f to %.3f) | KV "
                "%.2f GB, full %.2f GB "
                "|\n",
                shape.c_str(), plan.c_str(), static_cast<long long>(context), prefill,
                1e3 * double(context) / prefill, times[times.size() / 2], times.front(), times.back(),
                1e-9 * double(usage.bytes), 1e-9 * double(usage.fullAttentionBytes));
    std::fflush(stdout);
}

} // namespace

int timeModels(const std::shared_ptr<CudaDevice>& device,
               const std::vector<std::pair<std::string, std::int64_t>>& shapesAndContexts)
{
    std::string last;
    std::shared_ptr<const CudaWeights> weights;
    for (const auto& [shape, context] : shapesAndContexts) {
        if (shape != last) {
            weights = nullptr;
            const auto start = Clock::now();
            const auto model = randomModelOfShape(shape, "f16");
            auto uploaded = model ? CudaWeights::upload(device, *model)
                                  : Result<std::shared_ptr<const CudaWeights>>(tl::unexpected(model.error()));
            if (!uploaded) {
                std::printf("| %s | %s |\n", shape.c_str(), uploaded.error().message.c_str());
                continue;
            }
            weights = *uploaded;
            last = shape;
            std::printf("%s: %.2f GB of weights, made and sent in %.1f s\n", shape.c_str(),
                        1e-9 * double(weights->bytes()), 1e-3 * millisecondsSince(start));
        }
        for (const char* plan : {"full", "longgen", "longgen-block", "window:sink=64,window=256"})
            timePlan(weights, shape, plan, context);
    }
    return 0;
}

} // namespace lectern::check
