#include "app/worker/model_facts.h"

#include "engine/model/decoder.h"
#include "engine/run/engine_session.h"

#include <cstdio>

namespace lectern {

namespace {

const int kReadingChunk = SessionSettings{}.chunkTokens;

const char* tokenizerName(VocabularyKind kind)
{
    switch (kind) {
    case VocabularyKind::SentencePieceBpe:
        return "SentencePiece BPE";
    case VocabularyKind::Unigram:
        return "SentencePiece unigram";
    case VocabularyKind::ByteBpe:
        return "byte-level BPE";
    }
    return "unknown";
}

// "adapter.gguf x 0.5: 224 pairs of rank 8, 65 tensors of its own"
std::string adapterLine(const AdapterFacts& adapter)
{
    char scale[32];
    std::snprintf(scale, sizeof scale, " x %g: ", adapter.scale);
    std::string line = adapter.path + scale + std::to_string(adapter.pairs) + " pairs of rank " +
                       std::to_string(adapter.rank);
    if (adapter.replacements > 0)
        line += ", " + std::to_string(adapter.replacements) + " tensors of its own";
    return line;
}

} // namespace

const char* cpuInstructionSet()
{
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512vl"))
        return "AVX-512";
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? "AVX2" : "SSE2";
}

ModelFacts modelFacts(const LoadedModel& model, const LayerPlan& plan, int threads)
{
    const DecoderSpec& spec = model.model()->spec();
    ModelFacts facts;
    facts.path = model.path();
    facts.name = model.name();
    facts.architecture = spec.architecture;
    facts.tokenizer = tokenizerName(model.tokenizer().vocabulary().kind);
    facts.plan = plan.text;
    facts.parameters = model.model()->weights().parameters;
    facts.fileBytes = model.model()->file()->fileBytes();
    facts.weightsBytes = model.model()->weights().bytes;
    facts.contextLength = spec.contextLength;
    facts.layers = spec.layers;
    facts.heads = spec.heads;
    facts.kvHeads = spec.kvHeads;
    facts.headDim = spec.headDim;
    facts.embeddingLength = spec.embedding;
    facts.vocabularySize = spec.vocabulary;
    for (const AdapterFacts& adapter : model.model()->adapters())
        facts.adapters.push_back(adapterLine(adapter));
    facts.warnings = model.warnings();
    facts.hasChatTemplate = !model.chatTemplate().isPlain();
    facts.ownPlan = model.plan();
    facts.windows = spec.windows;
    facts.activationBytes = activationBytes(spec, kReadingChunk);
    facts.device =
        "CPU, " + std::to_string(threads) + (threads == 1 ? " thread, " : " threads, ") + cpuInstructionSet();
    return facts;
}

} // namespace lectern
