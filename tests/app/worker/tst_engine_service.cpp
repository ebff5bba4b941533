// The thread boundary: requests in, signals out, in order; cancel and closing from the window's thread.
#include "app/worker/engine_service.h"
#include "resources/sample/annals_generator.h"
#include "tests/app/worker/bench_fixture.h"

#include <QFile>
#include <QSignalSpy>
#include <QTest>

using namespace lectern;
using namespace lectern::test;

class TestEngineService : public QObject {
    Q_OBJECT

private slots:
    void init();
    void answersWithTelemetry();
    void cancelEndsTheRequestUnderWay();
    void closingWhileBusyIsClean();
    void badModelIsASentence();

private:
    std::shared_ptr<SharedStore> openStore();
    QString writeDocument(std::size_t bytes);

    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestEngineService::init() { m_folder = std::make_unique<QTemporaryDir>(); }

std::shared_ptr<SharedStore> TestEngineService::openStore()
{
    auto opened = SessionStore::open(m_folder->filePath("lectern.sqlite").toStdString());
    return opened ? std::make_shared<SharedStore>(std::move(*opened)) : nullptr;
}

QString TestEngineService::writeDocument(std::size_t bytes)
{
    QFile file(m_folder->filePath("annals.txt"));
    const std::string text = generateAnnals().text.substr(0, bytes);
    return file.open(QIODevice::WriteOnly) && file.write(text.data(), qint64(text.size())) > 0 ? file.fileName() : QString();
}

void TestEngineService::answersWithTelemetry()
{
    EngineService service(openStore());
    QSignalSpy busy(&service, &EnginePort::busyChanged);
    QSignalSpy opened(&service, &EnginePort::modelOpened);
    QSignalSpy ingested(&service, &EnginePort::ingestFinished);
    QSignalSpy started(&service, &EnginePort::answerStarted);
    QSignalSpy text(&service, &EnginePort::answerText);
    QSignalSpy finished(&service, &EnginePort::answerFinished);
    QSignalSpy usage(&service, &EnginePort::kvUsageChanged);
    QSignalSpy attention(&service, &EnginePort::attentionChanged);
    QSignalSpy failed(&service, &EnginePort::failed);
    const Annals annals = generateAnnals();
    service.openModel(QString::fromStdString(bundled("lectern-recall.gguf")), {});
    service.setAttentionWish({true, {{2, 0}}});
    service.ingest(0, {writeDocument(20000)});
    QTRY_COMPARE_WITH_TIMEOUT(ingested.count(), 1, 30000);
    QCOMPARE(opened.count(), 1);
    const auto reply = ingested.at(0).at(0).value<IngestReply>();
    QVERIFY(reply.documents.at(0).tokens > 1000);
    service.ask(reply.sessionId, QString::fromStdString(annals.facts.front().start), {});
    QVERIFY(service.isBusy());
    QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 1, 60000);
    QTRY_VERIFY(!service.isBusy());
    QCOMPARE(failed.count(), 0);
    QCOMPARE(started.count(), 1);
    QString streamed;
    for (const auto& part : text)
        streamed += part.at(1).toString();
    const auto answer = finished.at(0).at(0).value<AnswerReply>();
    QCOMPARE(streamed.toStdString(), answer.answer);
    QVERIFY(!answer.evidence.empty());
    QVERIFY(usage.count() >= 1);
    QCOMPARE(usage.last().at(0).value<KvUsage>().bytes, answer.kv.bytes);
    QVERIFY(attention.count() >= 1);
    const auto snapshot = attention.last().at(0).value<AttentionSnapshotPtr>();
    QCOMPARE(int(snapshot->thumbnails.size()), snapshot->layers * snapshot->heads);
    QCOMPARE(snapshot->maps.size(), std::size_t(1));
    QVERIFY(!snapshot->sources.empty());
    QCOMPARE(busy.last().at(0).toBool(), false);
}

void TestEngineService::cancelEndsTheRequestUnderWay()
{
    EngineService service(openStore());
    QSignalSpy ingested(&service, &EnginePort::ingestFinished);
    QSignalSpy progress(&service, &EnginePort::prefillProgress);
    QSignalSpy finished(&service, &EnginePort::answerFinished);
    service.openModel(QString::fromStdString(bundled("lectern-recall.gguf")), {});
    service.ingest(0, {writeDocument(200000)});
    QTRY_COMPARE_WITH_TIMEOUT(ingested.count(), 1, 30000);
    service.ask(ingested.at(0).at(0).value<IngestReply>().sessionId, QStringLiteral("The vault code of"), {});
    QTRY_VERIFY_WITH_TIMEOUT(progress.count() >= 2, 30000);
    QElapsedTimer timer;
    timer.start();
    service.cancel();
    QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 1, 10000);
    qInfo("cancelled after %lld ms", timer.elapsed());
    QCOMPARE(finished.at(0).at(0).value<AnswerReply>().stopReason, StopReason::Cancelled);
}

void TestEngineService::closingWhileBusyIsClean()
{
    const QString path = writeDocument(100000);
    {
        EngineService service(openStore());
        QSignalSpy progress(&service, &EnginePort::prefillProgress);
        QSignalSpy ingested(&service, &EnginePort::ingestFinished);
        service.openModel(QString::fromStdString(bundled("lectern-recall.gguf")), {});
        service.ingest(0, {path});
        QTRY_COMPARE_WITH_TIMEOUT(ingested.count(), 1, 30000);
        service.ask(ingested.at(0).at(0).value<IngestReply>().sessionId, QStringLiteral("The vault code of"), {});
        QTRY_VERIFY_WITH_TIMEOUT(progress.count() >= 1, 30000);
    }
    const auto store = openStore();
    QVERIFY(store);
    const auto sessions = store->run([](SessionStore& s) { return s.sessions(); });
    const auto messages = store->run([&](SessionStore& s) { return s.messages(sessions->at(0).id); });
    QCOMPARE(messages->size(), std::size_t(2));
    QCOMPARE(messages->at(1).state, MessageState::Interrupted);
}

void TestEngineService::badModelIsASentence()
{
    EngineService service(openStore());
    QSignalSpy failed(&service, &EnginePort::failed);
    service.openModel(writeDocument(5000), {});
    service.ask(1, QStringLiteral("Anything?"), {});
    QTRY_COMPARE_WITH_TIMEOUT(failed.count(), 2, 10000);
    QCOMPARE(failed.at(0).at(0).toString(), QStringLiteral("model"));
    QVERIFY(!failed.at(0).at(1).value<Error>().message.empty());
    QCOMPARE(failed.at(1).at(0).toString(), QStringLiteral("answer"));
}

QTEST_GUILESS_MAIN(TestEngineService)
#include "tst_engine_service.moc"
