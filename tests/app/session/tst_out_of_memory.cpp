// Every single allocation fails once: an error in words or the result, and never the end of the process.
#include "app/documents/document_readers.h"
#include "app/session/session_store.h"
#include "tests/app/documents/files_in.h"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <new>
#include <QTest>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace lectern;
using lectern::test::FilesIn;

namespace {

std::int64_t g_countdown = -1; // allocations until one fails; < 0 = none does

void* allocate(std::size_t bytes)
{
    if (g_countdown >= 0 && g_countdown-- == 0)
        throw std::bad_alloc();
    if (void* memory = std::malloc(bytes ? bytes : 1))
        return memory;
    throw std::bad_alloc();
}

} // namespace

void* operator new(std::size_t bytes)
{
    return allocate(bytes);
}
void* operator new[](std::size_t bytes)
{
    return allocate(bytes);
}
void operator delete(void* memory) noexcept
{
    std::free(memory);
}
void operator delete[](void* memory) noexcept
{
    std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept
{
    std::free(memory);
}
void operator delete[](void* memory, std::size_t) noexcept
{
    std::free(memory);
}

class TestOutOfMemory : public QObject {
    Q_OBJECT
private slots:
    void readersSayIt_data();
    void readersSayIt();
    void theStoreLosesNothing();

private:
    FilesIn m_folder;
};

namespace {

// Allocation `at` fails. 0 = it was not reached, 1 = reached and survived, else what went wrong.
template <typename Work> int inChild(std::int64_t at, Work&& work)
{
    const pid_t child = ::fork();
    if (child == 0) {
        for (const int signal : {SIGABRT, SIGSEGV})
            ::signal(signal, SIG_DFL);
        g_countdown = at;
        int wrong = 0;
        try {
            wrong = work();
        } catch (...) {
            wrong = 5;
        }
        const bool reached = g_countdown < 0;
        g_countdown = -1;
        ::_exit(wrong != 0 ? wrong : reached ? 1 : 0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 100 + WTERMSIG(status);
}

} // namespace

void TestOutOfMemory::readersSayIt_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QByteArray>("content");
    // Not the formats whose libraries end the process instead: those are read in a child, see tst_parser_process.
    QTest::newRow("text") << "a.txt" << QByteArray("Some lines of text\n").repeated(20);
    QTest::newRow("html") << "a.html" << QByteArray("<!doctype html><title>T</title><p>One<ul><li>two</ul>");
    QTest::newRow("table") << "a.csv" << QByteArray("a,b\n1,\"two\"\n");
    QTest::newRow("json") << "a.json" << QByteArray(R"({"a": [1, "two", {"b": null}]})");
    QTest::newRow("rtf") << "a.rtf" << QByteArray(R"({\rtf1\ansi Hello {\b bold}\par next})");
    QTest::newRow("folder") << "f/b.txt" << QByteArray("inside\n");
}

void TestOutOfMemory::readersSayIt()
{
    QFETCH(QString, name);
    QFETCH(QByteArray, content);
    const std::string file = m_folder.write(name.toStdString(), content.toStdString());
    const std::string path = name.startsWith("f/") ? m_folder.path("f") : file;
    const ReadOptions options;
    int outcome = 1;
    std::int64_t at = 0;
    for (; outcome == 1; at += 1 + at / 50)
        outcome = inChild(at, [&] {
            const Result<Document> document = readDocument(path, options);
            return document || !document.error().message.empty() ? 0 : 3;
        });
    QVERIFY2(outcome == 0, qPrintable(QStringLiteral("outcome %1 at allocation %2").arg(outcome).arg(at)));
    QVERIFY(at > 5);
    qInfo("up to allocation %lld", static_cast<long long>(at));
}

// The process may end (Qt's lock file does not close without memory), but what was said to be done is there afterwards.
void TestOutOfMemory::theStoreLosesNothing()
{
    void* shared = ::mmap(nullptr, sizeof(int), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    QVERIFY(shared != MAP_FAILED);
    int* kept = static_cast<int*>(shared); // steps done
    int outcome = 1;
    int ended = 0;
    for (std::int64_t at = 0; outcome != 0; at += 1 + at / 10) {
        const FilesIn folder;
        const std::string path = folder.path("s");
        const StoreOptions options;
        const std::string name = "a name too long to need no memory", question = "a question of some length";
        *kept = 0;
        outcome = inChild(at, [&] {
            Result<SessionStore> store = SessionStore::open(path, options);
            const Result<SessionId> session = store ? store->createSession(name) : failed(store);
            *kept += session ? 1 : 0;
            *kept += session && store->addMessage(*session, MessageRole::User, question) ? 1 : 0;
            return 0;
        });
        ended += outcome > 1 ? 1 : 0;
        const Result<SessionStore> again = SessionStore::open(path);
        QVERIFY2(again, again ? "" : again.error().message.c_str());
        const auto sessions = again->sessions();
        QVERIFY(sessions && int(sessions->size()) >= std::min(*kept, 1));
        QVERIFY(*kept < 2 || sessions->front().messageCount == 1);
        QVERIFY(at < 1'000'000);
    }
    QVERIFY(*kept == 2);
    qInfo("the process ended %d times", ended);
    ::munmap(shared, sizeof(int));
}

QTEST_APPLESS_MAIN(TestOutOfMemory)
#include "tst_out_of_memory.moc"
