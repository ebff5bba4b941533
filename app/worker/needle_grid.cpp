#include "app/worker/needle_grid.h"

#include "app/worker/answer_text.h"
#include "app/worker/needle_text.h"
#include "app/worker/reading_prompt.h"
#include "app/worker/session_settings.h"
#include "engine/plan/plan_reader.h"

#include <algorithm>
#include <numeric>

namespace lectern {

namespace {

struct NeedleTrial {
    NeedleText text;
    ReadingPrompt prompt;
    std::size_t sentences = 0; // of filler
};

class NeedleGrid {
public:
    NeedleGrid(const LoadedModel& model, const std::shared_ptr<ThreadPool>& pool, const NeedleSettings& settings,
               const NeedleListener& listener, const CancelToken& cancel)
        : m_model(model), m_pool(pool), m_settings(settings), m_listener(listener), m_cancel(cancel)
    {
    }

    // All depths of one plan and length, in the order of the settings.
    Result<std::vector<NeedleCell>> runLength(const std::string& plan, std::int64_t context)
    {
        EngineSettings engine = m_settings.engine;
        engine.plan = plan;
        auto session = EngineSession::open(m_model.model(), m_model.plan(), m_pool, sessionSettings(engine, context));
        if (!session)
            return failed(session);
        std::vector<std::size_t> order(m_settings.depths.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::sort(order.begin(), order.end(),
                  [&](std::size_t a, std::size_t b) { return m_settings.depths[a] > m_settings.depths[b]; });
        std::vector<NeedleCell> cells(order.size());
        for (const std::size_t index : order) {
            NeedleCell& cell = cells[index];
            cell.plan = plan;
            cell.context = context;
            cell.depth = m_settings.depths[index];
            if (m_settings.oneText)
                continue;
            for (int trial = 0; trial < m_settings.trials; ++trial)
                if (const Status done = runTrial(**session, trial, cell); !done)
                    return failed(done);
            if (m_listener.finished)
                m_listener.finished(cell);
        }
        for (int trial = 0; m_settings.oneText && trial < m_settings.trials; ++trial)
            if (const Status done = runOneText(**session, trial, cells); !done)
                return failed(done);
        return cells;
    }

private:
    Result<NeedleTrial> trialOf(const NeedlePuzzle& puzzle, std::size_t sentences,
                                std::size_t asked = 0) const
    {
        NeedleTrial trial{puzzle.make(sentences, asked), {}, sentences};
        Document document;
        document.name = "needle.txt";
        document.kind = "text";
        document.text = trial.text.text;
        auto prompt = makeReadingPrompt(m_model, {document}, {}, trial.text.question);
        if (!prompt)
            return failed(prompt);
        trial.prompt = std::move(*prompt);
        return trial;
    }

    std::int64_t answerTokens(const std::string& expected) const
    {
        const auto ids = m_model.tokenizer().encode(" " + expected, Trust::Text);
        return ids ? static_cast<std::int64_t>(ids->size()) + 16 : 64;
    }

    // The most filler with which prompt and answer fit in `context` tokens.
    Result<NeedleTrial> fill(const NeedlePuzzle& puzzle, std::int64_t context) const
    {
        const auto tokensOf = [](const NeedleTrial& trial) { return static_cast<std::int64_t>(trial.prompt.ids.size()); };
        auto best = trialOf(puzzle, 0);
        if (!best)
            return best;
        const std::int64_t room = context - 1 - answerTokens(best->text.expected);
        if (tokensOf(*best) > room)
            return fail(ErrorCode::Usage,
                        "A needle test needs at least " + std::to_string(tokensOf(*best) + context - room) +
                            " tokens with these needles; " + std::to_string(context) + " were given.",
                        "Choose a longer context, or fewer or shorter needles.");
        // Sentences are much alike in length: the straight line through what was tried last lands close.
        std::size_t low = 0, high = static_cast<std::size_t>(context), next = static_cast<std::size_t>(context / 10);
        while (low + 1 < high) {
            next = std::clamp(next, low + 1, high - 1);
            auto tried = trialOf(puzzle, next);
            if (!tried)
                return tried;
            const std::int64_t tokens = tokensOf(*tried);
            const double perSentence = std::max(1.0, double(tokens) / double(next));
            if (tokens <= room) {
                low = next;
                best = std::move(tried);
                if (room - tokens < 32) // less than a sentence
                    break;
            } else {
                high = next;
            }
            next = static_cast<std::size_t>(double(next) + double(room - tokens) / perSentence);
        }
        return best;
    }

    Status runTrial(EngineSession& session, int trial, NeedleCell& cell)
    {
        std::seed_seq seed{m_settings.seed, static_cast<std::uint64_t>(cell.context),
                           static_cast<std::uint64_t>(cell.depth * 1e6), static_cast<std::uint64_t>(trial)};
        std::mt19937_64 random(seed);
        const NeedlePuzzle puzzle(m_settings, cell.depth, m_model.stopsAtSentence(), random);
        const auto made = fill(puzzle, cell.context);
        if (!made)
            return failed(made);
        return ask(session, *made, cell);
    }

    // Every depth of one text. The text before the questions is read with the first of them.
    Status runOneText(EngineSession& session, int trial, std::vector<NeedleCell>& cells)
    {
        const std::int64_t context = cells.front().context;
        std::seed_seq seed{m_settings.seed, static_cast<std::uint64_t>(context),
                           static_cast<std::uint64_t>(trial)};
        std::mt19937_64 random(seed);
        const NeedlePuzzle puzzle = NeedlePuzzle::ofAllDepths(m_settings, m_model.stopsAtSentence(), random);
        constexpr std::int64_t kUnlikeQuestions = 24; // tokens by which questions and answers may differ
        const auto filled = fill(puzzle, context - kUnlikeQuestions);
        if (!filled)
            return failed(filled);
        for (std::size_t depth = 0; depth < cells.size(); ++depth) {
            const auto made = trialOf(puzzle, filled->sentences, depth);
            if (!made)
                return failed(made);
            if (const Status done = ask(session, *made, cells[depth]); !done)
                return done;
            if (m_listener.finished && trial + 1 == m_settings.trials)
                m_listener.finished(cells[depth]);
        }
        return {};
    }

    Status ask(EngineSession& session, const NeedleTrial& made, NeedleCell& cell)
    {
        double elapsed = 0;
        const auto progress = [&](const PrefillProgress& step) {
            elapsed = step.elapsedMs;
            if (m_listener.prefill)
                m_listener.prefill(step);
        };
        if (const auto read = session.read(made.prompt.ids, progress, m_cancel, made.prompt.marks); !read)
            return failed(read);
        GenerationSettings generation;
        generation.maxTokens = static_cast<int>(answerTokens(made.text.expected));
        cell.answer.clear();
        const auto written = generate(
            session, m_model.tokenizer(), generateSettings(generation, m_model),
            [&](TokenId, const std::string& piece) { cell.answer += addedText(cell.answer, piece); }, m_cancel);
        if (!written)
            return failed(written);
        if (written->stop == StopReason::Cancelled)
            return fail(ErrorCode::Cancelled, "The needle test was stopped.");
        cell.expected = made.text.expected;
        cell.promptTokens = static_cast<std::int64_t>(made.prompt.ids.size());
        cell.prefillMs += elapsed;
        cell.kvBytes = session.kvUsage().bytes;
        ++cell.trials;
        cell.passed += needleFound(cell.answer, cell.expected);
        return {};
    }

    const LoadedModel& m_model;
    const std::shared_ptr<ThreadPool>& m_pool;
    const NeedleSettings& m_settings;
    const NeedleListener& m_listener;
    const CancelToken& m_cancel;
};

} // namespace

Result<std::vector<NeedleCell>> runNeedleGrid(const LoadedModel& model, const std::shared_ptr<ThreadPool>& pool,
                                              const NeedleSettings& settings, const NeedleListener& listener,
                                              const CancelToken& cancel)
{
    if (settings.contexts.empty() || settings.depths.empty() || settings.plans.empty())
        return fail(ErrorCode::Usage, "A needle test needs at least one length, one depth and one plan.",
                    "Name them, for example 4096, 0.5 and longgen.");
    for (const std::string& plan : settings.plans)
        if (const auto parsed = readPlan(plan, model.model()->planShape(), model.plan()); !parsed)
            return failed(parsed);
    if (settings.oneText && settings.kind != NeedleKind::Words)
        return fail(ErrorCode::Usage, "Several pass keys in one text can not be told apart by the question.",
                    "Hide words: they are numbered.");
    NeedleGrid grid(model, pool, settings, listener, cancel);
    std::vector<NeedleCell> all;
    for (const std::string& plan : settings.plans) {
        for (const std::int64_t context : settings.contexts) {
            auto cells = grid.runLength(plan, context);
            if (!cells)
                return failed(cells);
            std::move(cells->begin(), cells->end(), std::back_inserter(all));
        }
    }
    return all;
}

} // namespace lectern
