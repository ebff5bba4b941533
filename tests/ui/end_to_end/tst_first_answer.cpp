// The window over the real store, engine and recall model: a book is dropped, a question asked, the answer comes with its
// passage, and memory and attention are seen. Keeps pictures of every view in ${build}/screenshots.
#include "app/session/shared_store.h"
#include "app/worker/engine_service.h"
#include "resources/sample/annals_generator.h"
#include "ui/attention/attention_view.h"
#include "ui/chat/chat_view.h"
#include "ui/chat/citation_chip.h"
#include "ui/chat/composer.h"
#include "ui/common/icons.h"
#include "ui/documents/documents_view.h"
#include "ui/main_window.h"
#include "ui/state/store_library.h"

#include <QApplication>
#include <QDir>
#include <QDropEvent>
#include <QFile>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QSignalSpy>
#include <QStandardPaths>
#include <QStyleFactory>
#include <QTemporaryDir>
#include <QTest>
#include <QUrl>

using namespace lectern;

namespace {

constexpr std::size_t kExcerpt = 60000; // bytes of the annals: about 17,000 tokens, a few seconds to read

void drop(QWidget& window, const QString& path)
{
    QMimeData data;
    data.setUrls({QUrl::fromLocalFile(path)});
    const QPointF middle(window.rect().center());
    QDragEnterEvent enter(middle.toPoint(), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(&window, &enter);
    QDropEvent event(middle, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(&window, &event);
}

} // namespace

class TestFirstAnswer : public QObject {
    Q_OBJECT

private slots:
    void initTestCase();
    void bookToAnswer();
    void sessionIsThereAfterRestart();

private:
    struct Program {
        explicit Program(const QString& folder);
        std::shared_ptr<SharedStore> store;
        std::unique_ptr<StoreLibrary> library;
        std::unique_ptr<EngineService> engine;
        std::unique_ptr<Settings> settings;
        std::unique_ptr<Workspace> workspace;
        std::unique_ptr<MainWindow> window;
    };
    static void shoot(QWidget& widget, const QString& name);

    QTemporaryDir m_folder;
    QString m_question, m_answer;
};

TestFirstAnswer::Program::Program(const QString& folder)
{
    auto opened = SessionStore::open((folder + QStringLiteral("/lectern.sqlite")).toStdString());
    if (!opened)
        qFatal("%s", opened.error().message.c_str());
    store = std::make_shared<SharedStore>(std::move(*opened));
    library = std::make_unique<StoreLibrary>(store);
    engine = std::make_unique<EngineService>(store);
    settings = std::make_unique<Settings>(folder + QStringLiteral("/lectern.ini"));
    workspace = std::make_unique<Workspace>(engine.get(), library.get(), settings.get());
    window = std::make_unique<MainWindow>(*workspace);
    window->resize(1360, 860);
    window->show();
}

void TestFirstAnswer::shoot(QWidget& widget, const QString& name)
{
    QTest::qWait(80);
    const QDir folder(QStringLiteral(LECTERN_BINARY_DIR "/screenshots"));
    QVERIFY(folder.mkpath(QStringLiteral(".")));
    QVERIFY(widget.grab().save(folder.filePath(QStringLiteral("real-") + name + QStringLiteral(".png"))));
}

void TestFirstAnswer::initTestCase()
{
    QStandardPaths::setTestModeEnabled(true);
    QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    initIcons();
}

void TestFirstAnswer::bookToAnswer()
{
    const Annals annals = generateAnnals();
    QFile book(m_folder.filePath("annals.txt"));
    QVERIFY(book.open(QIODevice::WriteOnly));
    book.write(annals.text.data(), qint64(kExcerpt));
    book.close();
    const AnnalsFact& fact = annals.facts.at(1);
    m_question = QString::fromStdString(fact.start);
    m_answer = QString::fromStdString(fact.continuation).trimmed();

    Program program(m_folder.path());
    QSignalSpy finished(program.engine.get(), &EnginePort::answerFinished);
    QSignalSpy opened(program.engine.get(), &EnginePort::modelOpened);
    program.workspace->start(0);
    program.workspace->openModel(QStringLiteral(LECTERN_BINARY_DIR "/resources/lectern-recall.gguf"));
    QTRY_COMPARE_WITH_TIMEOUT(opened.count(), 1, 20000);
    shoot(*program.window, "1-empty");
    drop(*program.window, book.fileName());
    QTRY_COMPARE_WITH_TIMEOUT(program.workspace->documents().readyCount(), 1, 20000);
    program.window->showView(QStringLiteral("attention"));

    auto* chat = program.window->findChild<ChatView*>();
    QVERIFY(chat);
    auto* line = chat->composer().findChild<QPlainTextEdit*>();
    QTest::keyClicks(line, m_question);
    QTest::keyClick(line, Qt::Key_Return);
    QTRY_VERIFY_WITH_TIMEOUT(program.workspace->isBusy(), 5000);
    QTest::qWait(1500);
    shoot(*program.window, "2-reading");
    QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 1, 120000);
    const auto reply = finished.at(0).at(0).value<AnswerReply>();
    QCOMPARE(QString::fromStdString(reply.answer).trimmed(), m_answer);
    QVERIFY(!reply.evidence.empty());
    QCOMPARE(annals.text.substr(reply.evidence[0].start, reply.evidence[0].end - reply.evidence[0].start),
             reply.evidence[0].text);

    shoot(*program.window, "3-attention");
    program.window->showView(QStringLiteral("memory"));
    shoot(*program.window, "4-memory");
    program.window->showView(QStringLiteral("documents"));
    QTRY_VERIFY(program.window->findChild<CitationChip*>());
    QTest::mouseClick(program.window->findChild<CitationChip*>(), Qt::LeftButton);
    shoot(*program.window, "5-source");
}

void TestFirstAnswer::sessionIsThereAfterRestart()
{
    Program program(m_folder.path());
    program.workspace->start(0);
    QCOMPARE(program.workspace->sessions().rowCount(), 1);
    QVERIFY(program.workspace->session() != 0);
    QCOMPARE(program.workspace->chat().rowCount(), 2);
    shoot(*program.window, "6-reopened");
}

QTEST_MAIN(TestFirstAnswer)
#include "tst_first_answer.moc"
