#include "engine/model/model_shapes.h"

#include <array>
#include <cctype>
#include <cmath>

namespace lectern {

namespace {

struct Shape {
    const char* name;
    int layers, embedding, heads, kvHeads, feedForward, vocabulary;
    double ropeBase;
};

constexpr std::array kShapes{
    Shape{"llama-44m", 12, 512, 8, 4, 1408, 16384, 500000.0},
    Shape{"tinyllama-1.1b", 22, 2048, 32, 4, 5632, 32000, 10000.0},
    Shape{"llama-3.2-1b", 16, 2048, 32, 8, 8192, 128256, 500000.0},
    Shape{"llama-2-7b", 32, 4096, 32, 32, 11008, 32000, 10000.0},
    Shape{"llama-3-8b", 32, 4096, 32, 8, 14336, 128256, 500000.0},
};

} // namespace

std::string modelShapeNames()
{
    std::string names;
    for (const Shape& shape : kShapes)
        names += (names.empty() ? "" : ", ") + std::string(shape.name);
    return names;
}

Result<std::shared_ptr<const Model>> randomModelOfShape(const std::string& shapeName, const std::string& weights)
{
    std::string typeName = weights;
    for (char& c : typeName)
        c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    const auto type = tensorTypeByName(typeName);
    if (!type)
        return fail(ErrorCode::Usage, "There is no weight type called \"" + weights + "\".",
                    "Use f32, f16, bf16, q8_0, q4_0, q4_k, q6_k, ...");
    for (const Shape& shape : kShapes) {
        if (shapeName != shape.name)
            continue;
        DecoderSpec spec;
        spec.architecture = "llama";
        spec.layers = shape.layers;
        spec.heads = shape.heads;
        spec.kvHeads = shape.kvHeads;
        spec.embedding = shape.embedding;
        spec.headDim = shape.embedding / shape.heads;
        spec.feedForward = shape.feedForward;
        spec.vocabulary = shape.vocabulary;
        spec.contextLength = 1 << 20;
        spec.attentionScale = 1.0f / std::sqrt(static_cast<float>(spec.headDim));
        spec.rope.dimensions = spec.headDim;
        spec.rope.base = shape.ropeBase;
        return Model::random(spec, *type, 1);
    }
    return fail(ErrorCode::Usage, "There is no shape called \"" + shapeName + "\".", "Use " + modelShapeNames() + ".");
}

} // namespace lectern
