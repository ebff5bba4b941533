// The small operations between the products. All arrays are row-major [tokens][n] in f32.
#pragma once

#include <cstddef>

namespace lectern {

// out = x / sqrt(mean(x^2) + epsilon) * weight, row by row (RMSNorm, arXiv 1910.07467); out may be x.
void rmsNorm(const float* x, const float* weight, float epsilon, float* out, int tokens, int n);

// out = (x - mean) / sqrt(variance + epsilon) * weight + bias, row by row (arXiv 1607.06450); out may be x.
void layerNorm(const float* x, const float* weight, const float* bias, float epsilon, float* out, int tokens, int n);

// gate = silu(gate) * up (SwiGLU, arXiv 2002.05202), count elements.
void swiglu(float* gate, const float* up, std::size_t count);

// gate = gelu(gate) * up and x = gelu(x), with the tanh form of GELU (arXiv 1606.08415), count elements.
void geglu(float* gate, const float* up, std::size_t count);
void gelu(float* x, std::size_t count);

// x = cap * tanh(x / cap), count elements.
void softcap(float* x, float cap, std::size_t count);

// x += y, count elements.
void addInto(float* x, const float* y, std::size_t count);

} // namespace lectern
