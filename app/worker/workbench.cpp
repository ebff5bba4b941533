#include "app/worker/workbench.h"

#include "app/worker/answer_text.h"
#include "app/worker/evidence.h"
#include "app/worker/fit.h"
#include "app/worker/json.h"
#include "app/worker/model_facts.h"
#include "app/worker/sentence_evidence.h"
#include "app/worker/session_settings.h"
#include "engine/plan/plan_json.h"
#include "engine/plan/plan_reader.h"

#include <algorithm>
#include <chrono>

namespace lectern {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::int64_t kWorthAtOnce = 1024; // tokens read that are not risked until the answer is there
constexpr auto kStoreInterval = std::chrono::milliseconds(200); // an answer is never more than this behind on disk

double millisecondsSince(Clock::time_point start)
{
    return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

// What a prompt of the session is made of.
Status collect(SessionStore& store, SessionId session, std::vector<Document>& documents,
               std::vector<Message>& earlier)
{
    auto messages = store.messages(session);
    if (!messages)
        return failed(messages);
    earlier = std::move(*messages);
    const auto infos = store.documents(session);
    if (!infos)
        return failed(infos);
    for (const DocumentInfo& info : *infos) {
        auto document = store.document(info.id);
        if (!document)
            return failed(document);
        documents.push_back(std::move(*document));
    }
    return {};
}

} // namespace

struct Workbench::Turn {
    const AskRequest& request;
    MessageId question, answer;
    std::vector<Document> documents;
    std::vector<Message> earlier;
    ReadingPrompt prompt;
    AnswerReply reply;
    Clock::time_point start = Clock::now();
    std::string savedPlan; // of the session, as it was last answered
};

Workbench::Workbench(std::shared_ptr<SharedStore> store, const std::string& cacheFolder) : m_store(std::move(store))
{
    if (!cacheFolder.empty())
        m_keeper = std::make_unique<SnapshotKeeper>(m_store, cacheFolder);
}

Result<ModelFacts> Workbench::openModel(const std::string& path, const EngineSettings& settings)
{
    if (const Status usable = checkDevice(settings); !usable)
        return failed(usable);
    auto loaded = LoadedModel::open(path, settings.adapters);
    if (!loaded)
        return failed(loaded);
    const auto plan = readPlan(settings.plan, (*loaded)->model()->planShape(), (*loaded)->plan());
    if (!plan)
        return failed(plan);
    m_engine.reset();
    m_identity = {};
    m_settings = settings;
    if (m_keeper)
        m_keeper->setBudget(settings.kvBudget);
    m_pool = std::make_shared<ThreadPool>(settings.threads);
    m_model = std::move(*loaded);
    return modelFacts(*m_model, *plan, m_pool->threads());
}

// Opens an engine session, or goes on with the one there is, with room for the prompt and one answer.
Status Workbench::prepareEngine(Turn& turn)
{
    const auto prompt = static_cast<std::int64_t>(turn.prompt.ids.size());
    const std::int64_t needed = prompt + turn.request.generation.maxTokens + 1;
    const std::int64_t allowed = std::max(m_model->model()->spec().contextLength, m_settings.context);
    // What an open session holds is not free, but will be used again: only the context is counted then.
    constexpr auto kEnough = ~std::uint64_t(0);
    const auto fit = measureFit(*m_model, m_settings, turn.prompt, turn.documents, turn.request.generation.maxTokens,
                                m_engine ? kEnough : 0);
    if (!fit)
        return failed(fit);
    if (!fit->fits())
        return tl::unexpected<Error>(fitError(*fit, m_model->name()));
    const std::int64_t context = std::max(std::min(needed, allowed), m_settings.context);
    // A scale that is settled for one session is not another one's.
    if (m_session != turn.request.session && isSettledAtOpening(m_settings.positions))
        m_engine.reset();
    if (m_engine)
        return m_engine->reserve(context);
    auto engine = EngineSession::open(m_model->model(), m_model->plan(), m_pool,
                                      sessionSettings(m_settings, context, turn.savedPlan));
    if (!engine)
        return failed(engine);
    m_engine = std::move(*engine);
    applyWish();
    return {};
}

Status Workbench::readPrompt(Turn& turn, const AnswerListener& listener, const CancelToken& cancel)
{
    const auto start = Clock::now();
    auto prompt = makeReadingPrompt(*m_model, turn.documents, turn.earlier, turn.request.question);
    if (!prompt)
        return failed(prompt);
    turn.prompt = std::move(*prompt);
    turn.reply.timing.tokenizeMs = millisecondsSince(start);
    turn.reply.timing.promptTokens = static_cast<std::int64_t>(turn.prompt.ids.size());
    if (auto ready = prepareEngine(turn); !ready)
        return ready;
    if (m_keeper)
        m_keeper->restore(turn.request.session, snapshotIdentity(), *m_engine, turn.prompt.ids);
    m_session = turn.request.session;
    if (listener.prompt)
        listener.prompt(makePromptView(turn.request.session.value, *m_model, turn.prompt, turn.documents));
    m_engine->recorder().setDocumentRanges(turn.prompt.documentRanges);
    const auto prefillStart = Clock::now();
    const auto reused = m_engine->read(
        turn.prompt.ids,
        [&](const PrefillProgress& progress) {
            if (listener.prefill)
                listener.prefill(progress);
            if (listener.stepped)
                listener.stepped();
        },
        cancel, turn.prompt.marks);
    turn.reply.timing.prefillMs = millisecondsSince(prefillStart);
    if (!reused)
        return failed(reused);
    turn.reply.timing.reusedTokens = *reused;
    if (turn.reply.timing.promptTokens - *reused >= kWorthAtOnce)
        keepSnapshot(turn.request.session);
    return {};
}

Status Workbench::writeAnswer(Turn& turn, const AnswerListener& listener, const CancelToken& cancel)
{
    Status stored;
    std::string unstored;
    auto lastStored = Clock::now();
    const auto flush = [&] {
        if (unstored.empty() || !stored)
            return;
        stored = m_store->run([&](SessionStore& store) { return store.appendAnswer(turn.answer, unstored); });
        unstored.clear();
        lastStored = Clock::now();
    };
    SentenceEvidence sources(m_engine->recorder().documentMass(), turn.prompt, turn.documents);
    const auto decodeStart = Clock::now();
    GenerateSettings settings = generateSettings(turn.request.generation, *m_model);
    if (!turn.reply.answer.empty())
        settings.rules = {}; // it goes on with what it has begun
    auto generated = generate(
        *m_engine, m_model->tokenizer(), settings,
        [&](TokenId token, const std::string& piece) {
            if (turn.reply.timing.firstTokenMs == 0)
                turn.reply.timing.firstTokenMs = millisecondsSince(turn.start);
            const std::string text = addedText(turn.reply.answer, piece);
            turn.reply.answer += text;
            if (token >= 0)
                turn.reply.tokenEnds.push_back(turn.reply.answer.size());
            sources.grown(turn.reply.answer);
            unstored += text;
            if (Clock::now() - lastStored >= kStoreInterval)
                flush();
            if (listener.text && !text.empty())
                listener.text(text);
            if (listener.stepped)
                listener.stepped();
        },
        cancel);
    flush();
    turn.reply.timing.decodeMs = millisecondsSince(decodeStart);
    if (!generated)
        return failed(generated);
    turn.reply.stopReason = generated->stop;
    turn.reply.timing.answerTokens = static_cast<std::int64_t>(generated->ids.size());
    turn.reply.evidence = sources.finish(turn.reply.answer);
    return stored;
}

Status Workbench::runTurn(Turn& turn, const AnswerListener& listener, const CancelToken& cancel)
{
    if (auto read = readPrompt(turn, listener, cancel); !read) {
        if (read.error().code != ErrorCode::Cancelled)
            return read;
        turn.reply.stopReason = StopReason::Cancelled; // stopped while reading: an answer without words
        return {};
    }
    return writeAnswer(turn, listener, cancel);
}

Result<AnswerReply> Workbench::ask(const AskRequest& request, const AnswerListener& listener,
                                   const CancelToken& cancel)
{
    if (!m_model)
        return fail(ErrorCode::Usage, "No model is open.", "Open a model first.");
    Turn turn{request, {}, {}, {}, {}, {}, {}, Clock::now(), {}};
    const Status begun = m_store->run([&](SessionStore& store) -> Status {
        if (auto collected = collect(store, request.session, turn.documents, turn.earlier); !collected)
            return collected;
        const auto session = store.session(request.session);
        if (!session)
            return failed(session);
        turn.savedPlan = session->plan;
        if (request.instead)
            turn.earlier.erase(std::find_if(turn.earlier.begin(), turn.earlier.end(),
                                            [&](const Message& m) { return m.id == *request.instead; }),
                               turn.earlier.end());
        const auto stored = store.beginTurn(request.session, request.question, request.instead);
        if (!stored)
            return failed(stored);
        turn.question = stored->question;
        turn.answer = stored->answer;
        return {};
    });
    if (!begun)
        return failed(begun);
    turn.reply.sessionId = request.session.value;
    turn.reply.questionId = turn.question.value;
    turn.reply.answerId = turn.answer.value;
    if (listener.started)
        listener.started(turn.question.value, turn.answer.value);

    const Status done = runTurn(turn, listener, cancel);
    if (m_engine)
        turn.reply.kv = kvUsage();
    AnswerResult result;
    if (!done) {
        result.state = MessageState::Failed;
        result.stopReason = done.error().message;
    } else {
        result.state = turn.reply.stopReason == StopReason::Cancelled ? MessageState::Interrupted
                                                                      : MessageState::Complete;
        result.stopReason = stopReasonName(turn.reply.stopReason);
        result.statsJson = dumpJson(statsJson(turn.reply), false);
        result.evidenceJson = dumpJson(evidenceJson(turn.reply.evidence), false);
    }
    const std::string plan = m_engine ? planToJson(m_engine->settledPlan(), false) : turn.savedPlan;
    const Status finished = m_store->run([&](SessionStore& store) -> Status {
        if (auto model = store.setModel(request.session, m_model->path(), plan); !model)
            return model;
        return store.finishAnswer(turn.answer, result);
    });
    if (!done)
        return failed(done);
    if (!finished)
        return failed(finished);
    m_engine->checkpoint(CheckpointKind::Turn);
    keepSnapshot(request.session);
    return std::move(turn.reply);
}

Result<std::vector<PlanOutcome>> Workbench::compare(SessionId session, const std::string& question,
                                                    const PlanComparisonSettings& settings,
                                                    const ComparisonListener& listener,
                                                    const CancelToken& cancel)
{
    if (!m_model)
        return fail(ErrorCode::Usage, "No model is open.", "Open a model first.");
    std::vector<Document> documents;
    std::vector<Message> earlier;
    const Status collected =
        m_store->run([&](SessionStore& store) { return collect(store, session, documents, earlier); });
    if (!collected)
        return failed(collected);
    const auto prompt = makeReadingPrompt(*m_model, documents, earlier, question);
    if (!prompt)
        return failed(prompt);
    return comparePlans(*m_model, m_pool, *prompt, documents, settings, listener, cancel);
}

Result<std::vector<NeedleCell>> Workbench::findNeedles(const NeedleSettings& settings,
                                                       const NeedleListener& listener,
                                                       const CancelToken& cancel)
{
    if (!m_model)
        return fail(ErrorCode::Usage, "No model is open.", "Open a model first.");
    return runNeedleGrid(*m_model, m_pool, settings, listener, cancel);
}

KvUsage Workbench::kvUsage() const
{
    KvUsage usage = m_engine ? m_engine->kvUsage() : KvUsage{};
    usage.diskBytes = m_keeper ? m_keeper->bytesOnDisk(m_session) : 0;
    return usage;
}

AttentionSnapshotPtr Workbench::attention()
{
    return m_engine ? m_engine->recorder().snapshot(m_wish.heads) : nullptr;
}

void Workbench::setAttentionWish(const AttentionWish& wish)
{
    m_wish = wish;
    applyWish();
}

void Workbench::applyWish()
{
    if (m_engine)
        m_engine->recorder().watch(m_wish.enabled);
}

} // namespace lectern
