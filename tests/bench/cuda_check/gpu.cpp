#include "tests/bench/cuda_check/gpu.h"

#include <algorithm>

namespace lectern::check {

namespace {
int g_wrong = 0;
} // namespace

void Gpu::ok(std::int32_t code) const
{
    if (auto done = m_device->check(code); !done)
        throw Failed{done.error().message};
}

DeviceBuffer Gpu::bytes(std::uint64_t count) const
{
    auto buffer = DeviceBuffer::allocate(m_device, count, "a check");
    if (!buffer)
        throw Failed{buffer.error().message};
    return std::move(*buffer);
}

double Gpu::time(int repeats, const std::function<void()>& work) const
{
    work();
    ok(api().synchronize(context()));
    std::vector<double> times;
    for (int i = 0; i < repeats; ++i) {
        float ms = 0;
        ok(api().mark(context(), 0));
        work();
        ok(api().mark(context(), 1));
        ok(api().elapsed(context(), &ms));
        times.push_back(ms);
    }
    std::sort(times.begin(), times.end());
    return times[times.size() / 2];
}

std::vector<float> normals(std::mt19937& random, std::size_t count, float deviation)
{
    std::normal_distribution<float> normal(0, deviation);
    std::vector<float> values(count);
    for (float& value : values)
        value = normal(random);
    return values;
}

std::vector<std::uint16_t> halves(const std::vector<float>& values)
{
    std::vector<std::uint16_t> made(values.size());
    std::transform(values.begin(), values.end(), made.begin(), floatToHalf);
    return made;
}

std::vector<float> floats(const std::vector<std::uint16_t>& values)
{
    std::vector<float> made(values.size());
    std::transform(values.begin(), values.end(), made.begin(), halfToFloat);
    return made;
}

double relativeError(const std::vector<float>& got, const std::vector<double>& want)
{
    double difference = 0, norm = 0;
    for (std::size_t i = 0; i < want.size(); ++i) {
        if (!std::isfinite(got[i]))
            return INFINITY;
        difference += (got[i] - want[i]) * (got[i] - want[i]);
        norm += want[i] * want[i];
    }
    return std::sqrt(difference / std::max(norm, 1e-30));
}

void verdict(const std::string& what, double error, double bound)
{
    const bool right = error <= bound;
    g_wrong += !right;
    std::printf("%-6s %-78s error %.2e (at most %.0e)\n", right ? "ok" : "WRONG", what.c_str(), error, bound);
    std::fflush(stdout);
}

int wrongCount()
{
    return g_wrong;
}

} // namespace lectern::check
