// What the window does with requests and replies, without a window.
#include "tests/ui/support/fake_engine.h"
#include "ui/state/drop_paths.h"
#include "ui/state/settings.h"
#include "ui/state/workspace.h"

#include <QAbstractItemModelTester>
#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace lectern;
using namespace lectern::test;

namespace {

struct Bench {
    QTemporaryDir folder;
    FakeLibrary library;
    FakeEngine engine{library};
    Settings settings{folder.filePath("s.ini")};
    Workspace workspace{&engine, &library, &settings};

    QString file(const QString& name, const QByteArray& text = "some words\n") const
    {
        QFile made(folder.filePath(name));
        if (!made.open(QIODevice::WriteOnly) || made.write(text) != text.size())
            qFatal("no room for test files");
        return made.fileName();
    }
};

} // namespace

class TestWorkspace : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { qRegisterMetaType<Problem>(); }

    void dropsAreSorted()
    {
        Bench b;
        const QString text = b.file("a.txt"), model = b.file("m.GGUF");
        const DroppedPaths sorted = sortUrls({QUrl::fromLocalFile(text), QUrl::fromLocalFile(model),
                                              QUrl::fromLocalFile(text), QUrl::fromLocalFile(b.folder.path()),
                                              QUrl("https://example.org/x.txt"), QUrl::fromLocalFile("/no/such")});
        QCOMPARE(sorted.documents, (QStringList{text, b.folder.path()}));
        QCOMPARE(sorted.models, QStringList{model});
        QCOMPARE(sorted.refused.size(), 2);
        QVERIFY(sortPaths({""}).isEmpty());
    }

    void progressNumbers()
    {
        const Activity reading = activityOf(PrefillProgress{18'192, 28'192, 8'192, 10'000});
        QCOMPARE(reading.fraction, 0.5);
        QCOMPARE(reading.tokensPerSecond, 1000.0);
        QCOMPARE(reading.secondsLeft, 10.0);
        QCOMPARE(describe(reading),
                 "Reading 50 % · 18,192 of 28,192 tokens · 1,000 tokens/s · about 10 s left · 8,192 reused");
        QCOMPARE(activityOf(PrefillProgress{0, 0, 0, 0}).fraction, 1.0);
        QVERIFY(activityOf(PrefillProgress{5, 10, 5, 0}).secondsLeft < 0); // nothing computed yet
        QCOMPARE(describe(activityOf(IngestProgress{"/b/x.pdf", 1, 4, 7})), "Adding documents 25 % · x.pdf · page 7");
        QCOMPARE(describe(Activity()), "Ready");
    }

    void documentsThenQuestion()
    {
        Bench b;
        QSignalSpy sessions(&b.workspace, &Workspace::sessionChanged);
        b.workspace.start(0);
        b.workspace.openPaths({b.file("annals.txt")});
        QCOMPARE(b.workspace.documents().item(0).state, DocumentState::Reading);
        QVERIFY(b.workspace.isBusy());
        b.engine.finishIngest();
        QVERIFY(!b.workspace.isBusy());
        QVERIFY(b.workspace.session() != 0);
        QCOMPARE(b.workspace.documents().readyCount(), 1);
        QCOMPARE(b.workspace.selection().document(), b.workspace.documents().item(0).row.id);
        QVERIFY(sessions.count() >= 1);

        b.workspace.ask("  What?  ");
        QCOMPARE(b.engine.questions, QStringList{"What?"});
        b.workspace.ask("Too early"); // one at a time
        QCOMPARE(b.engine.questions.size(), 1);
        b.engine.prefill(0.5);
        QCOMPARE(b.workspace.chat().progress().fraction, 0.5);
        QVERIFY(!b.workspace.memory().isEmpty());
        b.engine.write("This.");
        QCOMPARE(b.workspace.activity().kind, Activity::Kind::Answering);
        b.engine.finishAnswer({});
        QCOMPARE(b.workspace.chat().message(1).state, AnswerState::Complete);
        b.workspace.stop();
        QCOMPARE(b.engine.cancels, 1);
    }

    void questionWithoutDocumentsMakesASession()
    {
        Bench b;
        b.workspace.ask("Who are you?");
        QVERIFY(b.engine.session != 0);
        QCOMPARE(b.workspace.session(), b.engine.session);
        QCOMPARE(b.workspace.sessionName(), "Who are you?");
    }

    void questionWaitsForDocuments()
    {
        Bench b;
        b.workspace.openPaths({b.file("a.txt")});
        b.workspace.ask("What?");
        QVERIFY(b.engine.questions.isEmpty());
        b.engine.finishIngest();
        QCOMPARE(b.engine.questions, QStringList{"What?"});
        QCOMPARE(b.workspace.session(), b.engine.session);
        b.engine.finishAnswer({});

        QSignalSpy returned(&b.workspace, &Workspace::questionReturned);
        b.workspace.openPaths({b.file("b.txt")});
        b.workspace.ask("And this?");
        b.engine.failRequest("ingest", {ErrorCode::Cancelled, "Stopped.", {}, 0, 0});
        QCOMPARE(returned.first().first().toString(), "And this?");
        QCOMPARE(b.engine.questions.size(), 1);
    }

    void measurementsOfAnotherSessionAreNotShown()
    {
        Bench b;
        const std::int64_t other = b.library.addSession("other");
        b.workspace.ask("First?");
        b.engine.prefill(1);
        QVERIFY(!b.workspace.memory().isEmpty());
        b.workspace.openSession(other);
        b.engine.emit kvUsageChanged(longgenUsage(100, 200));
        QVERIFY(b.workspace.memory().isEmpty());
    }

    void answersGoToTheirSession()
    {
        Bench b;
        const std::int64_t other = b.library.addSession("other");
        b.workspace.ask("First?");
        const std::int64_t mine = b.workspace.session();
        b.engine.write("A");
        b.workspace.openSession(other);
        b.engine.write("B");
        QCOMPARE(b.workspace.chat().rowCount(), 0);
        b.workspace.openSession(mine);
        QCOMPARE(b.workspace.chat().rowCount(), 2);
        QVERIFY(b.workspace.chat().message(1).isUnfinished()); // not called interrupted
        b.engine.write("C");
        b.engine.finishAnswer({});
        QCOMPARE(b.workspace.chat().message(1).text, "ABC");
    }

    void failures_data()
    {
        QTest::addColumn<QString>("request");
        QTest::addColumn<int>("code");
        QTest::addColumn<int>("fix");
        QTest::addColumn<bool>("told");
        const auto row = [](const char* name, const char* request, ErrorCode code, Problem::Fix fix, bool told) {
            QTest::newRow(name) << QString::fromLatin1(request) << int(code) << int(fix) << told;
        };
        row("too long", "answer", ErrorCode::TooLong, Problem::Fix::OpenSettings, true);
        row("no memory", "answer", ErrorCode::OutOfMemory, Problem::Fix::OpenSettings, true);
        row("device", "answer", ErrorCode::Device, Problem::Fix::Retry, true);
        row("stopped", "answer", ErrorCode::Cancelled, Problem::Fix::None, false);
        row("bad file", "ingest", ErrorCode::BadInput, Problem::Fix::AddDocuments, true);
        row("bad model", "model", ErrorCode::BadInput, Problem::Fix::OpenModel, true);
    }
    void failures()
    {
        QFETCH(QString, request);
        QFETCH(int, code);
        QFETCH(int, fix);
        QFETCH(bool, told);
        Bench b;
        QSignalSpy problems(&b.workspace, &Workspace::problem);
        if (request == "answer")
            b.workspace.ask("Why?");
        else if (request == "ingest")
            b.workspace.openPaths({b.file("a.txt")});
        else
            b.workspace.openModel("/m.gguf");
        b.engine.failRequest(request, {ErrorCode(code), "It broke.", "Mend it.", 0, 0});
        QCOMPARE(problems.count(), told ? 1 : 0);
        if (told) {
            const auto problem = problems.first().first().value<Problem>();
            QCOMPARE(int(problem.fix), fix);
            QVERIFY(problem.details.contains("It broke.") && problem.details.contains("Mend it."));
        }
        QVERIFY(!b.workspace.isBusy());
        if (request == "answer")
            QVERIFY(!b.workspace.chat().message(1).isUnfinished());
        if (request == "ingest")
            QCOMPARE(b.workspace.documents().item(0).state, DocumentState::Failed);
        b.workspace.retry();
        QVERIFY(b.workspace.isBusy());
    }

    void missingFileIsTold()
    {
        Bench b;
        QSignalSpy problems(&b.workspace, &Workspace::problem);
        b.workspace.openPaths({"/no/such/file.txt"});
        QCOMPARE(problems.count(), 1);
        QVERIFY(b.engine.ingestPaths.isEmpty());
    }

    void brokenLibraryIsTold()
    {
        Bench b;
        b.library.broken = true;
        QSignalSpy problems(&b.workspace, &Workspace::problem);
        b.workspace.start(0);
        QCOMPARE(problems.count(), 1);
    }

    void trashAndUndo()
    {
        Bench b;
        const std::int64_t id = b.library.addSession("Old");
        b.workspace.start(id);
        QCOMPARE(b.workspace.session(), id);
        std::function<void()> undo;
        connect(&b.workspace, &Workspace::noticedUndoable, this,
                [&](const QString&, const std::function<void()>& action) { undo = action; });
        b.workspace.trashSession(id);
        QCOMPARE(b.workspace.session(), 0);
        QCOMPARE(b.workspace.sessions().rowCount(), 0);
        QVERIFY(undo);
        undo();
        QCOMPARE(b.workspace.sessions().rowCount(), 1);
        QCOMPARE(b.workspace.session(), id);
    }

    void lastSessionOpensAgain()
    {
        Bench b;
        const std::int64_t id = b.library.addSession("Old");
        b.library.addMessage(id, {0, MessageKind::Question, StoredState::Complete, "Q", {}, {}, {}});
        b.library.addMessage(id, {0, MessageKind::Answer, StoredState::Interrupted, "Half an ans", "crash", {}, {}});
        b.workspace.openSession(id);
        Workspace again(&b.engine, &b.library, &b.settings);
        again.start(0);
        QCOMPARE(again.session(), id);
        QCOMPARE(again.chat().message(1).state, AnswerState::Interrupted);
        QCOMPARE(again.chat().message(1).text, "Half an ans");
    }

    void attentionIsWantedOnlyWhileShown()
    {
        Bench b;
        QVERIFY(!b.engine.lastWish.enabled);
        b.workspace.setAttentionViewVisible(true);
        QVERIFY(b.engine.lastWish.enabled);
        b.workspace.selection().setHead({3, 4});
        QCOMPARE(b.engine.lastWish.heads, (std::vector<std::pair<std::int32_t, std::int32_t>>{{3, 4}}));
        b.workspace.setAttentionViewVisible(false);
        QVERIFY(!b.engine.lastWish.enabled);
        b.workspace.setOverlayVisible(true);
        QVERIFY(b.engine.lastWish.enabled);
        Choices never = b.workspace.choices();
        never.attentionLive = false;
        b.workspace.applyChoices(never);
        QVERIFY(!b.engine.lastWish.enabled);
    }

    void settingsRoundTrip()
    {
        QTemporaryDir folder;
        Choices choices;
        choices.engine.plan = "longgen:full=10-21,sink=64,window=2048";
        choices.engine.threads = 3;
        choices.engine.context = 65'536;
        choices.generation.temperature = 0.7;
        choices.generation.seed = 99;
        choices.enterSends = false;
        choices.model = "/m.gguf";
        Settings(folder.filePath("s.ini")).save(choices);
        QVERIFY(Settings(folder.filePath("s.ini")).load() == choices);
    }

    void damagedSettingsBecomeDefaults()
    {
        QTemporaryDir folder;
        {
            QSettings raw(folder.filePath("s.ini"), QSettings::IniFormat);
            raw.setValue("version", 1);
            raw.setValue("engine/threads", "many");
            raw.setValue("answer/temperature", -4);
            raw.setValue("answer/maxTokens", "12x");
        }
        const Choices loaded = Settings(folder.filePath("s.ini")).load();
        QVERIFY(loaded == Choices());
        {
            QSettings raw(folder.filePath("s.ini"), QSettings::IniFormat);
            raw.setValue("version", 999);
            raw.setValue("engine/plan", "from the future");
        }
        QVERIFY(Settings(folder.filePath("s.ini")).load() == Choices());
    }

    void engineChoicesOpenTheModelAgain()
    {
        Bench b;
        b.workspace.overrideForThisRun("full", 1);
        b.workspace.openModel("/m.gguf");
        QCOMPARE(b.engine.lastSettings.plan, "full");
        b.engine.finishModel();
        Choices choices = b.workspace.choices();
        QCOMPARE(choices.engine.plan, "auto"); // said for one run: not kept
        choices.generation.maxTokens = 99;
        b.workspace.applyChoices(choices);
        QCOMPARE(b.engine.modelPaths.size(), 1);
        choices.engine.plan = "longgen";
        b.workspace.applyChoices(choices);
        QCOMPARE(b.engine.modelPaths.size(), 2);
        QCOMPARE(b.engine.lastSettings.plan, "longgen");
        b.engine.finishModel();
        b.workspace.ask("x");
        QCOMPARE(b.engine.lastGeneration.maxTokens, 99);
    }

    void sessionList()
    {
        SessionListModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.reset({{1, "<b>a</b>", 0, 2, 3, {}}, {2, {}, 0, 1, 0, {}}});
        QCOMPARE(model.index(0).data().toString(), "<b>a</b>");
        QCOMPARE(model.index(1).data().toString(), "New session");
        QSignalSpy renames(&model, &SessionListModel::renameWanted);
        QVERIFY(!model.setData(model.index(0), "  ", Qt::EditRole));
        QVERIFY(model.setData(model.index(0), " Name ", Qt::EditRole));
        QCOMPARE(renames.first().last().toString(), "Name");
        QVERIFY(sessionDetail(*model.find(1), 0).startsWith("2 documents"));
    }
};

QTEST_MAIN(TestWorkspace)
#include "tst_workspace.moc"
