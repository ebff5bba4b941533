// cuBLAS, found at run time: it is half a gigabyte, so it is neither linked nor shipped. Without it products
// of many tokens run on a kernel of our own.
#pragma once

#include <cublas_v2.h>

namespace lectern::cuda {

class Blas {
public:
    Blas() = default;
    Blas(const Blas&) = delete;
    Blas& operator=(const Blas&) = delete;
    ~Blas();

    // False where there is none.
    bool open(cudaStream_t stream);
    bool usable() const { return m_handle != nullptr; }
    // out [tokens][stride] f32 (+)= x [tokens][cols] f16 times weights [rows][cols] f16, transposed. True if
    // it ran.
    bool multiply(const void* weights, const void* x, float* out, int rows, int cols, int tokens, int stride,
                  bool accumulate);

private:
    // cublasGemmEx has overloads in the header; this is the one of the library.
    using GemmEx = cublasStatus_t(cublasHandle_t, cublasOperation_t, cublasOperation_t, int, int, int,
                                  const void*, const void*, cudaDataType, int, const void*, cudaDataType, int,
                                  const void*, void*, cudaDataType, int, cublasComputeType_t,
                                  cublasGemmAlgo_t);

    void* m_library = nullptr;
    cublasHandle_t m_handle = nullptr;
    decltype(&cublasDestroy_v2) m_destroy = nullptr;
    GemmEx* m_gemm = nullptr;
};

} // namespace lectern::cuda
