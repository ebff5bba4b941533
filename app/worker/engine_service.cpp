#include "app/worker/engine_service.h"

#include "app/worker/workbench.h"

#include <QElapsedTimer>
#include <QThread>

#include <mutex>

namespace lectern {

namespace {

constexpr qint64 kUsageIntervalMs = 33;      // 30 a second
constexpr qint64 kAttentionIntervalMs = 100; // a snapshot of all heads costs about a millisecond

} // namespace

// Everything here runs in the worker thread, except setWish().
class EngineService::Runner : public QObject {
public:
    Runner(EngineService& service, std::shared_ptr<SharedStore> store, const std::string& cacheFolder)
        : m_service(service), m_bench(std::move(store), cacheFolder)
    {
        m_sinceUsage.start();
        m_sinceAttention.start();
    }

    void setWish(const AttentionWish& wish)
    {
        const std::lock_guard lock(m_wishMutex);
        m_wish = wish;
        m_wishChanged = true;
    }

    void openModel(const QString& path, const EngineSettings& settings)
    {
        emit m_service.modelLoading(path, 0.0);
        const auto facts = m_bench.openModel(path.toStdString(), settings);
        emit m_service.modelLoading(path, 1.0);
        if (facts)
            emit m_service.modelOpened(*facts);
        else
            emit m_service.failed(QStringLiteral("model"), facts.error());
    }

    void ingest(std::int64_t sessionId, const QStringList& paths, const CancelToken& cancel)
    {
        std::vector<std::string> names;
        for (const QString& path : paths)
            names.push_back(path.toStdString());
        const auto reply = m_bench.ingest(
            SessionId(sessionId), names,
            [this](const IngestProgress& progress) { emit m_service.ingestProgress(progress); }, cancel);
        if (reply)
            emit m_service.ingestFinished(*reply);
        else
            emit m_service.failed(QStringLiteral("ingest"), reply.error());
    }

    void ask(const AskRequest& request, const CancelToken& cancel)
    {
        applyWish();
        std::int64_t answerId = 0;
        AnswerListener listener;
        listener.started = [&](std::int64_t questionId, std::int64_t id) {
            answerId = id;
            emit m_service.answerStarted(request.session.value, questionId, id);
        };
        listener.prompt = [this](const PromptViewPtr& prompt) { emit m_service.promptMade(prompt); };
        listener.prefill = [this](const PrefillProgress& progress) {
            emit m_service.prefillProgress(progress);
        };
        listener.text = [&](const std::string& text) {
            emit m_service.answerText(answerId, QString::fromStdString(text));
        };
        listener.stepped = [this] {
            applyWish();
            publish(false);
        };
        const auto reply = m_bench.ask(request, listener, cancel);
        publish(true);
        if (reply)
            emit m_service.answerFinished(*reply);
        else
            emit m_service.failed(QStringLiteral("answer"), reply.error());
    }

    void comparePlans(std::int64_t sessionId, const QString& question, const PlanComparisonSettings& settings,
                      const CancelToken& cancel)
    {
        ComparisonListener listener;
        listener.started = [this](const std::string& plan) {
            emit m_service.planStarted(QString::fromStdString(plan));
        };
        listener.prefill = [this](const PrefillProgress& progress) {
            emit m_service.prefillProgress(progress);
        };
        listener.text = [this](const std::string& text) {
            emit m_service.planAnswerText(QString::fromStdString(text));
        };
        listener.finished = [this](const PlanOutcome& outcome) { emit m_service.planFinished(outcome); };
        const auto outcomes =
            m_bench.compare(SessionId(sessionId), question.toStdString(), settings, listener, cancel);
        if (outcomes)
            emit m_service.comparisonFinished();
        else
            emit m_service.failed(QStringLiteral("comparison"), outcomes.error());
    }

    void findNeedles(const NeedleSettings& settings, const CancelToken& cancel)
    {
        NeedleListener listener;
        listener.prefill = [this](const PrefillProgress& progress) {
            emit m_service.prefillProgress(progress);
        };
        listener.finished = [this](const NeedleCell& cell) { emit m_service.needleCellFinished(cell); };
        const auto cells = m_bench.findNeedles(settings, listener, cancel);
        if (cells)
            emit m_service.needlesFinished();
        else
            emit m_service.failed(QStringLiteral("needles"), cells.error());
    }

    void showWish()
    {
        if (applyWish())
            publish(true);
    }

private:
    bool applyWish()
    {
        const std::lock_guard lock(m_wishMutex);
        if (!m_wishChanged)
            return false;
        m_wishChanged = false;
        m_watching = m_wish.enabled;
        m_bench.setAttentionWish(m_wish);
        return true;
    }

    void publish(bool now)
    {
        if (now || m_sinceUsage.elapsed() >= kUsageIntervalMs) {
            m_sinceUsage.restart();
            emit m_service.kvUsageChanged(m_bench.kvUsage());
        }
        if (!m_watching || (!now && m_sinceAttention.elapsed() < kAttentionIntervalMs))
            return;
        m_sinceAttention.restart();
        if (const auto snapshot = m_bench.attention())
            emit m_service.attentionChanged(snapshot);
    }

    EngineService& m_service; // its signals reach the window queued
    Workbench m_bench;
    std::mutex m_wishMutex;
    AttentionWish m_wish;
    bool m_wishChanged = false;
    bool m_watching = false;
    QElapsedTimer m_sinceUsage, m_sinceAttention;
};

EngineService::EngineService(std::shared_ptr<SharedStore> store, const QString& cacheFolder, QObject* parent)
    : EnginePort(parent), m_thread(std::make_unique<QThread>()),
      m_runner(new Runner(*this, std::move(store), cacheFolder.toStdString()))
{
    qRegisterMetaType<ModelFacts>("lectern::ModelFacts");
    qRegisterMetaType<IngestProgress>("lectern::IngestProgress");
    qRegisterMetaType<IngestReply>("lectern::IngestReply");
    qRegisterMetaType<PrefillProgress>("lectern::PrefillProgress");
    qRegisterMetaType<AnswerReply>("lectern::AnswerReply");
    qRegisterMetaType<PlanOutcome>("lectern::PlanOutcome");
    qRegisterMetaType<NeedleCell>("lectern::NeedleCell");
    qRegisterMetaType<Error>("lectern::Error");
    qRegisterMetaType<KvUsage>("lectern::KvUsage");
    qRegisterMetaType<AttentionSnapshotPtr>("lectern::AttentionSnapshotPtr");
    qRegisterMetaType<PromptViewPtr>("lectern::PromptViewPtr");
    qRegisterMetaType<std::int64_t>("std::int64_t");
    m_thread->setObjectName(QStringLiteral("engine"));
    m_runner->moveToThread(m_thread.get());
    connect(m_thread.get(), &QThread::finished, m_runner, &QObject::deleteLater);
    m_thread->start();
}

EngineService::~EngineService()
{
    m_cancel.cancel();
    m_thread->quit();
    m_thread->wait();
}

void EngineService::post(std::function<void(Runner&, const CancelToken&)> work)
{
    if (m_pending++ == 0)
        emit busyChanged(true);
    QMetaObject::invokeMethod(m_runner, [this, work = std::move(work), cancel = m_cancel] {
        work(*m_runner, cancel);
        // Counted down in the window's thread, behind the signals that the work has sent there.
        QMetaObject::invokeMethod(this, [this] {
            if (--m_pending == 0)
                emit busyChanged(false);
        });
    });
}

void EngineService::openModel(const QString& path, const EngineSettings& settings)
{
    post([=](Runner& runner, const CancelToken&) { runner.openModel(path, settings); });
}

void EngineService::ingest(std::int64_t sessionId, const QStringList& paths)
{
    post([=](Runner& runner, const CancelToken& cancel) { runner.ingest(sessionId, paths, cancel); });
}

void EngineService::ask(std::int64_t sessionId, const QString& question, const GenerationSettings& settings)
{
    post([request = AskRequest{SessionId(sessionId), question.toStdString(), settings}](
             Runner& runner, const CancelToken& cancel) { runner.ask(request, cancel); });
}

void EngineService::askInstead(std::int64_t sessionId, std::int64_t messageId, const QString& question,
                               const GenerationSettings& settings)
{
    post([request = AskRequest{SessionId(sessionId), question.toStdString(), settings, MessageId(messageId)}](
             Runner& runner, const CancelToken& cancel) { runner.ask(request, cancel); });
}

void EngineService::comparePlans(std::int64_t sessionId, const QString& question,
                                 const PlanComparisonSettings& settings)
{
    post([=](Runner& runner, const CancelToken& cancel) {
        runner.comparePlans(sessionId, question, settings, cancel);
    });
}

void EngineService::findNeedles(const NeedleSettings& settings)
{
    post([=](Runner& runner, const CancelToken& cancel) { runner.findNeedles(settings, cancel); });
}

void EngineService::cancel()
{
    m_cancel.cancel();
    m_cancel = CancelToken();
}

void EngineService::setAttentionWish(const AttentionWish& wish)
{
    m_runner->setWish(wish);
    QMetaObject::invokeMethod(m_runner, [this] { m_runner->showWish(); });
}

} // namespace lectern
