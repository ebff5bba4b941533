#include "engine/kernels/cuda/module/blas.cuh"

#include <dlfcn.h>

#include <cstdlib>

namespace lectern::cuda {

namespace {

void* openLibrary()
{
    const char* chosen = std::getenv("LECTERN_CUBLAS");
    for (const char* name : {chosen, "libcublas.so.13", "libcublas.so.12", "libcublas.so.11", "libcublas.so"})
        if (void* library = name ? dlopen(name, RTLD_NOW | RTLD_LOCAL) : nullptr)
            return library;
    return nullptr;
}

} // namespace

bool Blas::open(cudaStream_t stream)
{
    m_library = openLibrary();
    if (!m_library)
        return false;
    const auto create = reinterpret_cast<decltype(&cublasCreate_v2)>(dlsym(m_library, "cublasCreate_v2"));
    const auto setStream =
        reinterpret_cast<decltype(&cublasSetStream_v2)>(dlsym(m_library, "cublasSetStream_v2"));
    m_destroy = reinterpret_cast<decltype(&cublasDestroy_v2)>(dlsym(m_library, "cublasDestroy_v2"));
    m_gemm = reinterpret_cast<GemmEx*>(dlsym(m_library, "cublasGemmEx"));
    if (!create || !setStream || !m_destroy || !m_gemm || create(&m_handle) != CUBLAS_STATUS_SUCCESS) {
        m_handle = nullptr;
        return false;
    }
    return setStream(m_handle, stream) == CUBLAS_STATUS_SUCCESS;
}

Blas::~Blas()
{
    if (m_handle)
        m_destroy(m_handle);
    if (m_library)
        dlclose(m_library);
}

bool Blas::multiply(const void* weights, const void* x, float* out, int rows, int cols, int tokens,
                    int stride, bool accumulate)
{
    const float alpha = 1.0f, beta = accumulate ? 1.0f : 0.0f;
    // cuBLAS counts by columns: its output [rows][tokens] is ours [tokens][rows].
    return m_gemm(m_handle, CUBLAS_OP_T, CUBLAS_OP_N, rows, tokens, cols, &alpha, weights, CUDA_R_16F, cols,
                  x, CUDA_R_16F, cols, &beta, out, CUDA_R_32F, stride, CUBLAS_COMPUTE_32F,
                  CUBLAS_GEMM_DEFAULT) == CUBLAS_STATUS_SUCCESS;
}

} // namespace lectern::cuda
