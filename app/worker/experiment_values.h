// What a comparison of plans and a needle test are asked and answer with. Plain values, like values.h.
#pragma once

#include "app/worker/values.h"

namespace lectern {

// One question put to the same documents under several plans.
struct PlanComparisonSettings {
    std::vector<std::string> plans; // plan strings; the first is what the others are held against
    EngineSettings engine;          // its plan is not used
    GenerationSettings generation;
    // Prompt positions, evenly spread, at which the distributions of the next token are held against each other.
    int comparedPositions = 256;
};

struct PositionDivergence {
    std::int64_t position = 0; // of the prompt token after which the next one is predicted
    double nats = 0;           // Kullback-Leibler divergence from the first plan's distribution to this one's
    bool sameTop = true;       // both find the same token most likely
};

struct PlanOutcome {
    std::string plan, answer;
    std::vector<EvidencePassage> evidence;
    StopReason stopReason = StopReason::EndOfAnswer;
    StepTimings timing;
    KvUsage kv;
    std::vector<PositionDivergence> divergence; // by position; empty for the first plan

    double meanDivergence() const;
    double topAgreement() const; // share of positions, 0..1; 1 where none were compared
};

enum class NeedleKind {
    Passkey, // a five-digit number in repeated plain sentences (LongLoRA, arXiv 2309.12307)
    Words,   // sequences of NATO code words, one asked of several (DuoAttention, arXiv 2410.10819)
};

struct NeedleSettings {
    NeedleKind kind = NeedleKind::Passkey;
    std::vector<std::int64_t> contexts; // tokens of the whole prompt, at most
    std::vector<double> depths;         // of the needle asked for: 0 = the text's beginning, 1 = its end
    std::vector<std::string> plans;
    int trials = 1;
    int needles = 1;  // hidden in all; the others at random depths
    int words = 8;    // of a Words needle (the authors': 32)
    // Words only: one text holds the needles of all depths, and each is asked for; `needles` is not used. A
    // text is then read once a plan and length.
    bool oneText = false;
    std::string haystack; // the text to hide in; "": the passkey test's five sentences
    std::uint64_t seed = 1;
    EngineSettings engine; // its plan is not used
};

// One depth and length under one plan.
struct NeedleCell {
    std::string plan;
    std::int64_t context = 0;
    double depth = 0;
    int trials = 0, passed = 0;
    std::int64_t promptTokens = 0;          // of the last trial
    double prefillMs = 0;                   // of all trials
    std::uint64_t kvBytes = 0;
    std::string expected, answer; // of the last trial
};

} // namespace lectern
