#include "tests/bench/bench_shapes.h"

namespace lectern {

DecoderSpec benchShape(const std::string& name)
{
    DecoderSpec spec;
    spec.architecture = "llama";
    spec.headDim = 64;
    spec.kvHeads = 4;
    spec.contextLength = 131072;
    spec.attentionScale = 0.125f;
    spec.rope.dimensions = 64;
    if (name == "44m") {
        spec.layers = 12;
        spec.heads = 8;
        spec.embedding = 512;
        spec.feedForward = 1408;
        spec.vocabulary = 16384;
    } else if (name == "1.1b") {
        spec.layers = 22;
        spec.heads = 32;
        spec.embedding = 2048;
        spec.feedForward = 5632;
        spec.vocabulary = 32000;
    }
    return spec;
}

} // namespace lectern
