// liblectern_cuda.so, loaded at run time so that Lectern starts on a machine that has no GPU, no driver, or
// no such file.
#pragma once

#include "engine/base/result.h"
#include "engine/kernels/cuda/cuda_api.h"

#include <memory>

namespace lectern {

// One GPU, opened. Owns the module and the device's stream; one thread at a time.
class CudaDevice {
public:
    // Device error that says why it can not be used.
    static Result<std::shared_ptr<CudaDevice>> open(int number);
    ~CudaDevice();
    CudaDevice(const CudaDevice&) = delete;
    CudaDevice& operator=(const CudaDevice&) = delete;

    const LecternCudaDevice& about() const { return m_about; }
    const LecternCudaApi& api() const { return *m_api; }
    LecternCudaContext* context() const { return m_context; }

    // The error of a code that a function of the table returned.
    Status check(std::int32_t code) const;

private:
    CudaDevice() = default;
    void* m_library = nullptr;
    const LecternCudaApi* m_api = nullptr;
    LecternCudaContext* m_context = nullptr;
    LecternCudaDevice m_about{};
};

// Memory of a device, zeroed. Move-only; must not outlive the device's last user.
class DeviceBuffer {
public:
    DeviceBuffer() = default;
    // OutOfMemory with bytesAsked / bytesFree; `what` names the use in the message.
    static Result<DeviceBuffer> allocate(std::shared_ptr<CudaDevice> device, std::uint64_t bytes,
                                         const char* what);
    DeviceBuffer(DeviceBuffer&& other) noexcept;
    DeviceBuffer& operator=(DeviceBuffer&& other) noexcept;
    ~DeviceBuffer();

    std::uint64_t size() const { return m_size; }
    template <typename T> T* as() const { return static_cast<T*>(m_data); }

private:
    std::shared_ptr<CudaDevice> m_device;
    void* m_data = nullptr;
    std::uint64_t m_size = 0;
};

} // namespace lectern
