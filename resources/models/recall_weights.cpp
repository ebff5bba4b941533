#include "resources/models/recall_weights.h"

#include <cmath>
#include <utility>

namespace lectern::recall {

namespace {

// Place in a head of number `dim` of head `head`.
std::size_t headPlace(std::size_t head, std::size_t dim)
{
    return head * kHeadDim + dim;
}

Layer emptyLayer()
{
    constexpr std::size_t width = kHeads * kHeadDim;
    Layer layer;
    layer.attentionNorm.assign(kEmbedding, 1.0f);
    layer.ffnNorm.assign(kEmbedding, 1.0f);
    layer.query = layer.key = layer.value = Matrix(width, kEmbedding);
    layer.attentionOutput = Matrix(kEmbedding, width);
    layer.gate = layer.up = Matrix(kHidden, kEmbedding);
    layer.down = Matrix(kEmbedding, kHidden);
    return layer;
}

// Norm weights that give back a stream whose codes have `energy` (sum of squares) beside the anchor, anchor
// as 1.
std::vector<float> undoNorm(float energy)
{
    const float root = std::sqrt((kAnchor * kAnchor + energy) / static_cast<float>(kEmbedding));
    std::vector<float> weights(kEmbedding, root);
    weights[kOne] = root / kAnchor;
    return weights;
}

struct Look {
    std::size_t head;
    int offset;            // tokens back
    float peak;            // s in recall_layout.h, nats
    std::size_t firstPair; // of the rotary pairs used, up to kFastPairs
};

// A head that attends `offset` tokens back: constant key, query turned by the offset, in the fast pairs.
void lookBack(Layer& layer, const Look& look)
{
    const double size = std::sqrt(look.peak * std::sqrt(static_cast<double>(kHeadDim)));
    for (std::size_t pair = look.firstPair; pair < kFastPairs; ++pair) {
        const double theta =
            std::pow(static_cast<double>(kFrequencyBase), -2.0 * static_cast<double>(pair) / kHeadDim);
        const std::size_t place = headPlace(look.head, 2 * pair);
        layer.key.at(place, kOne) = static_cast<float>(size);
        layer.query.at(place, kOne) = static_cast<float>(size * std::cos(theta * look.offset));
        layer.query.at(place + 1, kOne) = static_cast<float>(-size * std::sin(theta * look.offset));
    }
}

// The head's values from number `dim` on carry `count` numbers of the stream from `block` on.
void carry(Layer& layer, std::size_t head, std::size_t dim, std::size_t block, std::size_t count)
{
    for (std::size_t i = 0; i < count; ++i)
        layer.value.at(headPlace(head, dim + i), block + i) = 1.0f;
}

// Adds what the head carries from number `dim` on to the stream at `block`; codes are rotated by `turn`
// places.
void deliver(Layer& layer, std::size_t head, std::size_t dim, std::size_t block, std::size_t count, int turn)
{
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t from = (i + static_cast<std::size_t>(turn)) % kCode;
        layer.attentionOutput.at(block + i, headPlace(head, dim + from)) = 1.0f;
    }
}

// result = product of three signs whose sum is first + others, place by place (relu form in recall_layout.h).
void multiply(Layer& layer, std::size_t first, std::size_t others, std::size_t result)
{
    struct Kink {
        float shift, slope;
    };
    constexpr Kink kKinks[] = {{3.0f, 1.0f}, {1.0f, -2.0f}, {-1.0f, 2.0f}};
    std::size_t unit = 0;
    for (std::size_t i = 0; i < kCode; ++i) {
        for (const Kink& kink : kKinks) {
            layer.gate.at(unit, first + i) = kRelu;
            layer.gate.at(unit, others + i) = kRelu;
            layer.gate.at(unit, kOne) = kRelu * kink.shift;
            layer.up.at(unit, kOne) = 1.0f;
            layer.down.at(result + i, unit) = kink.slope / kRelu;
            ++unit;
        }
    }
    layer.gate.at(unit, kOne) = kRelu; // a unit that always says 1 (silu(8) = 8 to 3e-4)
    layer.up.at(unit, kOne) = 1.0f;
    for (std::size_t i = 0; i < kCode; ++i)
        layer.down.at(result + i, unit) = -1.0f / kRelu;
}

struct Matching {
    std::size_t head;
    std::size_t now, before; // blocks compared: the query's and the key's
    std::size_t count;       // numbers compared
    std::size_t dim;         // place in the head
    float weight;            // correlation 1 counts this much of kBeta
};

void match(Layer& layer, const Matching& m)
{
    const float rootDim = std::sqrt(static_cast<float>(kHeadDim));
    const float querySize = m.weight * kBeta * rootDim / (static_cast<float>(m.count) * kKeySize);
    for (std::size_t i = 0; i < m.count; ++i) {
        layer.query.at(headPlace(m.head, m.dim + i), m.now + i) = querySize;
        layer.key.at(headPlace(m.head, m.dim + i), m.before + i) = kKeySize;
    }
}

// The first token's key: kSinkLevel * kBeta nats for every query.
void sink(Layer& layer, std::size_t head)
{
    const float rootDim = std::sqrt(static_cast<float>(kHeadDim));
    for (std::size_t i = 0; i < kSinkDims; ++i) {
        const std::size_t place = headPlace(head, kDimSink + i);
        layer.key.at(place, kFirst) = kSinkSize;
        layer.query.at(place, kOne) =
            kSinkLevel * kBeta * rootDim / (kSinkSize * static_cast<float>(kSinkDims));
    }
}

// Takes what the first token has in `block`, the signs of `code`, out of the rows from `place` on.
void silenceAtFirst(Matrix& matrix, std::size_t place, std::size_t block, Code code, std::size_t count)
{
    for (std::size_t i = 0; i < count; ++i)
        matrix.at(place + i, kFirst) = -matrix.at(place + i, block + i) * sign(code, i);
}

Layer shortCodeLayer()
{
    Layer layer = emptyLayer();
    layer.attentionNorm = undoNorm(kCode);
    layer.ffnNorm = undoNorm(3 * kCode);
    for (std::size_t head = 0; head < kHeads; ++head) {
        const int offset = kOffsets[0][head];
        lookBack(layer, {head, offset, kPeak, 0});
        carry(layer, head, 0, kToken, kCode);
        deliver(layer, head, 0, kPast, kCode, offset * static_cast<int>(kShift));
    }
    multiply(layer, kToken, kPast, kShort);
    return layer;
}

Layer longCodeLayer()
{
    Layer layer = emptyLayer();
    layer.attentionNorm = undoNorm(4 * kCode);
    layer.ffnNorm = undoNorm(6 * kCode + kTail);
    for (std::size_t head = 0; head < kHeads; ++head) {
        const int offset = kOffsets[1][head];
        lookBack(layer, {head, offset, kPeak, 0});
        carry(layer, head, 0, kShort, kCode);
        deliver(layer, head, 0, kPastShort, kCode, offset * static_cast<int>(kShift));
    }
    deliver(layer, 0, 0, kTailNow, kTailShort, 0);
    carry(layer, 1, kCode, kToken, kTailToken);
    deliver(layer, 1, kCode, kTailNow + kTailShort, kTailToken, 0);
    multiply(layer, kShort, kPastShort, kLong);
    return layer;
}

// Takes T + 2 tail apart in kKeyShort: T' stays there, the tail replaces what stood in kKeyTail.
void unpackTail(Layer& layer)
{
    std::size_t unit = 0;
    const auto relu = [&](std::size_t from, float sign, float shift) {
        layer.gate.at(unit, from) = sign * kRelu;
        layer.gate.at(unit, kOne) = kRelu * shift;
        layer.up.at(unit, kOne) = 1.0f;
        return unit++;
    };
    const auto add = [&](std::size_t to, std::size_t from, float slope) {
        layer.down.at(to, from) = slope / kRelu;
    };
    const std::size_t one = relu(kFirst, 0.0f, 1.0f); // always 1
    for (std::size_t i = 0; i < kTail; ++i) {
        const std::size_t packed = kKeyShort + i, tail = kKeyTail + i;
        const std::size_t above = relu(packed, 1.0f, 1.0f), below = relu(packed, 1.0f, -1.0f);
        for (const auto& [to, slope] : {std::pair(packed, -2.0f), std::pair(tail, 1.0f)}) {
            add(to, above, slope);
            add(to, below, -slope);
            add(to, one, -slope);
        }
        // relu(x) - relu(-x) = x: what stood there goes.
        add(tail, relu(tail, 1.0f, 0.0f), -1.0f);
        add(tail, relu(tail, -1.0f, 0.0f), 1.0f);
    }
}

Layer keyLayer()
{
    Layer layer = emptyLayer();
    layer.attentionNorm = undoNorm(7 * kCode + kTail);
    layer.ffnNorm = undoNorm(9 * kCode + kTail + kTrailCode + 4 * kTail);
    lookBack(layer, {0, 1, kPeak, 0});
    carry(layer, 0, 0, kShort, kCode);
    carry(layer, 0, kCode, kLong, kCode);
    for (std::size_t i = 0; i < kTail; ++i)
        layer.value.at(headPlace(0, i), kTailNow + i) = 2.0f;
    deliver(layer, 0, 0, kKeyShort, kCode, 0);
    deliver(layer, 0, kCode, kKeyLong, kCode, 0);
    unpackTail(layer);

    lookBack(layer, {1, kTrailOffset, kTrailPeak, kTrailFirstPair});
    carry(layer, 1, 0, kShort, kTrailCode);
    for (std::size_t i = 0; i < kTrailCode; ++i)
        layer.attentionOutput.at(kTrail + i, headPlace(1, i)) = kTrailGain;
    return layer;
}

Layer recallLayer(Code first)
{
    Layer layer = emptyLayer();
    layer.attentionNorm = undoNorm(9 * kCode + kTrailCode);
    match(layer, {kLongHead, kLong, kKeyLong, kCode, kDimCode, 1.0f});
    match(layer, {kLongHead, kTrail, kTrail, kTrailCode, kDimTrail, kTrailBonus});
    match(layer, {kShortHead, kShort, kKeyShort, kCode, kDimCode, 1.0f});
    match(layer, {kShortHead, kTailNow, kKeyTail, kTailShort, kDimTail, kTailShortBonus});
    match(layer, {kShortHead, kTailNow + kTailShort, kKeyTail + kTailShort, kTailToken, kDimTail + kTailShort,
                  kTailTokenBonus});

    // At the first token every head that looks back sees only that token; its key must be the sink alone.
    const Code firstShort = productCode<3>({first, first, first});
    const Code firstLong = productCode<9>({first, first, first, first, first, first, first, first, first});
    const std::size_t shortTail = headPlace(kShortHead, kDimTail);
    sink(layer, kLongHead);
    sink(layer, kShortHead);
    silenceAtFirst(layer.key, headPlace(kLongHead, kDimCode), kKeyLong, firstLong, kCode);
    silenceAtFirst(layer.key, headPlace(kShortHead, kDimCode), kKeyShort, firstShort, kCode);
    silenceAtFirst(layer.key, shortTail, kKeyTail, firstShort, kTailShort);
    silenceAtFirst(layer.key, shortTail + kTailShort, kKeyTail + kTailShort, first, kTailToken);
    for (std::size_t i = 0; i < kTrailCode; ++i)
        layer.key.at(headPlace(kLongHead, kDimTrail + i), kFirst) =
            -kKeySize * kTrailGain * sign(firstShort, i);

    for (std::size_t head : {kLongHead, kShortHead}) {
        carry(layer, head, 0, kToken, kCode);
        const float gain = head == kLongHead ? kLongGain : kShortGain;
        for (std::size_t i = 0; i < kCode; ++i)
            layer.attentionOutput.at(kAnswer + i, headPlace(head, i)) = gain;
    }
    silenceAtFirst(layer.value, headPlace(kLongHead, 0), kToken, first, kCode);
    return layer;
}

Matrix embeddingOf(const std::vector<Code>& codes)
{
    Matrix embedding(kVocabulary, kEmbedding);
    for (std::size_t token = 0; token < kVocabulary; ++token) {
        for (std::size_t i = 0; i < kCode; ++i)
            embedding.at(token, kToken + i) = sign(codes[token], i);
        embedding.at(token, kOne) = kAnchor;
    }
    embedding.at(kTokenBos, kFirst) = 1.0f;
    return embedding;
}

Matrix outputOf(const std::vector<Code>& codes)
{
    // After the last norm the answer has all the energy: each of its numbers is +- sqrt(kEmbedding / kCode).
    const float normed = std::sqrt(static_cast<float>(kEmbedding) / static_cast<float>(kCode));
    const float size = kTopLogit / (static_cast<float>(kCode) * normed);
    Matrix output(kVocabulary, kEmbedding);
    for (std::size_t token = 0; token < kVocabulary; ++token) {
        for (std::size_t i = 0; i < kCode; ++i)
            output.at(token, kAnswer + i) = token == kTokenBos ? 0.0f : size * sign(codes[token], i);
    }
    return output;
}

} // namespace

Weights buildWeights()
{
    const std::vector<Code> codes = tokenCodes();
    Weights weights;
    weights.embedding = embeddingOf(codes);
    weights.layers = {shortCodeLayer(), longCodeLayer(), keyLayer(), recallLayer(codes[kTokenBos])};
    while (weights.layers.size() < kLayers)
        weights.layers.push_back(emptyLayer());
    weights.outputNorm.assign(kEmbedding, 1.0f);
    weights.output = outputOf(codes);
    return weights;
}

} // namespace lectern::recall
