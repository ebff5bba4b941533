// What the checks share: the device, arrays on it, random numbers, errors against float64.
#pragma once

#include "engine/base/half.h"
#include "engine/kernels/cuda/cuda_module.h"

#include <cmath>
#include <cstdio>
#include <functional>
#include <random>
#include <span>
#include <string>
#include <vector>

namespace lectern::check {

// A failed call ends the case: thrown by ok(), caught by runCase().
struct Failed {
    std::string why;
};

class Gpu {
public:
    explicit Gpu(std::shared_ptr<CudaDevice> device) : m_device(std::move(device)) {}

    const LecternCudaApi& api() const { return m_device->api(); }
    LecternCudaContext* context() const { return m_device->context(); }
    const LecternCudaDevice& about() const { return m_device->about(); }
    const std::shared_ptr<CudaDevice>& device() const { return m_device; }
    void ok(std::int32_t code) const;

    DeviceBuffer bytes(std::uint64_t count) const;
    template <typename T> DeviceBuffer upload(const std::vector<T>& values) const
    {
        DeviceBuffer buffer = bytes(values.size() * sizeof(T));
        ok(api().upload(context(), buffer.as<void>(), values.data(), values.size() * sizeof(T)));
        ok(api().synchronize(context()));
        return buffer;
    }
    template <typename T> std::vector<T> download(const DeviceBuffer& buffer, std::size_t count) const
    {
        std::vector<T> values(count);
        ok(api().download(context(), values.data(), buffer.as<void>(), count * sizeof(T)));
        return values;
    }
    // The median of `repeats` timings of `work`, milliseconds, after a warm-up.
    double time(int repeats, const std::function<void()>& work) const;
    bool isHopper() const { return about().computeMajor == 9; }

private:
    std::shared_ptr<CudaDevice> m_device;
};

std::vector<float> normals(std::mt19937& random, std::size_t count, float deviation = 1);
std::vector<std::uint16_t> halves(const std::vector<float>& values);
std::vector<float> floats(const std::vector<std::uint16_t>& values);
// ||got - want|| / ||want||; infinite where one is not finite.
double relativeError(const std::vector<float>& got, const std::vector<double>& want);

struct Case {
    std::string name;
    std::function<void(const Gpu&)> run; // prints its lines; throws Failed
};

// Prints "ok" or "WRONG" with the error; throws nothing.
void verdict(const std::string& what, double error, double bound);
int wrongCount();

std::vector<Case> elementwiseCases();
std::vector<Case> linearCases();
std::vector<Case> attentionCases();
std::vector<Case> attentionTimings();
std::vector<Case> linearTimings();

} // namespace lectern::check
