// One device with its stream, and how a CUDA error becomes a code and a sentence.
#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/kernels/cuda/cuda_api.h"
#include "engine/kernels/cuda/module/blas.cuh"

#include <cuda_runtime.h>

#include <array>
#include <string>

struct LecternCudaContext {
    int device = 0;
    cudaDeviceProp properties{};
    cudaStream_t stream = nullptr;
    std::array<cudaEvent_t, 2> marks{};
    lectern::cuda::Blas blas;
    std::string message;
    bool lost = false; // after a sticky fault

    // The code of an error; keeps the sentence.
    std::int32_t code(cudaError_t error, const char* what);
    std::int32_t refuse(std::string why);
    bool avoidsWgmma = false; // asked for by LECTERN_CUDA_NO_WGMMA, to compare and to get around a fault
    bool hasWgmma() const { return properties.major == 9 && properties.minor == 0; }
};

namespace lectern::cuda {

// Sentences for a device that can not be used; "" if it can.
std::string whyUnusable(int device);
std::int32_t openContext(std::int32_t device, LecternCudaContext** out, LecternCudaDevice* about,
                         char* message);
void closeContext(LecternCudaContext* context);

} // namespace lectern::cuda
