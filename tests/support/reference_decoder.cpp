#include "tests/support/reference_decoder.h"

#include <algorithm>
#include <cmath>

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

Row normalised(const Row& x, const std::vector<double>& weight, double epsilon)
{
    double squares = 0;
    for (const double value : x)
        squares += value * value;
    Row out(x.size());
    for (std::size_t i = 0; i < x.size(); ++i)
        out[i] = x[i] / std::sqrt(squares / double(x.size()) + epsilon) * weight[i];
    return out;
}

void addTo(Row& x, const Row& y)
{
    for (std::size_t i = 0; i < x.size(); ++i)
        x[i] += y[i];
}

// To the nearest number of 11 significant bits (fewer below 2^-14), ties to even, at most 65504.
double roundedToHalf(double value)
{
    int exponent = 0;
    std::frexp(value, &exponent);
    const double step = std::ldexp(1.0, std::max(exponent, -13) - 11);
    return std::clamp(std::nearbyint(value / step) * step, -65504.0, 65504.0);
}

void rotate(const ReferenceModel& model, Row& heads, std::int64_t position)
{
    const auto headDim = std::size_t(model.headDim);
    for (std::size_t head = 0; head < heads.size(); head += headDim) {
        for (int i = 0; i < model.ropeDimensions / 2; ++i) {
            double angle = double(position) * std::pow(model.ropeBase, -2.0 * i / model.ropeDimensions);
            angle *= model.positionScale;
            if (!model.ropeDivisors.empty())
                angle /= model.ropeDivisors[std::size_t(i)];
            double& a = heads[head + 2 * std::size_t(i)];
            double& b = heads[head + 2 * std::size_t(i) + 1];
            const double rotated = a * std::cos(angle) - b * std::sin(angle);
            b = a * std::sin(angle) + b * std::cos(angle);
            a = rotated;
        }
    }
}

// One head's answer to one query.
Row attention(const ReferenceModel& model, const double* query, const Rows& keys, const Rows& values, int kvHead,
              const std::vector<std::size_t>& seen)
{
    const auto n = std::size_t(model.headDim), from = std::size_t(kvHead) * n;
    std::vector<double> weights;
    for (const std::size_t k : seen) {
        double score = 0;
        for (std::size_t i = 0; i < n; ++i)
            score += query[i] * keys[k][from + i];
        weights.push_back(score / std::sqrt(double(n)));
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

void attend(const ReferenceModel& model, int index, const LayerMask& keeps, Rows& residual)
{
    const ReferenceLayer& layer = model.layers[std::size_t(index)];
    Rows queries, keys, values;
    for (std::size_t token = 0; token < residual.size(); ++token) {
        const Row x = normalised(residual[token], layer.attentionNorm, model.normEpsilon);
        queries.push_back(product(layer.query, x));
        keys.push_back(product(layer.key, x));
        values.push_back(product(layer.value, x));
        rotate(model, queries.back(), std::int64_t(token));
        rotate(model, keys.back(), std::int64_t(token));
        for (Row* row : {&keys.back(), &values.back()})
            for (double& value : *row)
                value = roundedToHalf(value);
    }
    const int group = model.heads / model.kvHeads;
    for (std::size_t token = 0; token < residual.size(); ++token) {
        Row mixed;
        for (int head = 0; head < model.heads; ++head) {
            std::vector<std::size_t> seen;
            for (std::size_t k = 0; k <= token; ++k)
                if (keeps(index, head / group, std::int64_t(token), std::int64_t(k)))
                    seen.push_back(k);
            const double* query = queries[token].data() + head * model.headDim;
            const Row out = attention(model, query, keys, values, head / group, seen);
            mixed.insert(mixed.end(), out.begin(), out.end());
        }
        addTo(residual[token], product(layer.attentionOut, mixed));
    }
}

void feedForward(const ReferenceModel& model, const ReferenceLayer& layer, Row& residual)
{
    const Row x = normalised(residual, layer.feedForwardNorm, model.normEpsilon);
    Row gate = product(layer.gate, x);
    const Row up = product(layer.up, x);
    for (std::size_t i = 0; i < gate.size(); ++i)
        gate[i] = gate[i] / (1 + std::exp(-gate[i])) * up[i];
    addTo(residual, product(layer.down, gate));
}

} // namespace

bool causal(int, int, std::int64_t q, std::int64_t k)
{
    return k <= q;
}

std::vector<std::vector<double>> referenceLogits(const ReferenceModel& model, std::span<const std::int32_t> tokens,
                                                 const LayerMask& keeps)
{
    Rows residual;
    for (const std::int32_t token : tokens) {
        const auto from = model.tokenEmbedding.begin() + std::ptrdiff_t(token) * model.embedding;
        residual.emplace_back(from, from + model.embedding);
    }
    for (int layer = 0; layer < int(model.layers.size()); ++layer) {
        attend(model, layer, keeps, residual);
        for (Row& row : residual)
            feedForward(model, model.layers[std::size_t(layer)], row);
    }
    Rows logits;
    for (const Row& row : residual)
        logits.push_back(product(model.output, normalised(row, model.outputNorm, model.normEpsilon)));
    return logits;
}

} // namespace lectern::test
