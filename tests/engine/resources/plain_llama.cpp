#include "tests/engine/resources/plain_llama.h"

#include "engine/base/half.h"

#include <algorithm>
#include <cmath>

namespace lectern::testing {

using namespace recall;

namespace {

const std::vector<double>& frequencies()
{
    static const std::vector<double> all = [] {
        std::vector<double> out;
        for (std::size_t pair = 0; pair < kHeadDim / 2; ++pair)
            out.push_back(
                std::pow(static_cast<double>(kFrequencyBase), -2.0 * static_cast<double>(pair) / kHeadDim));
        return out;
    }();
    return all;
}

void rotate(std::vector<double>& rows, double position)
{
    for (std::size_t head = 0; head < kHeads; ++head) {
        for (std::size_t pair = 0; pair < kHeadDim / 2; ++pair) {
            const double angle = position * frequencies()[pair];
            double& x = rows[head * kHeadDim + 2 * pair];
            double& y = rows[head * kHeadDim + 2 * pair + 1];
            const double turned = x * std::cos(angle) - y * std::sin(angle);
            y = x * std::sin(angle) + y * std::cos(angle);
            x = turned;
        }
    }
}

// The offset a head of an early layer should look back, or 0.
int offsetOf(std::size_t layer, std::size_t head)
{
    if (layer < kOffsets.size())
        return kOffsets[layer][head];
    return layer == 2 && head == 0 ? 1 : 0;
}

std::vector<double> softmax(std::vector<double> scores)
{
    const double most = *std::max_element(scores.begin(), scores.end());
    double sum = 0.0;
    for (double& s : scores)
        sum += s = std::exp(s - most);
    for (double& s : scores)
        s /= sum;
    return scores;
}

} // namespace

PlainLlama::PlainLlama()
{
    const Weights weights = buildWeights();
    m_embedding = weights.embedding;
    m_outputNorm = weights.outputNorm;
    m_output = sparse(weights.output);
    for (const recall::Layer& layer : weights.layers) {
        m_layers.push_back({layer.attentionNorm, layer.ffnNorm, sparse(layer.query), sparse(layer.key),
                            sparse(layer.value), sparse(layer.attentionOutput), sparse(layer.gate),
                            sparse(layer.up), sparse(layer.down)});
    }
}

PlainLlama::Sparse PlainLlama::sparse(const Matrix& matrix)
{
    Sparse out(matrix.rows);
    for (std::size_t row = 0; row < matrix.rows; ++row) {
        for (std::size_t column = 0; column < matrix.columns; ++column) {
            const double weight = halfToFloat(floatToHalf(matrix.at(row, column)));
            if (weight != 0.0)
                out[row].push_back({static_cast<std::uint32_t>(column), weight});
        }
    }
    return out;
}

std::vector<double> PlainLlama::times(const Sparse& matrix, const std::vector<double>& input)
{
    std::vector<double> out(matrix.size(), 0.0);
    for (std::size_t row = 0; row < matrix.size(); ++row) {
        for (const Term& term : matrix[row])
            out[row] += term.weight * input[term.input];
    }
    return out;
}

std::vector<double> PlainLlama::normed(const std::vector<double>& input, const std::vector<float>& weights)
{
    double squares = 0.0;
    for (double x : input)
        squares += x * x;
    const double scale = 1.0 / std::sqrt(squares / static_cast<double>(input.size()) + kNormEpsilon);
    std::vector<double> out(input.size());
    for (std::size_t i = 0; i < input.size(); ++i)
        out[i] = input[i] * scale * weights[i];
    return out;
}

void PlainLlama::attention(std::size_t layer, const PlainRun& input, Rows& stream, PlainResult& result) const
{
    const Layer& weights = m_layers[layer];
    Rows queries, keys, values;
    for (std::size_t t = 0; t < stream.size(); ++t) {
        const auto x = normed(stream[t], weights.attentionNorm);
        queries.push_back(times(weights.query, x));
        keys.push_back(times(weights.key, x));
        values.push_back(times(weights.value, x));
        rotate(queries[t], input.positions[t]);
        rotate(keys[t], input.positions[t]);
    }
    for (std::size_t t = 0; t < stream.size(); ++t) {
        std::vector<double> mixed(kHeads * kHeadDim, 0.0);
        for (std::size_t head = 0; head < kHeads; ++head) {
            const std::size_t base = head * kHeadDim;
            std::vector<double> scores(t + 1, -1e30);
            for (std::size_t k = 0; k <= t; ++k) {
                if (!input.sees(layer, t, k))
                    continue;
                double dot = 0.0;
                for (std::size_t i = base; i < base + kHeadDim; ++i)
                    dot += queries[t][i] * keys[k][i];
                scores[k] = dot / std::sqrt(static_cast<double>(kHeadDim));
            }
            const auto share = softmax(std::move(scores));
            for (std::size_t k = 0; k <= t; ++k) {
                for (std::size_t i = base; share[k] > 1e-12 && i < base + kHeadDim; ++i)
                    mixed[i] += share[k] * values[k][i];
            }
            const int offset = offsetOf(layer, head);
            const auto back = static_cast<std::size_t>(offset);
            if (offset > 0 && t >= back && input.positions[t] - input.positions[t - back] == offset)
                result.leastLookBack = std::min(result.leastLookBack, share[t - back]);
            if (layer == kRecallLayer && t + 1 == stream.size())
                result.recall.push_back(share);
        }
        const auto added = times(weights.attentionOutput, mixed);
        for (std::size_t i = 0; i < kEmbedding; ++i)
            stream[t][i] += added[i];
    }
}

PlainResult PlainLlama::run(const PlainRun& input) const
{
    PlainResult result;
    Rows stream;
    for (TokenId id : input.ids) {
        const auto row = m_embedding.row(static_cast<std::size_t>(id));
        stream.emplace_back(row.begin(), row.end());
    }
    for (std::size_t layer = 0; layer < m_layers.size(); ++layer) {
        const Layer& weights = m_layers[layer];
        const auto writes = [](const std::vector<Term>& row) { return !row.empty(); };
        if (std::any_of(weights.attentionOutput.begin(), weights.attentionOutput.end(), writes))
            attention(layer, input, stream, result);
        for (auto& token : stream) {
            const auto x = normed(token, weights.ffnNorm);
            auto gate = times(weights.gate, x);
            const auto up = times(weights.up, x);
            for (std::size_t i = 0; i < gate.size(); ++i)
                gate[i] = gate[i] / (1.0 + std::exp(-gate[i])) * up[i];
            const auto added = times(weights.down, gate);
            for (std::size_t i = 0; i < kEmbedding; ++i)
                token[i] += added[i];
        }
    }
    result.logits = times(m_output, normed(stream.back(), m_outputNorm));
    return result;
}

} // namespace lectern::testing
