// Chooses the next token from logits. Greedy at temperature 0, and then repeatable to the bit; otherwise, in this order:
// repetition penalty, top-k, temperature, top-p, min-p, one draw from a seeded generator.
#pragma once

#include "engine/base/ids.h"
#include "engine/base/result.h"

#include <cstdint>
#include <random>
#include <span>
#include <vector>

namespace lectern {

struct SamplerSettings {
    double temperature = 0.0;       // 0: greedy
    int topK = 0;                   // 0: all
    double topP = 1.0;              // smallest set with this much probability; 1: all
    double minP = 0.0;              // share of the best token's probability a token must have
    double repetitionPenalty = 1.0; // divides positive and multiplies negative logits of recent tokens; 1: none
    int repetitionWindow = 64;      // tokens
    std::uint64_t seed = 1;
};

class Sampler {
public:
    explicit Sampler(const SamplerSettings& settings);

    // Internal if no logit is finite (the model's numbers broke down). May change the logits.
    Result<TokenId> pick(std::span<float> logits);
    // Tells the sampler what was chosen, for the repetition penalty.
    void accept(TokenId token);

private:
    void penalise(std::span<float> logits) const;
    TokenId draw(std::span<const float> logits);

    SamplerSettings m_settings;
    std::mt19937_64 m_random;
    std::vector<TokenId> m_recent;
    struct Candidate {
        TokenId token;
        double weight;
    };
    std::vector<Candidate> m_candidates;
};

} // namespace lectern
