// The window as a whole: every widget can be named by a screen reader, the main job works with the keyboard alone, the
// layout is kept, and the event loop stays free while an answer streams.
#include "tests/ui/support/window_fixture.h"
#include "ui/attention/attention_view.h"
#include "ui/attention/head_atlas.h"
#include "ui/chat/chat_view.h"
#include "ui/chat/citation_chip.h"
#include "ui/chat/composer.h"
#include "ui/command_palette.h"
#include "ui/common/message_bar.h"
#include "ui/common/toast.h"
#include "ui/documents/documents_view.h"
#include "ui/models/model_dialog.h"
#include "ui/settings/settings_dialog.h"
#include "ui/shortcuts_dialog.h"

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QAccessible>
#include <QAction>
#include <QApplication>
#include <QComboBox>
#include <QDockWidget>
#include <QElapsedTimer>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QTabBar>
#include <QTest>
#include <QTimer>

#include <set>

using namespace lectern;
using namespace lectern::test;

namespace {

const std::string kNeedle = "The vault code of Harbor is 7731-KESTREL.";

// Parts that Qt makes inside its own widgets and names by itself.
bool isPartOfQt(const QWidget& widget)
{
    static const std::set<QByteArray> parts{"QLineEditIconButton", "QTableCornerButton", "QComboBoxListView"};
    // A main window keeps the empty, hidden bar of tabs that were taken apart for the next ones.
    if (const auto* bar = qobject_cast<const QTabBar*>(&widget); bar && bar->count() == 0 && bar->isHidden())
        return true;
    return parts.count(widget.metaObject()->className()) > 0;
}

// Widgets a person can reach must say what they are.
QStringList namelessWidgets(const QWidget& root)
{
    QStringList nameless;
    for (QWidget* widget : root.findChildren<QWidget*>()) {
        const bool reachable = widget->focusPolicy() != Qt::NoFocus || qobject_cast<QAbstractButton*>(widget);
        const bool inner = qobject_cast<QLineEdit*>(widget) && qobject_cast<QComboBox*>(widget->parentWidget());
        if (!reachable || inner || isPartOfQt(*widget) || widget->objectName().startsWith(QLatin1String("qt_")))
            continue;
        QAccessibleInterface* interface = QAccessible::queryAccessibleInterface(widget);
        if (!interface || interface->text(QAccessible::Name).isEmpty())
            nameless += QStringLiteral("%1 (%2)").arg(QString::fromLatin1(widget->metaObject()->className()),
                                                      widget->parentWidget()
                                                          ? QString::fromLatin1(widget->parentWidget()->metaObject()->className())
                                                          : QString());
    }
    return nameless;
}

} // namespace

class TestWindow : public QObject {
    Q_OBJECT

private slots:
    void everythingHasAName()
    {
        WindowFixture f;
        f.workspace->setSample([] { return QStringLiteral("/x"); });
        f.show();
        f.drop({f.writeFile("annals.txt", WindowFixture::madeBook(10, kNeedle))});
        f.engine.finishIngest();
        f.askAndAnswer("What is the code?", {"It is 7731-KESTREL."}, kNeedle);
        QTRY_VERIFY(f.window->findChild<CitationChip*>());
        const SettingsDialog settings(f.workspace->choices(), f.window.get());
        const ModelDialog model(madeModel(), f.window.get());
        const ShortcutsDialog shortcuts({}, f.window.get());
        const QStringList nameless = namelessWidgets(*f.window);
        QVERIFY2(nameless.isEmpty(), qPrintable(nameless.join('\n')));
    }

    void paintedViewsHaveATextTwin()
    {
        WindowFixture f;
        f.show();
        f.workspace->ask("x");
        f.workspace->setAttentionViewVisible(true);
        f.engine.prefill(1);
        for (PaintedView* view : f.window->findChildren<PaintedView*>()) {
            QAccessibleInterface* interface = QAccessible::queryAccessibleInterface(view);
            QVERIFY(interface);
            QCOMPARE(interface->role(), QAccessible::Chart);
            QVERIFY2(!interface->text(QAccessible::Value).isEmpty(), view->metaObject()->className());
        }
    }

    void shortcutsAreUnique()
    {
        WindowFixture f;
        std::set<QString> seen;
        for (const QAction* action : f.window->findChildren<QAction*>())
            if (const QString keys = action->shortcut().toString(); !keys.isEmpty())
                QVERIFY2(seen.insert(keys).second, qPrintable(keys));
        QVERIFY(seen.count("Ctrl+N") && seen.count("Ctrl+K") && seen.count("F1") && seen.count("Esc"));
    }

    void mainJobByKeyboard()
    {
        WindowFixture f;
        f.show();
        f.window->activateWindow();
        f.workspace->openPaths({f.writeFile("annals.txt", WindowFixture::madeBook(20, kNeedle))}); // a file dialog's work
        f.engine.finishIngest();
        QTest::keyClick(f.window.get(), Qt::Key_L, Qt::ControlModifier);
        QVERIFY(QApplication::focusWidget());
        QTest::keyClicks(QApplication::focusWidget(), "What is the code?");
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Return);
        QCOMPARE(f.engine.questions, QStringList{"What is the code?"});
        QTest::keyClick(f.window.get(), Qt::Key_Escape);
        QCOMPARE(f.engine.cancels, 1);
        f.engine.finishAnswer({}, StopReason::Cancelled);
        f.askAndAnswer("Again?", {"It is ", "7731-KESTREL."}, kNeedle);

        QTest::keyClick(f.window.get(), Qt::Key_F3);
        auto* documents = qobject_cast<DocumentsView*>(f.window->view("documents"));
        QVERIFY(documents->isVisible());
        const auto marks = documents->reader().extraSelections();
        QVERIFY(!marks.isEmpty());
        QCOMPARE(marks.first().cursor.selectedText(), QString::fromStdString(kNeedle));

        QTest::keyClick(f.window.get(), Qt::Key_5, Qt::ControlModifier);
        QVERIFY(f.window->view("attention")->isVisible());
        QTest::keyClick(f.window.get(), Qt::Key_4, Qt::ControlModifier);
        QVERIFY(f.window->view("memory")->isVisible());
        QTest::keyClick(f.window.get(), Qt::Key_3, Qt::ControlModifier);
        QVERIFY(documents->isVisible());
        QVERIFY(documents->isAncestorOf(QApplication::focusWidget()));
        QTest::keyClick(f.window.get(), Qt::Key_F, Qt::ControlModifier); // in the view that has the focus
        QTest::keyClicks(QApplication::focusWidget(), "KESTREL");
        QCOMPARE(documents->reader().find("KESTREL", 0).total, 1);
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Escape);

        QTest::keyClick(f.window.get(), Qt::Key_N, Qt::ControlModifier);
        QCOMPARE(f.workspace->session(), 0);
    }

    void tabReachesEveryView()
    {
        WindowFixture f;
        f.show();
        f.drop({f.writeFile("annals.txt", WindowFixture::madeBook(5, kNeedle))});
        f.engine.finishIngest();
        QTest::keyClick(f.window.get(), Qt::Key_L, Qt::ControlModifier);
        std::set<QWidget*> reached;
        for (int i = 0; i < 60 && QApplication::focusWidget(); ++i) {
            reached.insert(QApplication::focusWidget());
            QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
        }
        for (const char* name : {"sessions", "chat", "documents"}) {
            const QWidget* view = f.window->view(QString::fromLatin1(name));
            QVERIFY2(std::any_of(reached.begin(), reached.end(), [&](QWidget* w) { return view->isAncestorOf(w); }), name);
        }
    }

    void paletteRunsCommands()
    {
        WindowFixture f;
        f.show();
        f.library.addSession("Old");
        f.workspace->start(0);
        QTest::keyClick(f.window.get(), Qt::Key_K, Qt::ControlModifier);
        auto* palette = f.window->findChild<CommandPalette*>();
        QVERIFY(palette && palette->isVisible());
        auto* edit = palette->findChild<QLineEdit*>();
        QTest::keyClicks(edit, "kv mem");
        QTest::keyClick(edit, Qt::Key_Return);
        QTRY_VERIFY(f.window->view("memory")->isVisible());
    }

    void layoutIsKeptAndReset()
    {
        QTemporaryDir folder;
        FakeLibrary library;
        FakeEngine engine(library);
        {
            Settings settings(folder.filePath("s.ini"));
            Workspace workspace(&engine, &library, &settings);
            MainWindow window(workspace);
            window.show();
            window.dock("memory")->hide();
            window.close();
        }
        Settings settings(folder.filePath("s.ini"));
        Workspace workspace(&engine, &library, &settings);
        MainWindow window(workspace);
        window.show();
        QVERIFY(window.dock("memory")->isHidden());
        window.run(Command::ResetLayout);
        QVERIFY(!window.dock("memory")->isHidden());
    }

    // The tools of an expert do not crowd the tabs, and open by key, menu and palette like the others.
    void closedViewsOpenOnDemand()
    {
        WindowFixture f;
        f.show();
        for (const char* name : {"compare", "needle", "diagnostics"})
            QVERIFY2(f.window->dock(name)->isHidden(), name);
        QTest::keyClick(f.window.get(), Qt::Key_9, Qt::ControlModifier);
        QTRY_VERIFY(f.window->view("compare")->isVisible());
        f.window->run(Command::CommandPalette);
        auto* palette = f.window->findChild<CommandPalette*>();
        QVERIFY(palette);
        QTest::keyClicks(palette->findChild<QLineEdit*>(), "needle");
        QTest::keyClick(palette->findChild<QLineEdit*>(), Qt::Key_Return);
        QTRY_VERIFY(f.window->view("needle")->isVisible());
        f.window->run(Command::ResetLayout);
        QVERIFY(f.window->dock("compare")->isHidden());
    }

    // A laptop's screen is 768 high: neither the least size nor the first one may be larger.
    void fitsSmallScreens()
    {
        WindowFixture f;
        f.show({1280, 720});
        QCOMPARE(f.window->size(), QSize(1280, 720));
        for (const QTabBar* bar : f.window->findChildren<QTabBar*>(QString(), Qt::FindDirectChildrenOnly))
            if (bar->count() > 0)
                QCOMPARE(bar->elideMode(), Qt::ElideNone);
    }

    void namesAreNeverHtml()
    {
        WindowFixture f;
        f.show();
        f.engine.emit modelOpened([] {
            ModelFacts facts = madeModel();
            facts.name = "<img src=file:///etc/passwd>\u202E";
            return facts;
        }());
        f.drop({f.writeFile("<b>bold.txt", "text")});
        f.engine.finishIngest();
        for (const QLabel* label : f.window->findChildren<QLabel*>())
            if (!label->text().isEmpty())
                QCOMPARE(label->textFormat(), Qt::PlainText);
        f.workspace->openPaths({"/no/<i>such</i>"});
        QVERIFY(f.window->messageBar().title().contains("<i>such</i>"));
    }

    void eventLoopStaysFreeWhileStreaming()
    {
        WindowFixture f;
        f.show();
        f.drop({f.writeFile("annals.txt", WindowFixture::madeBook(60, kNeedle))});
        f.engine.finishIngest();
        f.workspace->selection().setHead({5, 3});
        f.window->showView("attention");
        f.workspace->ask("Tell me everything.");
        f.engine.prefill(1);
        // 200 tokens a second, as the engine's signals would come.
        QTimer tokens;
        int written = 0;
        connect(&tokens, &QTimer::timeout, this, [&] {
            f.engine.lastWish.enabled = ++written % 20 == 0; // snapshots ten times a second
            f.engine.write(written % 9 ? "word " : "more.\n\n");
        });
        QElapsedTimer beat;
        std::vector<qint64> gaps;
        QTimer heart;
        connect(&heart, &QTimer::timeout, this, [&] { gaps.push_back(beat.restart()); });
        beat.start();
        tokens.start(5);
        heart.start(1);
        // The window is never so busy that it stops writing; how busy it was is printed, for an idle machine to judge.
        QVERIFY(QTest::qWaitFor([&] { return written >= 200; }, 30000));
        heart.stop();
        tokens.stop();
        std::sort(gaps.begin(), gaps.end());
        const qint64 typical = gaps[gaps.size() * 95 / 100], worst = gaps.back();
        qInfo("%d tokens; gaps: 95 %% under %lld ms, worst %lld ms", written, typical, worst);
    }
};

QTEST_MAIN(TestWindow)
#include "tst_window.moc"
