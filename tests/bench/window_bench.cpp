// What the window costs: gaps of its event loop while a 32K-token session is read and answered from, how much
// the views slow writing down, how often telemetry comes, and what a session of a million tokens takes to
// show.
//   window_bench RECALL.gguf      the first three, on the real engine
//   window_bench --million        the last, on made-up telemetry
#include "app/session/shared_store.h"
#include "app/worker/engine_service.h"
#include "resources/sample/annals_generator.h"
#include "tests/ui/support/window_fixture.h"
#include "ui/common/icons.h"
#include "ui/common/painted_view.h"
#include "ui/main_window.h"
#include "ui/state/store_library.h"

#include <QApplication>
#include <QDockWidget>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QFile>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>
#include <QThread>
#include <QTimer>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <map>
#include <vector>

using namespace lectern;

namespace {

constexpr std::size_t kExcerpt = 115'000; // bytes of the annals: about 32,000 tokens of the recall model
constexpr int kQuestions = 24;

double residentMiB()
{
    QFile file(QStringLiteral("/proc/self/statm"));
    return file.open(QIODevice::ReadOnly) ? file.readAll().split(' ').value(1).toDouble() * 4096 / (1 << 20)
                                          : 0;
}

double threadMs()
{
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return double(now.tv_sec) * 1e3 + double(now.tv_nsec) / 1e6;
}

// Keeps which events took the window's thread longest, in its own processor time: a busy machine does not
// count.
class TimedApplication : public QApplication {
public:
    using QApplication::QApplication;
    bool notify(QObject* receiver, QEvent* event) override
    {
        if (QThread::currentThread() != thread())
            return QApplication::notify(receiver, event); // the engine's
        const QString what = m_depth ? QString()
                                     : QStringLiteral("%1 %2, event %3")
                                           .arg(QString::fromLatin1(receiver->metaObject()->className()),
                                                receiver->objectName())
                                           .arg(int(event->type()));
        const double before = threadMs();
        ++m_depth;
        const bool result = QApplication::notify(receiver, event);
        if (--m_depth == 0)
            m_slowest[what] = std::max(m_slowest[what], threadMs() - before);
        return result;
    }
    void report()
    {
        std::vector<std::pair<double, QString>> order;
        for (const auto& [what, ms] : m_slowest)
            order.emplace_back(ms, what);
        std::sort(order.rbegin(), order.rend());
        for (std::size_t i = 0; i < std::min<std::size_t>(order.size(), 4); ++i)
            std::printf("    %6.1f ms of processor time: %s\n", order[i].first, qPrintable(order[i].second));
        m_slowest.clear();
    }

private:
    int m_depth = 0;
    std::map<QString, double> m_slowest;
};

// Times between turns of the event loop, in milliseconds.
class Watchdog {
public:
    Watchdog()
    {
        m_timer.setInterval(2);
        m_timer.setTimerType(Qt::PreciseTimer);
        QObject::connect(&m_timer, &QTimer::timeout, [this] {
            m_gaps.push_back(double(m_since.nsecsElapsed()) / 1e6), m_since.restart();
        });
        m_since.start();
        m_timer.start();
    }
    void report(const char* what)
    {
        std::sort(m_gaps.begin(), m_gaps.end());
        const auto over = std::count_if(m_gaps.begin(), m_gaps.end(), [](double gap) { return gap > 50; });
        if (!m_gaps.empty())
            std::printf(
                "%-34s gaps: median %.1f ms, 99.9 %% %.1f ms, largest %.1f ms, over 50 ms: %lld of %zu\n",
                what, m_gaps[m_gaps.size() / 2], m_gaps[m_gaps.size() * 999 / 1000], m_gaps.back(),
                static_cast<long long>(over), m_gaps.size());
        static_cast<TimedApplication*>(qApp)->report();
        m_gaps.clear();
        m_since.restart();
    }

private:
    QTimer m_timer;
    QElapsedTimer m_since;
    std::vector<double> m_gaps;
};

struct Counter {
    int usage = 0, attention = 0;
};

void showAll(MainWindow& window, bool shown)
{
    const QSize size(620, 700);
    for (QDockWidget* dock : window.findChildren<QDockWidget*>()) {
        dock->setFloating(shown); // side by side, not tabbed: every one is painted
        dock->setVisible(shown);
        if (shown)
            dock->resize(size);
    }
}

// Asks the questions one after the other; milliseconds a token.
double writingCost(Workspace& workspace, EngineService& engine, const Annals& annals, int first)
{
    double ms = 0;
    std::int64_t tokens = 0;
    for (int i = 0; i < kQuestions; ++i) {
        QEventLoop loop;
        const auto connection =
            QObject::connect(&engine, &EnginePort::answerFinished, &loop, [&](const AnswerReply& reply) {
                ms += reply.timing.decodeMs;
                tokens += std::max<std::int64_t>(0, reply.timing.answerTokens - 1);
                loop.quit();
            });
        QObject::connect(&engine, &EnginePort::failed, &loop, &QEventLoop::quit);
        workspace.ask(QString::fromStdString(annals.facts[std::size_t(first + i)].start));
        loop.exec();
        QObject::disconnect(connection);
    }
    return tokens ? ms / double(tokens) : 0;
}

int measureEngine(const QString& model)
{
    QTemporaryDir folder;
    const Annals annals = generateAnnals();
    QFile book(folder.filePath(QStringLiteral("annals.txt")));
    if (!book.open(QIODevice::WriteOnly) ||
        book.write(annals.text.data(), qint64(kExcerpt)) != qint64(kExcerpt))
        return 2;
    book.close();
    auto opened = SessionStore::open(folder.filePath(QStringLiteral("lectern.sqlite")).toStdString());
    if (!opened)
        return 2;
    const auto store = std::make_shared<SharedStore>(std::move(*opened));
    StoreLibrary library(store);
    EngineService engine(store);
    Settings settings(folder.filePath(QStringLiteral("lectern.ini")));
    Workspace workspace(&engine, &library, &settings);
    MainWindow window(workspace);
    window.resize(1360, 860);
    window.show();
    Counter counter;
    QObject::connect(&engine, &EnginePort::kvUsageChanged, &window, [&] { ++counter.usage; });
    QObject::connect(&engine, &EnginePort::attentionChanged, &window, [&] { ++counter.attention; });
    const auto wait = [&](auto signal) {
        QEventLoop loop;
        QObject::connect(&engine, signal, &loop, &QEventLoop::quit);
        QObject::connect(&engine, &EnginePort::failed, &loop, &QEventLoop::quit);
        loop.exec();
    };
    QTimer::singleShot(0, [&] { workspace.openModel(model); });
    wait(&EnginePort::modelOpened);
    QTimer::singleShot(0, [&] { workspace.openPaths({book.fileName()}); });
    wait(&EnginePort::ingestFinished);

    showAll(window, true);
    QTest::qWait(500);
    Watchdog watchdog;
    QElapsedTimer clock;
    clock.start();
    QTimer::singleShot(0, [&] { workspace.ask(QString::fromStdString(annals.facts[1].start)); });
    wait(&EnginePort::answerFinished);
    std::printf("read %lld tokens in %.1f s with all views open\n",
                static_cast<long long>(workspace.memory().usage().position), double(clock.elapsed()) / 1000);
    watchdog.report("reading and first answer");
    std::printf("telemetry: KV %.1f a second, attention %.1f a second\n",
                1000.0 * counter.usage / double(clock.elapsed()),
                1000.0 * counter.attention / double(clock.elapsed()));
    // Open and closed in turn, twice each, so that a machine whose speed drifts treats them alike.
    double open = 0, closed = 0;
    for (int round = 0; round < 2; ++round) {
        showAll(window, true);
        QTest::qWait(300);
        watchdog.report("(changing views)");
        open += writingCost(workspace, engine, annals, 2) / 2;
        watchdog.report("writing, all views open");
        showAll(window, false);
        QTest::qWait(300);
        watchdog.report("(changing views)");
        closed += writingCost(workspace, engine, annals, 2) / 2;
        watchdog.report("writing, all views closed");
    }
    std::printf("writing: %.3f ms a token with all views open, %.3f closed: %+.1f %%\n", open, closed,
                100 * (open / closed - 1));
    return 0;
}

int measureMillion()
{
    using namespace lectern::test;
    WindowFixture f;
    const std::string book = WindowFixture::madeBook(4400, "The vault code of Harbor is 7731-KESTREL.");
    f.show();
    f.engine.emit modelOpened(madeModel());
    f.drop({f.writeFile(QStringLiteral("annals.txt"), book)});
    f.engine.finishIngest();
    for (QDockWidget* dock : f.window->findChildren<QDockWidget*>())
        dock->hide();
    QTest::qWait(200);
    const double before = residentMiB();
    f.workspace->setAttentionViewVisible(true); // telemetry as while an answer is written
    f.askAndAnswer(QStringLiteral("What is the vault code?"), QStringList(32, QStringLiteral(" word")),
                   "The vault code of Harbor");
    std::printf("%lld prompt tokens, %.1f MiB of text\n",
                static_cast<long long>(f.workspace->prompt()->size()), double(book.size()) / (1 << 20));
    for (QDockWidget* dock : f.window->findChildren<QDockWidget*>()) {
        QElapsedTimer clock;
        clock.start();
        dock->show();
        dock->raise();
        QApplication::processEvents();
        dock->grab();
        std::printf("%-14s shown in %lld ms\n", qPrintable(dock->objectName()),
                    static_cast<long long>(clock.elapsed()));
    }
    std::printf("memory of the session's views and telemetry: %.0f MiB\n", residentMiB() - before);
    return 0;
}

} // namespace

int main(int argc, char** argv)
{
    TimedApplication application(argc, argv);
    QStandardPaths::setTestModeEnabled(true);
    initIcons();
    initPaintedViewAccessibility();
    const QStringList arguments = application.arguments();
    if (arguments.value(1) == QLatin1String("--million"))
        return measureMillion();
    if (arguments.size() < 2) {
        std::fprintf(stderr, "usage: window_bench RECALL.gguf | --million\n");
        return 2;
    }
    return measureEngine(arguments[1]);
}
