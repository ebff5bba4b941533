// A random model written to a temporary file and opened, with short ways to read tokens through it.
#pragma once

#include "engine/model/decoder.h"
#include "tests/support/mask_cases.h"
#include "tests/support/random_gguf.h"

#include <QTemporaryDir>

namespace lectern::test {

// Random token ids of the model's vocabulary.
std::vector<std::int32_t> randomTokens(int count, int vocabulary, unsigned seed);

// Logits after every token, [token][vocabulary], read in the given chunks under a plan.
std::vector<std::vector<float>> modelLogits(const std::shared_ptr<const Model>& model, const LayerPlan& plan,
                                            std::span<const std::int32_t> tokens, const std::vector<int>& chunks,
                                            int threads = 2, KvType kvType = KvType::F16);

class ModelFixture {
public:
    explicit ModelFixture(RandomGguf gguf);
    explicit ModelFixture(const RandomShape& shape) : ModelFixture(RandomGguf(shape)) {}
    // "" if the model was written and opened, else what went wrong.
    const std::string& error() const { return m_error; }

    const std::shared_ptr<const Model>& model() const { return m_model; }
    const ReferenceModel& reference() const { return m_gguf.reference; }
    LayerPlan plan(const std::string& text) const
    {
        return parsePlan(text, m_model->planShape(), {}).value();
    }

    std::vector<std::vector<float>> logits(const LayerPlan& plan, std::span<const std::int32_t> tokens,
                                           const std::vector<int>& chunks, int threads = 2) const
    {
        return modelLogits(m_model, plan, tokens, chunks, threads);
    }
    // The same under a position method, in a session with room for `context` tokens (0: the text's). Empty
    // where the method is refused.
    std::vector<std::vector<float>> logits(const LayerPlan& plan, const std::string& positions,
                                           std::span<const std::int32_t> tokens,
                                           const std::vector<int>& chunks, std::int64_t context = 0) const;

private:
    RandomGguf m_gguf;
    QTemporaryDir m_folder;
    std::shared_ptr<const Model> m_model;
    std::string m_error;
};

// Errors of rows, norm against norm; infinite where the counts differ.
struct RowErrors {
    double median = 0, worst = 0;
};
RowErrors rowErrors(const std::vector<std::vector<float>>& got,
                    const std::vector<std::vector<double>>& wanted);
RowErrors rowErrors(const std::vector<std::vector<float>>& got,
                    const std::vector<std::vector<float>>& wanted);

} // namespace lectern::test
