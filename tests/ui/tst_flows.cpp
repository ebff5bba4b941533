// Whole flows in the window, by mouse and keyboard: asking again, branching, comparing, needles, heads,
// captures, exports.
#include "tests/ui/support/window_fixture.h"
#include "ui/attention/attention_view.h"
#include "ui/attention/heat_map.h"
#include "ui/attention/step_scrubber.h"
#include "ui/chat/chat_view.h"
#include "ui/chat/composer.h"
#include "ui/chat/message_widget.h"
#include "ui/common/export_picture.h"
#include "ui/common/memory_bar.h"
#include "ui/common/safe_text_browser.h"
#include "ui/common/toast.h"
#include "ui/compare/compare_view.h"
#include "ui/diagnostics/diagnostics_view.h"
#include "ui/explore/explorer_view.h"
#include "ui/explore/plan_grid.h"
#include "ui/models/models_view.h"
#include "ui/needle/needle_map.h"
#include "ui/needle/needle_view.h"
#include "ui/prompt/prompt_inspector.h"
#include "ui/prompt/prompt_text.h"

#include <QComboBox>
#include <QFile>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QSlider>
#include <QSpinBox>
#include <QTableWidget>
#include <QTest>
#include <QToolButton>

using namespace lectern;
using namespace lectern::test;

namespace {

const std::string kNeedle =
    "The vault code of Harbor is 7731-KESTREL, set by Warden Ilse Marrow in the year 612.";

struct Flow : WindowFixture {
    Flow()
    {
        show();
        workspace->overrideForThisRun("longgen", -1);
        engine.emit modelOpened(madeModel());
        drop({writeFile("annals.txt", madeBook(20, kNeedle))});
        engine.finishIngest();
        window->showView("attention");
        askAndAnswer("What is the code?", {"It is", " 7731."}, kNeedle);
    }
    template <typename View> View* find() const { return window->findChild<View*>(); }
    QPlainTextEdit* line() const
    {
        return find<ChatView>()->composer().template findChild<QPlainTextEdit*>();
    }
};

} // namespace

class TestFlows : public QObject {
    Q_OBJECT

private slots:
    void answerIsWrittenAnew()
    {
        Flow f;
        const std::int64_t question = f.workspace->chat().message(0).id;
        f.window->run(Command::Regenerate);
        QCOMPARE(f.engine.instead, question);
        QCOMPARE(f.engine.questions.back(), QString("What is the code?"));
        f.engine.write("7731, I think.");
        f.engine.finishAnswer({});
        QCOMPARE(f.workspace->chat().rowCount(), 2);
        QCOMPARE(f.workspace->chat().message(1).text, QString("7731, I think."));
    }

    void questionIsEdited()
    {
        Flow f;
        f.window->run(Command::EditQuestion);
        QCOMPARE(f.line()->toPlainText(), QString("What is the code?"));
        f.line()->selectAll();
        QTest::keyClicks(f.line(), "Who set the code?");
        QTest::keyClick(f.line(), Qt::Key_Return);
        QVERIFY(f.engine.instead != 0);
        QCOMPARE(f.engine.questions.back(), QString("Who set the code?"));
        f.engine.write("Ilse.");
        f.engine.finishAnswer({});
        QCOMPARE(f.workspace->chat().rowCount(), 2);
        // The next question is a new one again.
        QTest::keyClicks(f.line(), "When?");
        QTest::keyClick(f.line(), Qt::Key_Return);
        QCOMPARE(f.workspace->chat().rowCount(), 4);
    }

    void branchAndBack()
    {
        Flow f;
        f.askAndAnswer("And who?", {"Ilse."}, kNeedle);
        const std::int64_t before = f.workspace->session();
        f.workspace->branchAt(f.workspace->chat().message(1).id);
        QVERIFY(f.workspace->session() != before);
        QCOMPARE(f.workspace->chat().rowCount(), 2);
        QCOMPARE(f.workspace->documents().readyCount(), 1);
        QVERIFY(f.window->toast().isVisible());
        f.window->toast().findChild<QPushButton*>()->click();
        QCOMPARE(f.workspace->session(), before);
        QCOMPARE(f.workspace->chat().rowCount(), 4);
    }

    void promptIsShownExactly()
    {
        Flow f;
        f.window->showView("prompt");
        auto* inspector = f.find<PromptInspector>();
        const PromptViewPtr prompt = f.workspace->prompt();
        QVERIFY(prompt);
        QCOMPARE(inspector->text().toPlainText().size(), qsizetype(prompt->text.size()));
        inspector->text().scrollToToken(500);
        QCOMPARE(inspector->text().tokenAtCursor(), std::int64_t(500));
        QCOMPARE(prompt->piece(500),
                 prompt->text.substr(prompt->ends[499], prompt->ends[500] - prompt->ends[499]));
        QVERIFY(inspector->summary().contains("tokens"));
    }

    void stepsAreScrubbed()
    {
        Flow f;
        AttentionModel& model = f.workspace->attention();
        auto& scrubber = f.find<AttentionView>()->scrubber();
        QVERIFY(model.recording().steps().size() >= 4);
        QVERIFY(scrubber.liveButton()->isChecked());
        QTest::keyClick(scrubber.slider(), Qt::Key_Home);
        QCOMPARE(model.step(), 0);
        QVERIFY(model.isPaused() && !scrubber.liveButton()->isChecked());
        QCOMPARE(model.snapshot(), model.recording().steps().front().attention);
        QTest::keyClick(scrubber.slider(), Qt::Key_End);
        QVERIFY(!model.isPaused() && scrubber.liveButton()->isChecked());
    }

    void readoutTellsTheText()
    {
        Flow f;
        f.workspace->selection().setHead({5, 3});
        f.askAndAnswer("Again?", {"Yes."}, kNeedle);
        HeatMap& map = f.find<AttentionView>()->heatMap();
        QSignalSpy told(&map, &HeatMap::readoutChanged);
        QTest::keyClick(&map, Qt::Key_Down);
        QVERIFY(!told.isEmpty());
        QVERIFY2(told.back()[0].toString().contains("looks at"), qPrintable(told.back()[0].toString()));
        QVERIFY(map.csv().startsWith("query,key_begin"));
    }

    void headsAreChangedAndUsed()
    {
        Flow f;
        f.window->showView("explorer");
        auto* view = f.find<ExplorerView>();
        const QString before = view->summary();
        QTest::mouseClick(&view->grid(), Qt::LeftButton, Qt::ShiftModifier,
                          view->grid().cellRect(0, 1).center().toPoint());
        QVERIFY(view->editor().isChanged());
        QVERIFY(view->summary() != before);
        view->useAndAsk();
        QCOMPARE(QString::fromStdString(f.engine.lastSettings.plan),
                 QString("longgen:full=0+4+5+6+7,sink=64,window=2048,block=64"));
        QVERIFY(f.engine.instead != 0); // and asked again
    }

    void plansAreCompared()
    {
        Flow f;
        f.window->showView("compare");
        auto* view = f.find<CompareView>();
        QCOMPARE(view->question()->text(), QString("What is the code?"));
        view->run();
        QCOMPARE(f.engine.lastComparison.plans, (std::vector<std::string>{"full", "longgen"}));
        for (const char* plan : {"full", "longgen"}) {
            f.engine.emit planStarted(plan);
            f.engine.emit planAnswerText("It is 77");
            PlanOutcome outcome;
            outcome.plan = plan;
            outcome.answer = plan[0] == 'f' ? "It is 7731." : "It is 7733.";
            outcome.kv.bytes = plan[0] == 'f' ? 4096 : 1024;
            outcome.kv.fullAttentionBytes = 4096;
            f.engine.emit planFinished(outcome);
        }
        f.engine.emit comparisonFinished();
        QCOMPARE(view->answer(0)->toPlainText().trimmed(), QString("It is 7731."));
        QCOMPARE(view->answer(1)->toPlainText().trimmed(), QString("It is 7733."));
        QVERIFY(view->table()->rowCount() >= 6);
        QVERIFY(f.workspace->comparison().toCsv().contains("\"It is 7733.\""));
    }

    void needlesFillTheMap()
    {
        Flow f;
        f.window->showView("needle");
        auto* view = f.find<NeedleView>();
        view->contexts()->setText("512, 1024");
        view->run();
        const NeedleSettings asked = f.engine.lastNeedles;
        QCOMPARE(asked.contexts, (std::vector<std::int64_t>{512, 1024}));
        QCOMPARE(asked.depths.size(), std::size_t(5));
        f.engine.emit needleCellFinished({asked.plans[0], 512, 0.0, 1, 1, 512, 10, 100, "5", "5"});
        QVERIFY(f.workspace->needles().cell(0, 0, 0));
        QVERIFY(!f.workspace->needles().cell(0, 1, 0));
        QSignalSpy told(&view->map(), &NeedleMap::readoutChanged);
        QTest::mouseMove(&view->map(), view->map().cellRect(0, 0, 0).center().toPoint());
        QTRY_VERIFY(!told.isEmpty());
        QVERIFY(view->map().csv().contains("512"));
        f.engine.emit needlesFinished();
        QVERIFY(!f.workspace->isBusy() || !f.workspace->needles().isRunning());
    }

    void memoryIsPricedLive()
    {
        Flow f;
        f.window->showView("models");
        auto* view = f.find<ModelsView>();
        QVERIFY(view->price());
        const std::uint64_t before = view->price()->kvBytes;
        view->contextBox()->setValue(view->contextBox()->value() * 2);
        QVERIFY(view->price()->kvBytes > before);
        view->planBox()->setEditText("full");
        QCOMPARE(view->price()->kvBytes, view->price()->fullAttentionKvBytes);
        view->planBox()->setEditText("nonsense");
        QVERIFY(!view->price());
    }

    void selfTestPasses()
    {
        Flow f;
        f.window->showView("diagnostics");
        auto* view = f.find<DiagnosticsView>();
        QSignalSpy tested(view, &DiagnosticsView::tested);
        view->runTest();
        QTRY_COMPARE_WITH_TIMEOUT(tested.count(), 1, 120000);
        QVERIFY2(tested[0][0].toBool(), qPrintable(view->report()));
        QVERIFY(view->report().contains("Lectern Mini"));
    }

    void everythingIsSaved()
    {
        Flow f;
        for (const char* name : {"talk.md", "talk.html", "talk.pdf"}) {
            f.window->saveConversationTo(f.folder.filePath(name));
            QFile file(f.folder.filePath(name));
            QVERIFY(file.open(QIODevice::ReadOnly));
            const QByteArray bytes = file.readAll();
            QVERIFY(QByteArray(name).endsWith("pdf") ? bytes.startsWith("%PDF")
                                                     : bytes.contains("What is the code?"));
        }
        f.workspace->selection().setHead({5, 3});
        f.askAndAnswer("Again?", {"Yes."}, kNeedle);
        for (const ViewInfo& info : views()) {
            f.window->showView(QString::fromLatin1(info.name));
            QCoreApplication::processEvents(); // laid out, as when a person looks at it
        }
        int pictures = 0;
        for (PaintedView* view : f.window->findChildren<PaintedView*>()) {
            for (const char* name : {"p.png", "p.svg"}) {
                const QString path = f.folder.filePath(name);
                QVERIFY2(savePicture(*view, path), qPrintable(view->accessibleName()));
                QFile file(path);
                QVERIFY(file.open(QIODevice::ReadOnly));
                QVERIFY(file.readAll().contains(QByteArray(name).endsWith("svg") ? "<svg" : "PNG"));
            }
            ++pictures;
        }
        QVERIFY(pictures >= 10);
    }
};

QTEST_MAIN(TestFlows)
#include "tst_flows.moc"
