// Walks through the window as a new user would, and keeps a picture of every view: light, dark and high
// contrast, English and German, at 100 % and (run once more with QT_SCALE_FACTOR=2) at 200 %.
#include "tests/ui/support/window_fixture.h"
#include "ui/attention/attention_view.h"
#include "ui/attention/distance_chart.h"
#include "ui/chat/chat_view.h"
#include "ui/chat/citation_chip.h"
#include "ui/common/appearance.h"
#include "ui/common/message_bar.h"
#include "ui/common/toast.h"
#include "ui/documents/documents_view.h"
#include "ui/explore/explorer_view.h"
#include "ui/explore/plan_grid.h"
#include "ui/models/model_dialog.h"
#include "ui/settings/settings_dialog.h"
#include "ui/shortcuts_dialog.h"
#include "ui/status_line.h"

#include <QApplication>
#include <QDir>
#include <QDockWidget>
#include <QImage>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QStyleFactory>
#include <QTabWidget>
#include <QTest>

#include <set>

using namespace lectern;
using namespace lectern::test;

namespace {

const std::string kNeedle =
    "The vault code of Harbor is 7731-KESTREL, set by Warden Ilse Marrow in the year 612.";

// Enough different colours that the picture can not be an empty panel.
int colorCount(const QImage& image)
{
    std::set<QRgb> colors;
    for (int y = 0; y < image.height(); y += 3)
        for (int x = 0; x < image.width(); x += 3)
            colors.insert(image.pixel(x, y));
    return int(colors.size());
}

} // namespace

class TestUiTour : public QObject {
    Q_OBJECT

private:
    void shoot(QWidget& widget, const QString& name)
    {
        QTest::qWait(60); // text is drawn at most 30 times a second
        const QImage picture = widget.grab().toImage();
        const QDir folder(QStringLiteral(LECTERN_BINARY_DIR "/screenshots"));
        QVERIFY(folder.mkpath(QStringLiteral(".")));
        QVERIFY(picture.save(folder.filePath(name + m_suffix + QStringLiteral(".png"))));
        QVERIFY2(colorCount(picture) > 12, qPrintable(name));
    }

    QString m_suffix;

    void begin()
    {
        QFETCH(QString, theme);
        QFETCH(QString, language);
        m_suffix = QStringLiteral("-") + QString::fromLatin1(QTest::currentDataTag());
        applyLanguage(language);
        applyTheme(theme);
    }

    // A comparison and a needle test as the engine would tell of them.
    static void runExperiments(WindowFixture& f)
    {
        f.workspace->compare(QStringLiteral("What is the vault code of Harbor?"), {"full", "longgen"});
        for (const char* plan : {"full", "longgen"}) {
            PlanOutcome outcome;
            outcome.plan = plan;
            outcome.kv = longgenUsage(15'000, 16'000);
            outcome.answer = "The vault code of Harbor is 7731-KESTREL, set by Warden Ilse Marrow.";
            if (outcome.plan == "full") {
                outcome.kv.bytes = outcome.kv.fullAttentionBytes;
                outcome.answer = "The vault code of Harbor is 7731-KESTREL, and the warden set it in 612.";
            }
            outcome.timing.firstTokenMs = outcome.plan == "full" ? 12'000 : 7'400;
            outcome.timing.decodeMs = outcome.plan == "full" ? 620 : 410;
            outcome.timing.answerTokens = 20;
            outcome.divergence = {{100, 0.02, true}, {200, 0.05, outcome.plan == "full"}};
            f.engine.emit planStarted(QString::fromStdString(outcome.plan));
            f.engine.emit planFinished(outcome);
        }
        f.engine.emit comparisonFinished();
        NeedleSettings settings;
        settings.plans = {"full", "window:sink=4,window=1024"};
        settings.contexts = {1024, 2048, 4096, 8192};
        settings.depths = {0, 0.25, 0.5, 0.75, 1};
        settings.trials = 4;
        f.workspace->findNeedles(settings);
        for (const std::string& plan : settings.plans)
            for (const std::int64_t context : settings.contexts)
                for (const double depth : settings.depths) {
                    if (plan != "full" && context == 8192 && depth < 0.5)
                        continue; // not run yet
                    const bool seen = plan == "full" || double(context) * (1 - depth) < 1024;
                    NeedleCell cell{plan,    context, depth,   4,       seen ? 4 : depth < 0.5 ? 0 : 1,
                                    context, 900,     1 << 22, "48213", seen ? "48213" : "no idea"};
                    f.engine.emit needleCellFinished(cell);
                }
        f.engine.emit needlesFinished();
    }

    // Every view after two answers.
    void views(WindowFixture& f)
    {
        f.window->showView(QStringLiteral("memory"));
        shoot(*f.window, QStringLiteral("08-memory-window"));
        shoot(*f.window->view(QStringLiteral("memory")), QStringLiteral("09-memory"));
        f.window->showView(QStringLiteral("attention"));
        f.workspace->selection().setAnswerToken(2);
        shoot(*f.window, QStringLiteral("10-attention-window"));
        shoot(*f.window->view(QStringLiteral("attention")), QStringLiteral("11-attention"));
        auto* attention = qobject_cast<AttentionView*>(f.window->view(QStringLiteral("attention")));
        f.workspace->selection().setHead({1, 3});
        qobject_cast<QTabWidget*>(attention->distances().parentWidget()->parentWidget())
            ->setCurrentWidget(&attention->distances());
        shoot(*attention, QStringLiteral("11-distances"));
        f.workspace->selection().setAnswerToken(-1);

        f.window->showView(QStringLiteral("explorer"));
        auto* explorer = qobject_cast<ExplorerView*>(f.window->view(QStringLiteral("explorer")));
        QTest::keyClick(&explorer->grid(), Qt::Key_L);
        QTest::keyClick(&explorer->grid(), Qt::Key_Right);
        shoot(*f.window, QStringLiteral("14-explorer"));
        f.window->showView(QStringLiteral("prompt"));
        shoot(*f.window, QStringLiteral("15-prompt"));
        runExperiments(f);
        f.window->showView(QStringLiteral("compare"));
        shoot(*f.window, QStringLiteral("16-compare"));
        f.window->showView(QStringLiteral("needle"));
        shoot(*f.window->view(QStringLiteral("needle")), QStringLiteral("17-needle"));
        f.window->showView(QStringLiteral("models"));
        f.window->showView(QStringLiteral("diagnostics"));
        shoot(*f.window, QStringLiteral("18-diagnostics-models"));
    }

private slots:
    void cleanupTestCase() { applyLanguage(QStringLiteral("en")); }
    void initTestCase() { QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion"))); }

    void tour_data()
    {
        QTest::addColumn<QString>("theme");
        QTest::addColumn<QString>("language");
        const bool large = qApp->devicePixelRatio() > 1;
        for (const char* language : {"en", "de"})
            for (const char* theme : {"light", "dark", "contrast"})
                QTest::newRow(qPrintable(QStringLiteral("%1-%2%3").arg(theme, language, large ? "-200" : "")))
                    << theme << language;
    }

    void tour()
    {
        begin();
        WindowFixture f;
        const QString book = f.writeFile(QStringLiteral("annals.txt"), WindowFixture::madeBook(60, kNeedle));
        f.workspace->setSample([book] { return book; });
        f.workspace->start(0);
        f.show();
        f.workspace->overrideForThisRun(QStringLiteral("longgen"), -1);
        f.engine.emit modelOpened(madeModel());
        shoot(*f.window, QStringLiteral("01-empty"));

        const std::string text = WindowFixture::madeBook(60, kNeedle);
        f.engine.focus = double(text.find(kNeedle)) / double(text.size());
        f.drop({book});
        QCOMPARE(f.engine.ingestPaths, QStringList{book});
        f.engine.progressIngest(0.43);
        shoot(*f.window, QStringLiteral("02-adding"));
        QVERIFY(f.window->statusLine().text().contains(QStringLiteral("43")));
        f.engine.finishIngest();
        QCOMPARE(f.workspace->documents().readyCount(), 1);
        shoot(*f.window, QStringLiteral("03-added"));

        f.workspace->selection().setHead({5, 3});
        f.window->showView(QStringLiteral("attention"));
        f.workspace->ask(QStringLiteral("What is the vault code of Harbor?"));
        f.engine.prefill(0.43, 8192);
        shoot(*f.window, QStringLiteral("04-reading"));
        f.engine.prefill(1.0, 8192);
        for (const char* piece : {"The vault code", " of Harbor", " is **7731-", "KESTREL**."})
            f.engine.write(QString::fromLatin1(piece));
        shoot(*f.window, QStringLiteral("05-writing"));
        f.engine.finishAnswer({});
        f.askAndAnswer(
            QStringLiteral("Who set it, and when? Show it as a table."),
            {"Warden *Ilse Marrow* set it in **612**.\n\n", "| What | Value |\n|---|---|\n",
             "| Code | `7731-KESTREL` |\n| Warden | Ilse Marrow |\n\n",
             "```python\ndef vault(year):\n    return \"7731-KESTREL\" if year == 612 else None\n```\n"},
            kNeedle);
        f.window->showView(QStringLiteral("documents"));
        QTRY_VERIFY(f.window->findChild<CitationChip*>());
        QTest::mouseClick(f.window->findChild<CitationChip*>(), Qt::LeftButton);
        shoot(*f.window, QStringLiteral("06-answered"));
        auto* documents = qobject_cast<DocumentsView*>(f.window->view(QStringLiteral("documents")));
        shoot(*documents, QStringLiteral("07-documents"));

        views(f);
        f.workspace->ask(QStringLiteral("And what is in the cellar?"));
        f.engine.failRequest(
            QStringLiteral("answer"),
            {ErrorCode::TooLong,
             "The documents and the question need 41,200 tokens, but there is room for 32,768.",
             "Choose a larger context or a smaller document.", 0, 0});
        shoot(*f.window, QStringLiteral("12-problem"));
        QVERIFY(f.window->messageBar().isVisible());
        f.workspace->trashSession(f.workspace->session());
        shoot(*f.window, QStringLiteral("13-trashed"));
        QVERIFY(f.window->toast().isVisible());
    }

    void dialogs_data() { tour_data(); }

    void dialogs()
    {
        begin();
        WindowFixture f;
        f.show();
        SettingsDialog settings(f.workspace->choices(), f.window.get());
        settings.show();
        shoot(settings, QStringLiteral("20-settings"));
        ModelDialog model(madeModel(), f.window.get());
        model.show();
        shoot(model, QStringLiteral("21-model"));
        f.window->run(Command::Shortcuts);
        shoot(*f.window->findChild<ShortcutsDialog*>(), QStringLiteral("22-shortcuts"));
        f.window->run(Command::CommandPalette);
        shoot(*f.window->findChild<QDialog*>(QStringLiteral("commandPalette")), QStringLiteral("23-palette"));
    }
};

QTEST_MAIN(TestUiTour)
#include "tst_ui_tour.moc"
