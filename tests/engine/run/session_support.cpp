#include "tests/engine/run/session_support.h"

#include "tests/support/reference_attention.h"

namespace lectern::test {

RandomShape sessionShape(unsigned seed)
{
    RandomShape shape;
    shape.layers = 3;
    shape.headDim = 16;
    shape.embedding = 64;
    shape.feedForward = 96;
    shape.vocabulary = 50;
    shape.seed = seed;
    return shape;
}

DecoderSpec benchSpec()
{
    DecoderSpec spec;
    spec.architecture = "llama";
    spec.layers = 12;
    spec.heads = 8;
    spec.kvHeads = 4;
    spec.headDim = 64;
    spec.embedding = 512;
    spec.feedForward = 1408;
    spec.vocabulary = 16384;
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    spec.layers = 3;
    spec.vocabulary = 1024;
#endif
    spec.contextLength = 8192;
    spec.attentionScale = 0.125f;
    spec.rope.dimensions = spec.headDim;
    return spec;
}

TestSession openSession(const std::shared_ptr<const Model>& model, const SessionSettings& settings,
                        int threads)
{
    auto pool = std::make_shared<ThreadPool>(threads);
    auto session = EngineSession::open(model, {}, pool, settings);
    return {pool, session ? std::move(*session) : nullptr};
}

std::vector<float> freshLogits(const std::shared_ptr<const Model>& model, const SessionSettings& settings,
                               std::span<const TokenId> tokens)
{
    const TestSession fresh = openSession(model, settings);
    if (!fresh.session || !fresh.session->read(tokens, {}, CancelToken()))
        return {};
    const std::span<float> logits = fresh.session->logits();
    return {logits.begin(), logits.end()};
}

double logitsError(std::span<const float> got, const std::vector<float>& wanted)
{
    if (got.size() != wanted.size())
        return 1e9;
    return normError(got.data(), std::vector<double>(wanted.begin(), wanted.end()));
}

} // namespace lectern::test
