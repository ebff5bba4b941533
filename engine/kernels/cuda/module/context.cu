#include "engine/kernels/cuda/module/context.cuh"

#include <cstdio>
#include <cstdlib>
#include <new>

namespace {

__global__ void smoke(int* out)
{
    out[threadIdx.x] = 3 * int(threadIdx.x) + 1;
}

bool canContinueAfter(cudaError_t error)
{
    switch (error) {
    case cudaErrorInvalidValue:
    case cudaErrorInvalidConfiguration:
    case cudaErrorLaunchOutOfResources:
    case cudaErrorInvalidDeviceFunction:
    case cudaErrorStreamCaptureUnsupported:
    case cudaErrorStreamCaptureInvalidated:
    case cudaErrorNoKernelImageForDevice:
        return true;
    default:
        return false;
    }
}

} // namespace

std::int32_t LecternCudaContext::code(cudaError_t error, const char* what)
{
    if (error == cudaSuccess)
        return LECTERN_CUDA_OK;
    cudaGetLastError(); // what is not sticky is forgotten by this
    message = std::string("The GPU could not ") + what + ": " + cudaGetErrorString(error) + " (" +
              cudaGetErrorName(error) + ").";
    if (error == cudaErrorMemoryAllocation)
        return LECTERN_CUDA_OUT_OF_MEMORY;
    if (canContinueAfter(error))
        return LECTERN_CUDA_USAGE;
    lost = true;
    return LECTERN_CUDA_FAULT;
}

std::int32_t LecternCudaContext::refuse(std::string why)
{
    message = std::move(why);
    return LECTERN_CUDA_USAGE;
}

namespace lectern::cuda {

namespace {

std::string versionText(int version)
{
    return std::to_string(version / 1000) + "." + std::to_string(version % 1000 / 10);
}

// Whether code of this module runs there: the one sure test is to run some.
std::string whySmokeFails()
{
    int* values = nullptr;
    int host[64] = {};
    cudaError_t error = cudaMalloc(&values, sizeof host);
    if (error == cudaSuccess) {
        smoke<<<1, 64>>>(values);
        error = cudaGetLastError();
    }
    if (error == cudaSuccess)
        error = cudaMemcpy(host, values, sizeof host, cudaMemcpyDeviceToHost);
    cudaFree(values);
    if (error == cudaErrorNoKernelImageForDevice)
        return "this build of Lectern has no code for its architecture";
    if (error != cudaSuccess)
        return std::string("a first small kernel failed: ") + cudaGetErrorString(error);
    for (int i = 0; i < 64; ++i)
        if (host[i] != 3 * i + 1)
            return "a first small kernel gave wrong numbers";
    return {};
}

} // namespace

std::string whyUnusable(int device)
{
    int driver = 0, count = 0;
    if (cudaDriverGetVersion(&driver) != cudaSuccess || driver == 0)
        return "no NVIDIA driver is installed";
    if (driver / 1000 < CUDART_VERSION / 1000)
        return "its driver speaks CUDA " + versionText(driver) + " and this build of Lectern needs " +
               versionText(CUDART_VERSION / 1000 * 1000);
    const cudaError_t error = cudaGetDeviceCount(&count);
    if (error == cudaErrorNoDevice || (error == cudaSuccess && count == 0))
        return "the driver sees no NVIDIA GPU";
    if (error != cudaSuccess)
        return std::string("the driver does not start: ") + cudaGetErrorString(error);
    if (device < 0 || device >= count)
        return "there is no GPU number " + std::to_string(device) + "; the machine has " +
               std::to_string(count);
    if (const cudaError_t chosen = cudaSetDevice(device); chosen != cudaSuccess)
        return std::string("it can not be opened: ") + cudaGetErrorString(chosen);
    return whySmokeFails();
}

std::int32_t openContext(std::int32_t device, LecternCudaContext** out, LecternCudaDevice* about,
                         char* message)
{
    *out = nullptr;
    message[0] = 0;
    if (const std::string why = whyUnusable(device); !why.empty()) {
        cudaGetLastError();
        std::snprintf(message, 512, "%s", why.c_str());
        return LECTERN_CUDA_UNUSABLE;
    }
    auto* context = new (std::nothrow) LecternCudaContext;
    if (!context)
        return LECTERN_CUDA_OUT_OF_MEMORY;
    context->device = device;
    context->avoidsWgmma = std::getenv("LECTERN_CUDA_NO_WGMMA") != nullptr;
    cudaError_t error = cudaGetDeviceProperties(&context->properties, device);
    if (error == cudaSuccess)
        error = cudaStreamCreateWithFlags(&context->stream, cudaStreamNonBlocking);
    for (cudaEvent_t& event : context->marks)
        if (error == cudaSuccess)
            error = cudaEventCreate(&event);
    std::size_t free = 0, total = 0;
    if (error == cudaSuccess)
        error = cudaMemGetInfo(&free, &total);
    if (const std::int32_t code = context->code(error, "be opened"); code != LECTERN_CUDA_OK) {
        std::snprintf(message, 512, "%s", context->message.c_str());
        closeContext(context);
        return code;
    }
    context->blas.open(context->stream);
    const cudaDeviceProp& p = context->properties;
    *about = {};
    std::snprintf(about->name, sizeof about->name, "%s", p.name);
    about->computeMajor = p.major;
    about->computeMinor = p.minor;
    about->multiprocessors = p.multiProcessorCount;
    about->totalBytes = total;
    about->freeBytes = free;
    about->l2Bytes = std::uint64_t(p.l2CacheSize);
    about->cublas = context->blas.usable();
    *out = context;
    return LECTERN_CUDA_OK;
}

void closeContext(LecternCudaContext* context)
{
    if (!context)
        return;
    for (cudaEvent_t event : context->marks)
        if (event)
            cudaEventDestroy(event);
    if (context->stream)
        cudaStreamDestroy(context->stream);
    delete context;
}

} // namespace lectern::cuda
