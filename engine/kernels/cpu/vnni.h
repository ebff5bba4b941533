// AVX512-VNNI: four unsigned times signed bytes into each 32-bit lane. Highway 1.0.3 has no name for it, so the kernels
// that use it are written for it and asked for at run time.
#pragma once

// For functions that use it.
#define LECTERN_VNNI __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,f16c,fma,avx2")))

namespace lectern {

// True if this processor has all that LECTERN_VNNI names, and nothing plainer was forced on the kernels (tests do).
bool hasVnni();

} // namespace lectern
