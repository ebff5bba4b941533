// How rotary frequencies are changed for contexts longer than a model was first trained for. All in float64.
#pragma once

#include <cstdint>
#include <vector>

namespace lectern {

enum class RopeScalingKind {
    None,
    Ntk,      // the base grows so that the slowest pair turns `factor` times slower
    Dynamic,  // the same, by how far the session's context exceeds the original one
    Yarn,     // fast pairs stay, slow pairs are interpolated (arXiv 2309.00071)
    Llama3,   // the same idea with a ramp over wavelengths (Llama 3.1)
    LongRope, // one divisor a pair, another set beyond the original context (arXiv 2402.13753)
    E2,       // all pairs divided by the whole number that fits the session's context (arXiv 2401.06951)
};

struct RopeScaling {
    RopeScalingKind kind = RopeScalingKind::None;
    double factor = 1.0;                             // how many times longer the context became
    double originalContext = 0;                      // tokens
    double magnitude = 1.0;                          // cosines and sines are multiplied by this
    double betaFast = 32, betaSlow = 1;              // YaRN: turns within the original context
    double extrapolation = 1;                        // YaRN: the share of the ramp that counts
    double lowFactor = 1, highFactor = 4;            // Llama 3: original context / wavelength
    std::vector<double> shortDivisors, longDivisors; // LongRope, one a pair
};

// YaRN's magnitude for a factor: 0.1 ln(factor) + 1.
double yarnMagnitude(double factor);

// E2-LLM's scale: max(1, ceil(context / window)).
double e2Scale(double context, double window);

// Radians per position of each pair, for a session of `context` tokens. base > 1, dimensions even.
std::vector<double> scaledFrequencies(const RopeScaling& scaling, double base, int dimensions,
                                      std::int64_t context);

} // namespace lectern
