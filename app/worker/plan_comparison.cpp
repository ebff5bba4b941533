#include "app/worker/plan_comparison.h"

#include "app/worker/answer_text.h"
#include "app/worker/evidence.h"
#include "app/worker/session_settings.h"
#include "engine/plan/plan_reader.h"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace lectern {

namespace {

using Clock = std::chrono::steady_clock;

// The first plan's rows of logits are kept for the others: at most so many bytes of them.
constexpr std::uint64_t kMostRowBytes = std::uint64_t{512} << 20;

double millisecondsSince(Clock::time_point start)
{
    return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

// log(sum(exp(row)))
double logNormaliser(std::span<const float> row)
{
    const double largest = *std::max_element(row.begin(), row.end());
    double sum = 0;
    for (const float logit : row)
        sum += std::exp(double(logit) - largest);
    return largest + std::log(sum);
}

auto topToken(std::span<const float> row) { return std::max_element(row.begin(), row.end()) - row.begin(); }

std::vector<std::int64_t> spreadPositions(std::int64_t tokens, std::int64_t count)
{
    count = std::min(count, tokens);
    std::vector<std::int64_t> positions;
    for (std::int64_t i = 1; i <= count; ++i)
        positions.push_back(tokens * i / count - 1); // the last token is always among them
    return positions;
}

class Comparison {
public:
    Comparison(const LoadedModel& model, const std::shared_ptr<ThreadPool>& pool, const ReadingPrompt& prompt,
               const std::vector<Document>& documents, const PlanComparisonSettings& settings,
               const ComparisonListener& listener, const CancelToken& cancel)
        : m_model(model), m_pool(pool), m_prompt(prompt), m_documents(documents), m_settings(settings),
          m_listener(listener), m_cancel(cancel)
    {
        const auto rowBytes = sizeof(float) * static_cast<std::uint64_t>(model.model()->spec().vocabulary);
        const auto most = std::min<std::int64_t>(std::max(0, settings.comparedPositions),
                                                 static_cast<std::int64_t>(kMostRowBytes / rowBytes));
        m_positions = spreadPositions(static_cast<std::int64_t>(prompt.ids.size()), most);
    }

    Result<PlanOutcome> run(const std::string& plan)
    {
        PlanOutcome outcome;
        outcome.plan = plan;
        EngineSettings engine = m_settings.engine;
        engine.plan = plan;
        const auto prompt = static_cast<std::int64_t>(m_prompt.ids.size());
        auto session = EngineSession::open(m_model.model(), m_model.plan(), m_pool,
                                           sessionSettings(engine, prompt + m_settings.generation.maxTokens + 1));
        if (!session)
            return failed(session);
        (*session)->recorder().setDocumentRanges(m_prompt.documentRanges);
        if (const Status read = this->read(**session, outcome); !read)
            return failed(read);
        if (const Status answered = answer(**session, outcome); !answered)
            return failed(answered);
        outcome.kv = (*session)->kvUsage();
        return outcome;
    }

private:
    Status read(EngineSession& session, PlanOutcome& outcome)
    {
        const bool first = m_rows.empty();
        std::size_t row = 0;
        const auto onRow = [&](std::int64_t position, std::span<const float> logits) {
            if (first) {
                m_rows.emplace_back(logits.begin(), logits.end());
                return;
            }
            const std::vector<float>& reference = m_rows[row++];
            outcome.divergence.push_back(
                {position, klDivergence(reference, logits), topToken(reference) == topToken(logits)});
        };
        const auto start = Clock::now();
        const Status done = session.readWithLogits(m_prompt.ids, m_positions, onRow, m_listener.prefill, m_cancel);
        outcome.timing.prefillMs = millisecondsSince(start);
        outcome.timing.promptTokens = static_cast<std::int64_t>(m_prompt.ids.size());
        return done;
    }

    Status answer(EngineSession& session, PlanOutcome& outcome)
    {
        const auto start = Clock::now();
        const auto onToken = [&](TokenId, const std::string& piece) {
            if (outcome.timing.firstTokenMs == 0)
                outcome.timing.firstTokenMs = outcome.timing.prefillMs + millisecondsSince(start);
            const std::string text = addedText(outcome.answer, piece);
            outcome.answer += text;
            if (m_listener.text && !text.empty())
                m_listener.text(text);
        };
        const auto generated = generate(session, m_model.tokenizer(), generateSettings(m_settings.generation, m_model),
                                        onToken, m_cancel);
        if (!generated)
            return failed(generated);
        if (generated->stop == StopReason::Cancelled)
            return fail(ErrorCode::Cancelled, "The comparison was stopped.");
        outcome.timing.decodeMs = millisecondsSince(start);
        outcome.timing.answerTokens = static_cast<std::int64_t>(generated->ids.size());
        outcome.stopReason = generated->stop;
        outcome.evidence = findEvidence(session.recorder().documentMass(), m_prompt, m_documents, outcome.answer);
        return {};
    }

    const LoadedModel& m_model;
    const std::shared_ptr<ThreadPool>& m_pool;
    const ReadingPrompt& m_prompt;
    const std::vector<Document>& m_documents;
    const PlanComparisonSettings& m_settings;
    const ComparisonListener& m_listener;
    const CancelToken& m_cancel;
    std::vector<std::int64_t> m_positions;
    std::vector<std::vector<float>> m_rows; // the first plan's, by position
};

} // namespace

double PlanOutcome::meanDivergence() const
{
    double sum = 0;
    for (const PositionDivergence& place : divergence)
        sum += place.nats;
    return divergence.empty() ? 0 : sum / double(divergence.size());
}

double PlanOutcome::topAgreement() const
{
    const auto same = std::count_if(divergence.begin(), divergence.end(), [](const auto& place) { return place.sameTop; });
    return divergence.empty() ? 1 : double(same) / double(divergence.size());
}

double klDivergence(std::span<const float> first, std::span<const float> second)
{
    const double firstNormaliser = logNormaliser(first), secondNormaliser = logNormaliser(second);
    double sum = 0;
    for (std::size_t i = 0; i < first.size(); ++i) {
        const double logFirst = double(first[i]) - firstNormaliser;
        sum += std::exp(logFirst) * (logFirst - (double(second[i]) - secondNormaliser));
    }
    return std::max(0.0, sum); // rounding can fall below the least there is
}

Result<std::vector<PlanOutcome>> comparePlans(const LoadedModel& model, const std::shared_ptr<ThreadPool>& pool,
                                              const ReadingPrompt& prompt, const std::vector<Document>& documents,
                                              const PlanComparisonSettings& settings,
                                              const ComparisonListener& listener, const CancelToken& cancel)
{
    if (settings.plans.empty())
        return fail(ErrorCode::Usage, "No plan was named to compare.", "Name at least two, for example full,longgen.");
    // All are checked before the first is run: a misspelt one would cost the time of those before it.
    for (const std::string& plan : settings.plans)
        if (const auto parsed = readPlan(plan, model.model()->planShape(), model.plan()); !parsed)
            return failed(parsed);
    Comparison comparison(model, pool, prompt, documents, settings, listener, cancel);
    std::vector<PlanOutcome> outcomes;
    for (const std::string& plan : settings.plans) {
        if (listener.started)
            listener.started(plan);
        auto outcome = comparison.run(plan);
        if (!outcome)
            return failed(outcome);
        if (listener.finished)
            listener.finished(*outcome);
        outcomes.push_back(std::move(*outcome));
    }
    return outcomes;
}

} // namespace lectern
