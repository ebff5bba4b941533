#include "tests/support/reference_decoder.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>

namespace lectern::test {

namespace {

using Row = std::vector<double>;
using Rows = std::vector<Row>; // one a token

Row product(const std::vector<double>& matrix, const Row& x)
{
    Row out(matrix.size() / x.size());
    for (std::size_t row = 0; row < out.size(); ++row)
        for (std::size_t i = 0; i < x.size(); ++i)
            out[row] += matrix[row * x.size() + i] * x[i];
    return out;
}

Row normalised(const ReferenceModel& model, Row x, const std::vector<double>& weight,
               const std::vector<double>& bias)
{
    if (weight.empty())
        return x;
    const double count = double(x.size());
    double mean = 0, squares = 0;
    for (const double value : x)
        mean += model.layerNorms ? value / count : 0;
    for (const double value : x)
        squares += (value - mean) * (value - mean);
    for (std::size_t i = 0; i < x.size(); ++i)
        x[i] = (x[i] - mean) / std::sqrt(squares / count + model.normEpsilon) * weight[i] +
               (model.layerNorms ? bias[i] : 0);
    return x;
}

// Queries or keys of a token, normalised piece by piece.
Row normalisedHeads(const ReferenceModel& model, const Row& heads, const std::vector<double>& weight)
{
    Row out;
    for (std::size_t at = 0; at < heads.size() && !weight.empty(); at += weight.size()) {
        const auto from = heads.begin() + std::ptrdiff_t(at);
        const Row piece = normalised(model, Row(from, from + std::ptrdiff_t(weight.size())), weight, {});
        out.insert(out.end(), piece.begin(), piece.end());
    }
    return weight.empty() ? heads : out;
}

void addTo(Row& x, const Row& y)
{
    for (std::size_t i = 0; i < y.size(); ++i)
        x[i] += y[i];
}

Row affine(const std::vector<double>& matrix, const std::vector<double>& bias, const Row& x)
{
    Row out = product(matrix, x);
    addTo(out, bias);
    return out;
}

double gelu(double x)
{
    return 0.5 * x * (1 + std::tanh(std::sqrt(2 / std::numbers::pi) * (x + 0.044715 * x * x * x)));
}

double silu(double x)
{
    return x / (1 + std::exp(-x));
}

// To the nearest number of 11 significant bits (fewer below 2^-14), ties to even, at most 65504.
double roundedToHalf(double value)
{
    int exponent = 0;
    std::frexp(value, &exponent);
    const double step = std::ldexp(1.0, std::max(exponent, -13) - 11);
    return std::clamp(std::nearbyint(value / step) * step, -65504.0, 65504.0);
}

void rotate(const ReferenceModel& model, bool windowed, Row& heads, std::int64_t position)
{
    const auto headDim = std::size_t(model.headDim), pairs = std::size_t(model.ropeDimensions / 2);
    const bool local = windowed && model.windowRopeBase > 0;
    const double base = local ? model.windowRopeBase : model.ropeBase;
    const double magnitude = local ? 1 : model.ropeMagnitude;
    for (std::size_t head = 0; head < heads.size(); head += headDim) {
        for (std::size_t i = 0; i < pairs; ++i) {
            double angle = double(position) * std::pow(base, -2.0 * double(i) / model.ropeDimensions);
            if (!local)
                angle *= model.positionScale;
            if (!local && !model.ropeDivisors.empty())
                angle /= model.ropeDivisors[i];
            double& a = heads[head + (model.neox ? i : 2 * i)];
            double& b = heads[head + (model.neox ? i + pairs : 2 * i + 1)];
            const double rotated = magnitude * (a * std::cos(angle) - b * std::sin(angle));
            b = magnitude * (a * std::sin(angle) + b * std::cos(angle));
            a = rotated;
        }
    }
}

// One head's answer to one query.
Row attention(const ReferenceModel& model, int head, const std::function<const Row&(std::size_t key)>& query,
              const Rows& keys, const Rows& values, const std::vector<std::size_t>& seen)
{
    const auto n = std::size_t(model.headDim);
    const auto from = std::size_t(head / (model.heads / model.kvHeads)) * n;
    std::vector<double> weights;
    for (const std::size_t k : seen) {
        double score = 0;
        for (std::size_t i = 0; i < n; ++i)
            score += query(k)[std::size_t(head) * n + i] * keys[k][from + i];
        score /= std::sqrt(double(n));
        const double cap = model.attentionSoftcap;
        weights.push_back(cap > 0 ? cap * std::tanh(score / cap) : score);
    }
    const double largest = *std::max_element(weights.begin(), weights.end());
    double sum = 0;
    for (double& weight : weights)
        sum += weight = std::exp(weight - largest);
    Row out(n);
    for (std::size_t at = 0; at < seen.size(); ++at)
        for (std::size_t i = 0; i < n; ++i)
            out[i] += weights[at] / sum * values[seen[at]][from + i];
    return out;
}

std::pair<std::int64_t, std::int64_t> standingOf(const ReferenceModel& model, int layer, std::size_t q,
                                                 std::size_t k)
{
    const auto query = std::int64_t(q), key = std::int64_t(k);
    return model.standAt ? model.standAt(layer, query, key) : std::pair(query, key);
}

void times(Row& row, const std::function<double(std::int64_t)>& factor, std::size_t position)
{
    for (double& value : row)
        value *= factor ? factor(std::int64_t(position)) : 1.0;
}

void roundRow(Row& row, CachedNumbers cached)
{
    for (double& value : row)
        value = cached == CachedNumbers::Halves ? roundedToHalf(value) : value;
}

// A key as the cache hands it to the queries.
Row cachedKey(const ReferenceModel& model, int index, Row key, std::size_t token, CachedNumbers cached)
{
    const bool windowed = model.layers[std::size_t(index)].window > 0;
    if (model.keysTurnWhenRead)
        roundRow(key, cached);
    rotate(model, windowed, key, standingOf(model, index, token, token).second);
    times(key, model.keyFactor, token);
    if (!model.keysTurnWhenRead)
        roundRow(key, cached);
    return key;
}

void attend(const ReferenceModel& model, int index, const LayerMask& keeps, CachedNumbers cached,
            Rows& residual)
{
    const ReferenceLayer& layer = model.layers[std::size_t(index)];
    Rows queries, keys, values;
    for (std::size_t token = 0; token < residual.size(); ++token) {
        const Row x = normalised(model, residual[token], layer.attentionNorm, layer.attentionNormBias);
        queries.push_back(normalisedHeads(model, affine(layer.query, layer.queryBias, x), layer.queryNorm));
        times(queries.back(), model.queryFactor, token);
        keys.push_back(cachedKey(model, index,
                                 normalisedHeads(model, affine(layer.key, layer.keyBias, x), layer.keyNorm), token,
                                 cached));
        values.push_back(affine(layer.value, layer.valueBias, x));
        roundRow(values.back(), cached);
    }
    const int group = model.heads / model.kvHeads;
    for (std::size_t token = 0; token < residual.size(); ++token) {
        std::map<std::int64_t, Row> turned; // the query by where it stands
        const auto query = [&](std::size_t key) -> const Row& {
            const auto [at, isNew] =
                turned.try_emplace(standingOf(model, index, token, key).first, queries[token]);
            if (isNew)
                rotate(model, layer.window > 0, at->second, at->first);
            return at->second;
        };
        Row mixed;
        for (int head = 0; head < model.heads; ++head) {
            std::vector<std::size_t> seen;
            for (std::size_t k = 0; k <= token; ++k)
                if (keeps(index, head / group, std::int64_t(token), std::int64_t(k)) &&
                    (layer.window == 0 || std::int64_t(token - k) < layer.window))
                    seen.push_back(k);
            const Row out = attention(model, head, query, keys, values, seen);
            mixed.insert(mixed.end(), out.begin(), out.end());
        }
        const Row added = affine(layer.attentionOut, layer.attentionOutBias, mixed);
        addTo(residual[token], normalised(model, added, layer.attentionPostNorm, {}));
    }
}

void feedForward(const ReferenceModel& model, const ReferenceLayer& layer, Row& residual)
{
    const Row x = normalised(model, residual, layer.feedForwardNorm, layer.feedForwardNormBias);
    const auto activated = [&](double value) { return model.geluGate ? gelu(value) : silu(value); };
    Row inner = affine(layer.up, layer.upBias, x);
    if (layer.gate.empty()) {
        for (double& value : inner)
            value = activated(value);
    } else {
        const Row gate = product(layer.gate, x);
        for (std::size_t i = 0; i < inner.size(); ++i)
            inner[i] *= activated(gate[i]);
    }
    addTo(residual,
          normalised(model, affine(layer.down, layer.downBias, inner), layer.feedForwardPostNorm, {}));
}

} // namespace

bool causal(int, int, std::int64_t q, std::int64_t k)
{
    return k <= q;
}

std::vector<std::vector<double>> referenceLogits(const ReferenceModel& model,
                                                 std::span<const std::int32_t> tokens, const LayerMask& keeps,
                                                 CachedNumbers cached)
{
    Rows residual;
    for (const std::int32_t token : tokens) {
        const auto from = model.tokenEmbedding.begin() + std::ptrdiff_t(token) * model.embedding;
        residual.emplace_back(from, from + model.embedding);
        for (double& value : residual.back())
            value *= model.embeddingScale;
    }
    for (int layer = 0; layer < int(model.layers.size()); ++layer) {
        attend(model, layer, keeps, cached, residual);
        for (Row& row : residual)
            feedForward(model, model.layers[std::size_t(layer)], row);
    }
    Rows logits;
    for (const Row& row : residual) {
        logits.push_back(
            product(model.output, normalised(model, row, model.outputNorm, model.outputNormBias)));
        for (double& logit : logits.back())
            if (model.outputSoftcap > 0)
                logit = model.outputSoftcap * std::tanh(logit / model.outputSoftcap);
    }
    return logits;
}

} // namespace lectern::test
