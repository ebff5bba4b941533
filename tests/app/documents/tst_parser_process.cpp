// Documents read in a child process: the same text as in this one, and whatever happens to the child stays there.
#include "app/documents/parser_process.h"
#include "app/documents/parser_wire.h"
#include "tests/app/documents/files_in.h"

#include <atomic>
#include <csignal>
#include <QElapsedTimer>
#include <QGuiApplication>
#include <QPainter>
#include <QPdfWriter>
#include <QTest>
#include <random>
#include <set>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace lectern;
using lectern::test::FilesIn;

namespace {

constexpr int kPages = 60;

std::string makePdf(const FilesIn& folder, const std::string& name)
{
    QPdfWriter writer(QString::fromStdString(folder.path(name)));
    QPainter painter(&writer);
    for (int page = 1; page <= kPages; ++page) {
        for (int line = 0; line < 40; ++line)
            painter.drawText(400, 600 + line * 250, QStringLiteral("Line %1 of page %2.").arg(line).arg(page));
        if (page < kPages)
            writer.newPage();
    }
    painter.end();
    return folder.path(name);
}

// Processes whose parent is this one.
std::set<int> childProcesses()
{
    std::set<int> found;
    for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
        std::ifstream list(task.path() / "children");
        for (int pid = 0; list >> pid;)
            found.insert(pid);
    }
    return found;
}

} // namespace

class TestParserProcess : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void readsTheSame_data();
    void readsTheSame();
    void passesErrorsOn();
    void deathIsAMessage_data();
    void deathIsAMessage();
    void memoryHasALimit();
    void silenceHasALimit();
    void cancelIsQuick();
    void canOpenNothingElse();
    void answersAreChecked();
    void damagedAnswersAreErrors();
    void leavesNothingBehind();

private:
    FilesIn m_folder;
    std::string m_pdf;
};

void TestParserProcess::initTestCase()
{
    QVERIFY(parserChildAvailable());
    m_pdf = makePdf(m_folder, "book.pdf");
}

void TestParserProcess::readsTheSame_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QByteArray>("content");
    QTest::newRow("html") << "a.html"
                          << QByteArray("<!doctype html><title>T</title><p>Caf\xC3\xA9</p><ul><li>one<li>two</ul>");
    QTest::newRow("rtf") << "a.rtf" << QByteArray(R"({\rtf1\ansi Hello {\b bold}\par next})");
    QTest::newRow("mail") << "a.eml" << QByteArray("From: a@b.c\nSubject: S\nDate: Mon, 1 Jan 2024 10:00:00 +0000\n\nHi.\n");
    QTest::newRow("notebook") << "a.ipynb" << QByteArray(R"({"cells":[{"cell_type":"code","source":"1+1"}]})");
    QTest::newRow("pdf") << "book.pdf" << QByteArray();
}

void TestParserProcess::readsTheSame()
{
    QFETCH(QString, name);
    QFETCH(QByteArray, content);
    const std::string path = content.isEmpty() ? m_pdf : m_folder.write(name.toStdString(), content.toStdString());
    const DocumentReader* reader = readerFor(path);
    QVERIFY(reader && reader->parseIn == ParseIn::Child);
    const Result<Document> here = reader->read(path, {});
    const Result<Document> there = readInChild(path, reader->label, {});
    QVERIFY2(there, there ? "" : there.error().message.c_str());
    QVERIFY(here);
    QCOMPARE(there->text, here->text);
    QCOMPARE(factsToBytes(*there), factsToBytes(*here));
    QCOMPARE(there->path, path);
}

void TestParserProcess::passesErrorsOn()
{
    const std::string path = m_folder.write("empty.html", "<!doctype html><p> </p>");
    const Result<Document> document = readDocument(path);
    QVERIFY(!document);
    QCOMPARE(int(document.error().code), int(ErrorCode::BadInput));
    QCOMPARE(document.error().message, std::string("empty.html is empty: there is no text in it."));
}

void TestParserProcess::deathIsAMessage_data()
{
    QTest::addColumn<int>("signal");
    QTest::newRow("killed") << SIGKILL;
    QTest::newRow("segmentation fault") << SIGSEGV;
    QTest::newRow("abort") << SIGABRT;
    QTest::newRow("processor time") << SIGXCPU;
}

void TestParserProcess::deathIsAMessage()
{
    QFETCH(int, signal);
    const std::set<int> before = childProcesses();
    ReadOptions options;
    options.progress = [&](const ReadProgress&) {
        for (const int pid : childProcesses())
            if (!before.contains(pid))
                ::kill(pid, signal);
    };
    const Result<Document> document = readDocument(m_pdf, options);
    QVERIFY(!document);
    QVERIFY2(document.error().message.starts_with("book.pdf "), document.error().message.c_str());
    QVERIFY(!document.error().hint.empty());
    QCOMPARE(int(document.error().code), int(signal == SIGXCPU ? ErrorCode::TooLong : ErrorCode::BadInput));
    // The others go on.
    const Result<Document> next = readDocument(m_folder.write("next.html", "<html><p>Still here.</p></html>"));
    QVERIFY(next);
    QCOMPARE(next->text, std::string("Still here.\n"));
}

void TestParserProcess::memoryHasALimit()
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    QSKIP("Sanitizers map more than any limit on memory allows.");
#endif
    std::string html = "<!doctype html><body>";
    for (int i = 0; i < 1'500'000; ++i)
        html += "<p>word " + std::to_string(i) + "</p>";
    const std::string path = m_folder.write("large.html", html);
    ReadOptions options;
    options.limits.maxParserMemoryBytes = std::uint64_t(300) << 20;
    const Result<Document> document = readDocument(path, options);
    QVERIFY(!document);
    QVERIFY2(document.error().code == ErrorCode::OutOfMemory || document.error().code == ErrorCode::BadInput ||
                 document.error().code == ErrorCode::TooLong,
             document.error().message.c_str());
    QVERIFY(readDocument(path));
}

void TestParserProcess::silenceHasALimit()
{
    ReadOptions options;
    options.limits.maxParserSilenceMs = 1;
    const Result<Document> document = readDocument(m_pdf, options);
    QVERIFY(!document);
    QCOMPARE(int(document.error().code), int(ErrorCode::TooLong));
    QVERIFY(document.error().message.find("without getting on") != std::string::npos);
}

void TestParserProcess::cancelIsQuick()
{
    ReadOptions options;
    QElapsedTimer sinceCancel;
    options.progress = [&](const ReadProgress& progress) {
        if (progress.page >= 2 && !options.cancel.isCancelled()) {
            options.cancel.cancel();
            sinceCancel.start();
        }
    };
    const Result<Document> document = readDocument(m_pdf, options);
    QVERIFY(!document);
    QCOMPARE(int(document.error().code), int(ErrorCode::Cancelled));
    qInfo("stopped %lld ms after the wish", static_cast<long long>(sinceCancel.elapsed()));
}

void TestParserProcess::canOpenNothingElse()
{
    // A page that asks for other files and the network gets neither; the marker file is never made.
    const std::string marker = m_folder.path("marker");
    const std::string path = m_folder.write(
        "asks.html", "<!doctype html><link rel=stylesheet href='file://" + marker +
                         "'><img src='http://127.0.0.1:9/x'><script>fetch('http://127.0.0.1:9')</script><p>Text.</p>");
    const Result<Document> document = readDocument(path);
    QVERIFY(document);
    QCOMPARE(document->text, std::string("Text.\n"));
    QVERIFY(!std::filesystem::exists(marker));
}

void TestParserProcess::answersAreChecked()
{
    Document document;
    document.name = "d";
    document.text = "Four\n";
    document.pages = {{1, 0}, {2, 5}};
    document.files = {{"a", 1, 2, 1}};
    document.outline = {{"One", 0, 0}};
    QVERIFY(documentFromBytes(factsToBytes(document), document.text));
    QVERIFY(!documentFromBytes(factsToBytes(document), "Fou")); // a page behind the end
    QVERIFY(!documentFromBytes(factsToBytes(document), "Fou\xFF\n"));
    QVERIFY(!documentFromBytes(factsToBytes(document), "Fou\r\n"));
    document.files.front().length = ~std::uint64_t(0);
    QVERIFY(!documentFromBytes(factsToBytes(document), document.text));
}

void TestParserProcess::damagedAnswersAreErrors()
{
    Document document;
    document.name = "d";
    document.text = "Text\n";
    document.pages = {{1, 0}};
    document.warnings = {"one", "two"};
    const std::string facts = factsToBytes(document);
    std::mt19937 random(3);
    int refused = 0;
    for (int round = 0; round < 5000; ++round) {
        std::string bad = facts;
        bad[random() % bad.size()] = static_cast<char>(random());
        if (round % 5 == 0)
            bad.resize(random() % bad.size());
        const Result<Document> read = documentFromBytes(bad, document.text);
        refused += read ? 0 : 1;
        (void)requestFromBytes(bad);
        (void)progressFromBytes(bad);
        QVERIFY(!errorFromBytes(bad).message.empty() || !read);
    }
    QVERIFY(refused > 1000);
}

void TestParserProcess::leavesNothingBehind()
{
    QVERIFY(readDocument(m_pdf));
    QCOMPARE(::waitpid(-1, nullptr, WNOHANG), -1); // no child left, dead or alive
}

int main(int argc, char** argv)
{
    if (const auto parsed = parserChildMain(argc, argv))
        return *parsed;
    qputenv("QT_QPA_PLATFORM", "offscreen");
    QGuiApplication application(argc, argv);
    TestParserProcess test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_parser_process.moc"
