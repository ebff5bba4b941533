#include "app/session/session_store.h"
#include "tests/app/documents/files_in.h"
#include "tests/app/session/faulty_vfs.h"

#include <csignal>
#include <algorithm>
#include <QElapsedTimer>
#include <QTest>
#include <random>
#include <sys/wait.h>
#include <unistd.h>

using namespace lectern;
using namespace lectern::test;

class TestStoreCrash : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void losesNothingWhenKilledAtRandom();
    void losesNothingWhenKilledAtEachWrite_data();
    void losesNothingWhenKilledAtEachWrite();
    void losesNothingWhenTheDiskFails_data();
    void losesNothingWhenTheDiskFails();
};

namespace {

// What the store had said was done, in order.
enum class Step : std::uint8_t { Session, Question, Answer, Batch, Finish, Document, Renamed, Deleted, Replaced };

struct Acknowledged {
    Step step;
    std::int64_t id; // of the session, message or document
};

const std::string kBatch = "some more words of the answer é. ";

Document bookOf(int size)
{
    Document document;
    document.name = "book";
    document.kind = "text";
    while (document.text.size() < std::size_t(size))
        document.text += "The word is " + std::to_string(document.text.size()) + ".\n";
    return document;
}

const std::string kNewName = "another name";

// A copy that is thrown away for good, and a document whose file has changed.
bool changeDocuments(SessionStore& store, SessionId session, DocumentId document,
                     const std::function<void(Acknowledged)>& acknowledge, const auto& keep)
{
    const Result<SessionId> copy = store.duplicateSession(session, "copy");
    if (!keep(copy) || !keep(store.trashSession(*copy)) || !keep(store.deleteForever(*copy)))
        return false;
    acknowledge({Step::Deleted, copy->value});
    const Result<DocumentId> fresh = store.replaceDocument(session, document, bookOf(21'000));
    if (!keep(fresh))
        return false;
    acknowledge({Step::Replaced, document.value});
    return true;
}

// The day of a user: sessions, questions, answers in batches, a book. Calls `acknowledge` after each success;
// false = something failed (its error is in `failure`).
bool work(SessionStore& store, int sessions, const std::function<void(Acknowledged)>& acknowledge,
          Error& failure)
{
    const auto keep = [&](const auto& result) {
        if (!result)
            failure = result.error();
        return result.has_value();
    };
    for (int s = 0; s < sessions; ++s) {
        const Result<SessionId> session = store.createSession("s" + std::to_string(s));
        if (!keep(session))
            return false;
        acknowledge({Step::Session, session->value});
        const Result<DocumentId> document = store.addDocument(*session, bookOf(20'000));
        if (!keep(document))
            return false;
        acknowledge({Step::Document, document->value});
        const Result<MessageId> question = store.addMessage(*session, MessageRole::User, "Which word?");
        if (!keep(question))
            return false;
        acknowledge({Step::Question, question->value});
        const Result<MessageId> answer = store.beginAnswer(*session);
        if (!keep(answer))
            return false;
        acknowledge({Step::Answer, answer->value});
        for (int batch = 0; batch < 6; ++batch) {
            if (!keep(store.appendAnswer(*answer, kBatch)))
                return false;
            acknowledge({Step::Batch, answer->value});
        }
        if (!keep(store.finishAnswer(*answer, {MessageState::Complete, "end", {}, {}})))
            return false;
        acknowledge({Step::Finish, answer->value});
        if (!keep(store.renameSession(*session, kNewName)))
            return false;
        acknowledge({Step::Renamed, session->value});
        if (!changeDocuments(store, *session, *document, acknowledge, keep))
            return false;
    }
    return true;
}

// Empty, or what of the acknowledged is not there.
QString missing(const std::string& path, const std::vector<Acknowledged>& acknowledged)
{
    QElapsedTimer timer;
    timer.start();
    Result<SessionStore> store = SessionStore::open(path);
    if (!store)
        return QString::fromStdString(store.error().message);
    if (timer.elapsed() > 10000)
        return "slow to open again";
    // The step after a Deleted one may have been done without being acknowledged.
    const bool mayBeReplaced = std::any_of(acknowledged.begin(), acknowledged.end(),
                                           [](const Acknowledged& item) { return item.step == Step::Deleted; });
    std::map<std::int64_t, std::size_t> batches;
    std::map<std::int64_t, bool> finished;
    for (const Acknowledged& item : acknowledged) {
        const auto text = QString::number(item.id);
        if (item.step == Step::Session && !store->session(SessionId(item.id)))
            return "session " + text;
        if (item.step == Step::Document) {
            // Either as it was added or, replaced by the longer one, gone as a whole.
            const auto document = store->document(DocumentId(item.id));
            const bool gone = !document && document.error().code == ErrorCode::NotFound;
            if (gone ? !mayBeReplaced : document->text != bookOf(20'000).text)
                return "document " + text;
        }
        if (item.step == Step::Renamed && store->session(SessionId(item.id))->name != kNewName)
            return "name of session " + text;
        if (item.step == Step::Deleted && store->session(SessionId(item.id)))
            return "deleted session " + text + " is back";
        if (item.step == Step::Replaced && store->document(DocumentId(item.id)))
            return "document " + text + " was not replaced";
        if (item.step == Step::Question && store->message(MessageId(item.id))->text != "Which word?")
            return "question " + text;
        if (item.step == Step::Answer)
            batches[item.id] = 0;
        if (item.step == Step::Batch)
            ++batches[item.id];
        if (item.step == Step::Finish)
            finished[item.id] = true;
    }
    for (const auto& [id, count] : batches) {
        const Result<Message> answer = store->message(MessageId(id));
        if (!answer || answer->text.size() < count * kBatch.size() ||
            answer->text.size() % kBatch.size() != 0)
            return "answer " + QString::number(id);
        if (answer->state == MessageState::Generating ||
            (finished[id] && answer->state != MessageState::Complete))
            return "state of answer " + QString::number(id);
    }
    const Status whole = SessionStore::checkIntegrity(path);
    return whole ? QString() : QString::fromStdString(whole.error().message);
}

// Runs the day in a child process and kills it: after `delayUs` if > 0, else the armed fault does.
std::vector<Acknowledged> workInChild(const std::string& path, Fault fault, int at, int delayUs,
                                      bool& finished)
{
    int ends[2] = {};
    if (::pipe(ends) != 0)
        qFatal("no pipe");
    const pid_t child = ::fork();
    if (child == 0) {
        ::close(ends[0]);
        armFault(fault, at);
        {
            Result<SessionStore> store = SessionStore::open(path);
            Error failure;
            if (store)
                work(
                    *store, fault == Fault::None ? 1000 : 1,
                    [&](Acknowledged item) { (void)!::write(ends[1], &item, sizeof item); }, failure);
        }
        ::_exit(0);
    }
    ::close(ends[1]);
    if (delayUs > 0) {
        ::usleep(static_cast<useconds_t>(delayUs));
        ::kill(child, SIGKILL);
    }
    std::vector<Acknowledged> acknowledged;
    Acknowledged item = {};
    while (::read(ends[0], &item, sizeof item) == ssize_t(sizeof item))
        acknowledged.push_back(item);
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    finished = WIFEXITED(status);
    return acknowledged;
}

} // namespace

void TestStoreCrash::initTestCase()
{
    // A killed process leaves the same files in memory as on a disk, only sooner.
    if (::access("/dev/shm", W_OK) == 0)
        qputenv("TMPDIR", "/dev/shm");
    installFaultyVfs();
}

void TestStoreCrash::losesNothingWhenKilledAtRandom()
{
    const FilesIn folder;
    std::mt19937 random(12);
    std::vector<Acknowledged> all;
    for (int round = 0; round < 60; ++round) {
        bool finished = false;
        const auto acknowledged =
            workInChild(folder.path("s"), Fault::None, 0, 5000 + int(random() % 80'000), finished);
        all.insert(all.end(), acknowledged.begin(), acknowledged.end());
        armFault(Fault::None, 0);
        const QString lost = missing(folder.path("s"), all);
        QVERIFY2(lost.isEmpty(), qPrintable(lost));
    }
    QVERIFY2(all.size() > 100, qPrintable(QString::number(all.size())));
    qInfo("60 kills, %zu acknowledged steps, none lost", all.size());
}

void TestStoreCrash::losesNothingWhenKilledAtEachWrite_data()
{
    QTest::addColumn<int>("fault");
    QTest::newRow("before the write") << int(Fault::Kill);
    QTest::newRow("in the middle of the write") << int(Fault::TornKill);
    QTest::newRow("power lost") << int(Fault::PowerLoss);
    QTest::newRow("power lost in the middle of writes") << int(Fault::TornPowerLoss);
}

void TestStoreCrash::losesNothingWhenKilledAtEachWrite()
{
    QFETCH(int, fault);
    int points = 0;
    bool finished = false;
    for (int at = 1; !finished; ++at) {
        const FilesIn folder;
        const auto acknowledged = workInChild(folder.path("s"), Fault(fault), at, 0, finished);
        armFault(Fault::None, 0);
        const QString lost = missing(folder.path("s"), acknowledged);
        QVERIFY2(lost.isEmpty(), qPrintable(QString("%1 at operation %2").arg(lost).arg(at)));
        ++points;
    }
    QVERIFY(points > 30);
    qInfo("%d points, nothing acknowledged was lost", points);
}

void TestStoreCrash::losesNothingWhenTheDiskFails_data()
{
    QTest::addColumn<int>("fault");
    QTest::newRow("full once") << int(Fault::FullOnce);
    QTest::newRow("full from then on") << int(Fault::FullAlways);
    QTest::newRow("error once") << int(Fault::ErrorOnce);
    QTest::newRow("errors from then on") << int(Fault::ErrorAlways);
}

void TestStoreCrash::losesNothingWhenTheDiskFails()
{
    QFETCH(int, fault);
    int points = 0;
    bool reached = true;
    for (int at = 1; reached; ++at) {
        const FilesIn folder;
        std::vector<Acknowledged> acknowledged;
        Error failure;
        bool opened = false;
        armFault(Fault(fault), at);
        {
            Result<SessionStore> store = SessionStore::open(folder.path("s"));
            opened = store.has_value();
            if (!opened)
                failure = store.error();
            bool done = false;
            if (opened)
                done = work(
                    *store, 1, [&](Acknowledged item) { acknowledged.push_back(item); }, failure);
            reached = operationsSinceArmed() >= at;
            if (opened && !done) {
                // Space is back: the same store works on.
                armFault(Fault::None, 0);
                QVERIFY(store->createSession("after").has_value());
            }
        }
        armFault(Fault::None, 0);
        if (!failure.message.empty()) {
            QVERIFY2(failure.code == ErrorCode::Disk, failure.message.c_str());
            QVERIFY(!failure.hint.empty());
        }
        const QString lost = missing(folder.path("s"), acknowledged);
        QVERIFY2(lost.isEmpty(), qPrintable(QString("%1 at operation %2").arg(lost).arg(at)));
        ++points;
    }
    QVERIFY(points > 20);
    qInfo("%d points, nothing acknowledged was lost", points);
}

QTEST_APPLESS_MAIN(TestStoreCrash)
#include "tst_store_crash.moc"
