#include "tests/bench/machine_peaks.h"

#include "engine/base/aligned_buffer.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tests/bench/machine_peaks.cpp"
#include "engine/kernels/cpu/highway_targets.h"
#include <hwy/foreach_target.h>

#include <hwy/highway.h>

#include <algorithm>
#include <cstring>
#include <ctime>
#include <vector>

HWY_BEFORE_NAMESPACE();
namespace lectern::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// Twelve independent chains of multiply-adds; returns the operations done.
double multiplyAdds(int rounds, float* sink)
{
    const hn::ScalableTag<float> d;
    const auto factor = hn::Set(d, 0.999f), term = hn::Set(d, 0.001f);
    // Different starts: equal chains would be computed once.
    auto a = hn::Set(d, *sink), b = hn::Add(a, term), c = hn::Add(b, term), e = hn::Add(c, term);
    auto f = hn::Add(e, term), g = hn::Add(f, term), h = hn::Add(g, term), i = hn::Add(h, term);
    auto j = hn::Add(i, term), k = hn::Add(j, term), l = hn::Add(k, term), m = hn::Add(l, term);
    for (int round = 0; round < rounds; ++round) {
        a = hn::MulAdd(a, factor, term), b = hn::MulAdd(b, factor, term), c = hn::MulAdd(c, factor, term);
        e = hn::MulAdd(e, factor, term), f = hn::MulAdd(f, factor, term), g = hn::MulAdd(g, factor, term);
        h = hn::MulAdd(h, factor, term), i = hn::MulAdd(i, factor, term), j = hn::MulAdd(j, factor, term);
        k = hn::MulAdd(k, factor, term), l = hn::MulAdd(l, factor, term), m = hn::MulAdd(m, factor, term);
    }
    const auto first = hn::Add(hn::Add(hn::Add(a, b), hn::Add(c, e)), hn::Add(f, g));
    const auto last = hn::Add(hn::Add(hn::Add(h, i), hn::Add(j, k)), hn::Add(l, m));
    *sink += hn::GetLane(hn::Add(first, last));
    return 12.0 * 2.0 * double(hn::Lanes(d)) * rounds;
}

void readThrough(const float* from, std::size_t count, float* sink)
{
    const hn::ScalableTag<float> d;
    const std::size_t lanes = hn::Lanes(d);
    auto a = hn::Zero(d), b = a, c = a, e = a;
    for (std::size_t i = 0; i + 4 * lanes <= count; i += 4 * lanes) {
        a = hn::Add(a, hn::LoadU(d, from + i));
        b = hn::Add(b, hn::LoadU(d, from + i + lanes));
        c = hn::Add(c, hn::LoadU(d, from + i + 2 * lanes));
        e = hn::Add(e, hn::LoadU(d, from + i + 3 * lanes));
    }
    *sink += hn::GetLane(hn::Add(hn::Add(a, b), hn::Add(c, e)));
}

} // namespace lectern::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace lectern {

HWY_EXPORT(multiplyAdds);
HWY_EXPORT(readThrough);

double processorSeconds()
{
    timespec now{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return double(now.tv_sec) + 1e-9 * double(now.tv_nsec);
}

namespace {

// Seconds of processor time a thread of the fastest of a few calls.
template <typename Work> double fastest(int threads, const Work& work)
{
    double best = 1e30;
    for (int i = 0; i < 7; ++i) {
        const double start = processorSeconds();
        work();
        best = std::min(best, processorSeconds() - start);
    }
    return best / threads;
}

} // namespace

MachinePeaks measurePeaks(ThreadPool& pool)
{
    MachinePeaks peaks;
    const int threads = pool.threads();
    std::vector<float> sinks(static_cast<std::size_t>(threads) * 16);
    std::vector<double> done(sinks.size());
    const double seconds = fastest(threads, [&] {
        pool.parallelFor(threads, [&](int i, int) {
            done[std::size_t(i) * 16] = HWY_DYNAMIC_DISPATCH(multiplyAdds)(3000000, &sinks[std::size_t(i) * 16]);
        });
    });
    peaks.flops = done[0] * threads / seconds;

    constexpr std::size_t kBytes = std::size_t{256} << 20; // far beyond any cache
    constexpr int kPieces = 64;
    auto memory = AlignedBuffer::allocate(kBytes, "the bandwidth test");
    if (!memory)
        return peaks;
    std::memset(memory->data(), 1, kBytes);
    const double read = fastest(threads, [&] {
        pool.parallelFor(kPieces, [&](int i, int thread) {
            HWY_DYNAMIC_DISPATCH(readThrough)
            (memory->as<float>() + std::size_t(i) * (kBytes / kPieces / 4), kBytes / kPieces / 4,
             &sinks[std::size_t(thread) * 16]);
        });
    });
    peaks.readBytes = double(kBytes) / read;
    const double copy = fastest(threads, [&] {
        pool.parallelFor(kPieces / 2, [&](int i, int) {
            std::byte* from = memory->data() + std::size_t(i) * (kBytes / kPieces);
            std::memcpy(from + kBytes / 2, from, kBytes / kPieces);
        });
    });
    peaks.copyBytes = double(kBytes) / copy;
    return peaks;
}

} // namespace lectern
#endif
