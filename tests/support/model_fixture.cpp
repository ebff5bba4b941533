#include "tests/support/model_fixture.h"

#include "tests/support/reference_attention.h"

#include <algorithm>
#include <cmath>

namespace lectern::test {

std::vector<std::int32_t> randomTokens(int count, int vocabulary, unsigned seed)
{
    std::mt19937 random(seed);
    std::vector<std::int32_t> tokens;
    for (int i = 0; i < count; ++i)
        tokens.push_back(static_cast<std::int32_t>(drawn(random, 0, vocabulary - 1)));
    return tokens;
}

ModelFixture::ModelFixture(RandomGguf gguf) : m_gguf(std::move(gguf))
{
    const std::string path = m_folder.filePath("model.gguf").toStdString();
    m_error = m_gguf.write(path);
    if (!m_error.empty())
        return;
    auto model = Model::open(path);
    if (model)
        m_model = std::move(*model);
    else
        m_error = model.error().message;
}

namespace {

std::vector<std::vector<float>> readThrough(Decoder& decoder, KvCache& cache, int vocabulary,
                                            std::span<const std::int32_t> tokens,
                                            const std::vector<int>& chunks)
{
    std::vector<std::vector<float>> rows;
    for (const int count : chunks) {
        const auto at = static_cast<std::size_t>(cache.position());
        if (!decoder.step(tokens.subspan(at, std::size_t(count)), cache, CancelToken(), nullptr))
            return {};
        for (int i = 0; i < count; ++i) {
            rows.emplace_back(std::size_t(vocabulary), NAN);
            decoder.logits(i, rows.back().data());
        }
    }
    return rows;
}

} // namespace

std::vector<std::vector<float>> modelLogits(const std::shared_ptr<const Model>& model, const LayerPlan& plan,
                                            std::span<const std::int32_t> tokens,
                                            const std::vector<int>& chunks, int threads, KvType kvType)
{
    ThreadPool pool(threads);
    const int longest = *std::max_element(chunks.begin(), chunks.end());
    auto cache =
        KvCache::create(plan, model->kvShape(), kvType, std::int64_t(tokens.size()), longest).value();
    auto decoder = Decoder::create(model, pool, longest).value();
    return readThrough(*decoder, *cache, model->spec().vocabulary, tokens, chunks);
}

std::vector<std::vector<float>> ModelFixture::logits(const LayerPlan& plan, const std::string& positions,
                                                     std::span<const std::int32_t> tokens,
                                                     const std::vector<int>& chunks,
                                                     std::int64_t context) const
{
    ThreadPool pool(2);
    const int longest = *std::max_element(chunks.begin(), chunks.end());
    const auto room = std::max(context, std::int64_t(tokens.size()));
    const auto resolved = resolvePositions(positions, m_model->spec().positions(), plan, room);
    if (!resolved)
        return {};
    auto cache = KvCache::create(plan, m_model->kvShape(), KvType::F16, room, longest).value();
    auto decoder = Decoder::create(m_model, pool, longest, *resolved).value();
    decoder->setTextLength(std::int64_t(tokens.size()));
    return readThrough(*decoder, *cache, m_model->spec().vocabulary, tokens, chunks);
}

RowErrors rowErrors(const std::vector<std::vector<float>>& got,
                    const std::vector<std::vector<double>>& wanted)
{
    if (got.size() != wanted.size() || got.empty())
        return {INFINITY, INFINITY};
    std::vector<double> errors;
    for (std::size_t i = 0; i < got.size(); ++i) {
        const double error = normError(got[i].data(), wanted[i]);
        errors.push_back(std::isnan(error) ? INFINITY : error);
    }
    std::sort(errors.begin(), errors.end());
    return {errors[errors.size() / 2], errors.back()};
}

RowErrors rowErrors(const std::vector<std::vector<float>>& got, const std::vector<std::vector<float>>& wanted)
{
    std::vector<std::vector<double>> doubles;
    for (const std::vector<float>& row : wanted)
        doubles.emplace_back(row.begin(), row.end());
    return rowErrors(got, doubles);
}

} // namespace lectern::test
