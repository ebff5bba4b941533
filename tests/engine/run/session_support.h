// Sessions of small random models, for the tests of engine/run.
#pragma once

#include "engine/run/engine_session.h"
#include "tests/support/model_fixture.h"

namespace lectern::test {

// Three layers of 4/2 heads of 16, 50 tokens in the vocabulary.
RandomShape sessionShape(unsigned seed);
// The shape the benchmarks use: 44M parameters, 12 layers of 8/4 heads of 64. A quarter of it under a
// sanitizer.
DecoderSpec benchSpec();

struct TestSession {
    std::shared_ptr<ThreadPool> pool;
    std::unique_ptr<EngineSession> session;
};
TestSession openSession(const std::shared_ptr<const Model>& model, const SessionSettings& settings,
                        int threads = 2);

// Logits after the text, read by a session of its own.
std::vector<float> freshLogits(const std::shared_ptr<const Model>& model, const SessionSettings& settings,
                               std::span<const TokenId> tokens);
// Norm of the difference over the norm of `wanted`.
double logitsError(std::span<const float> got, const std::vector<float>& wanted);

} // namespace lectern::test
