#include "engine/kernels/cuda/cuda_module.h"

#include <dlfcn.h>

#include <cstdlib>
#include <filesystem>
#include <vector>

namespace lectern {

namespace {

constexpr const char* kFileName = "liblectern_cuda.so";

// Where the module may lie: what the environment says, beside the program, where it is installed, the
// system's list.
std::vector<std::string> modulePaths()
{
    std::vector<std::string> paths;
    if (const char* chosen = std::getenv("LECTERN_CUDA_MODULE"))
        return {chosen};
    std::error_code error;
    const auto program = std::filesystem::read_symlink("/proc/self/exe", error);
    if (!error)
        for (const char* folder : {".", "../lib/lectern", "../lib"})
            paths.push_back((program.parent_path() / folder / kFileName).string());
    paths.emplace_back(kFileName);
    return paths;
}

tl::unexpected<Error> unusable(const std::string& why)
{
    return fail(ErrorCode::Device, "The GPU can not be used: " + why + ".",
                "Use --device cpu, or mend what is named.");
}

} // namespace

Result<std::shared_ptr<CudaDevice>> CudaDevice::open(int number)
{
    std::shared_ptr<CudaDevice> device(new CudaDevice);
    for (const std::string& path : modulePaths())
        if (!device->m_library && (path.find('/') == std::string::npos || std::filesystem::exists(path)))
            device->m_library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!device->m_library)
        return unusable("Lectern's GPU module " + std::string(kFileName) + " is not installed");
    const auto entry = reinterpret_cast<LecternCudaEntry>(dlsym(device->m_library, LECTERN_CUDA_ENTRY));
    const LecternCudaApi* api = entry ? entry() : nullptr;
    if (!api || api->abi != LECTERN_CUDA_ABI || api->bytes != sizeof(LecternCudaApi))
        return unusable("the module " + std::string(kFileName) + " belongs to another version of Lectern");
    device->m_api = api;
    char message[512] = {};
    if (api->open(number, &device->m_context, &device->m_about, message) != LECTERN_CUDA_OK)
        return unusable(message);
    return device;
}

// The library stays loaded: its threads and the driver's may outlive the context.
CudaDevice::~CudaDevice()
{
    if (m_context)
        m_api->close(m_context);
}

Status CudaDevice::check(std::int32_t code) const
{
    switch (code) {
    case LECTERN_CUDA_OK:
        return {};
    case LECTERN_CUDA_OUT_OF_MEMORY: {
        Error error{ErrorCode::OutOfMemory, m_api->lastMessage(m_context),
                    "Choose a plan that keeps fewer keys, a shorter context, or the CPU.", 0, 0};
        std::uint64_t total = 0;
        m_api->memory(m_context, &error.bytesFree, &total);
        return tl::unexpected(std::move(error));
    }
    case LECTERN_CUDA_FAULT:
        return fail(ErrorCode::Device, m_api->lastMessage(m_context),
                    "The GPU's work is lost until Lectern is started again; saved sessions are not.");
    case LECTERN_CUDA_USAGE:
        return fail(ErrorCode::Unsupported, m_api->lastMessage(m_context),
                    "Use --device cpu for this model.");
    default:
        return fail(ErrorCode::Device, m_api->lastMessage(m_context), "Use --device cpu.");
    }
}

Result<DeviceBuffer> DeviceBuffer::allocate(std::shared_ptr<CudaDevice> device, std::uint64_t bytes,
                                            const char* what)
{
    DeviceBuffer buffer;
    const std::int32_t code = device->api().allocate(device->context(), bytes, &buffer.m_data);
    if (auto done = device->check(code); !done) {
        Error error = done.error();
        error.bytesAsked = bytes;
        if (error.code == ErrorCode::OutOfMemory)
            error.message = "The GPU's memory has no room for " + std::string(what) + ": " +
                            std::to_string(bytes >> 20) + " MiB are needed and " +
                            std::to_string(error.bytesFree >> 20) + " MiB are free.";
        return tl::unexpected(std::move(error));
    }
    buffer.m_device = std::move(device);
    buffer.m_size = bytes;
    return buffer;
}

DeviceBuffer::DeviceBuffer(DeviceBuffer&& other) noexcept
{
    *this = std::move(other);
}

DeviceBuffer& DeviceBuffer::operator=(DeviceBuffer&& other) noexcept
{
    std::swap(m_device, other.m_device);
    std::swap(m_data, other.m_data);
    std::swap(m_size, other.m_size);
    return *this;
}

DeviceBuffer::~DeviceBuffer()
{
    if (m_data)
        m_device->api().release(m_device->context(), m_data);
}

} // namespace lectern
