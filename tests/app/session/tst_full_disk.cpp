// A disk that is really full: a file system of eight megabytes, seen by a child process alone.
#include "app/documents/pack_presets.h"
#include "app/session/session_store.h"
#include "tests/app/documents/files_in.h"

#include <fcntl.h>
#include <QTest>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace lectern;
using lectern::test::FilesIn;

class TestFullDisk : public QObject {
    Q_OBJECT
private slots:
    void nothingIsLostAndDeletingHelps();
};

namespace {

constexpr int kNoFileSystem = 77;

bool mountSmall(const std::string& folder)
{
    const bool apart = ::unshare(CLONE_NEWNS) == 0 || ::unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0;
    return apart && ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
           ::mount("tmpfs", folder.c_str(), "tmpfs", 0, "size=8m") == 0;
}

// As many bytes as there is room for.
void fill(const std::string& path, int bytes)
{
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT, 0600);
    const std::string block(4096, 'x');
    for (int done = 0; done < bytes && ::write(file, block.data(), block.size()) > 0; done += 4096) {
    }
    ::close(file);
}

Document novel(int number)
{
    Document document;
    document.name = "n" + std::to_string(number);
    document.kind = "text";
    while (document.text.size() < 400'000)
        document.text += "Word " + std::to_string(document.text.size() * 31 + std::size_t(number)) + " of the novel.\n";
    return document;
}

// What is not as it should be; nullptr where all is.
const char* fillAndFree(const std::string& folder)
{
    fill(folder + "/elsewhere", 2 << 20); // what a person can do without
    Result<SessionStore> store = SessionStore::open(folder + "/s");
    if (!store)
        return "the store did not open";
    std::vector<SessionId> sessions;
    Status added;
    while (added && sessions.size() < 100) {
        const Result<SessionId> session = store->createSession("s");
        const auto document = session ? store->addDocument(*session, novel(int(sessions.size()))) : failed(session);
        added = document ? Status() : Status(failed(document));
        if (added)
            sessions.push_back(*session);
    }
    if (added || added.error().code != ErrorCode::Disk || added.error().hint.empty())
        return "a full disk was not said";
    if (sessions.size() < 2)
        return "too little went in";
    // Filled up to the last byte by somebody else.
    fill(folder + "/rest", 64 << 20);
    PackPreset large;
    large.folder.include.assign(50'000, "a pattern");
    const auto presets = savePackPresets(folder + "/config/presets.json", {{"a", large}});
    if (presets || presets.error().code != ErrorCode::Disk)
        return "presets were not refused on the full disk";
    for (std::size_t s = 0; s < sessions.size(); ++s) {
        const auto documents = store->documents(sessions[s]);
        if (!documents || documents->size() != 1 ||
            store->document(documents->front().id)->text != novel(int(s)).text)
            return "a document was lost";
    }
    ::unlink((folder + "/elsewhere").c_str());
    for (const SessionId session : {sessions.front(), sessions.back()})
        if (!store->deleteForever(session))
            return "nothing could be deleted";
    const Result<SessionId> again = store->createSession("again");
    if (!again || !store->addDocument(*again, novel(1)))
        return "what was freed can not be used";
    return SessionStore::checkIntegrity(folder + "/s") ? nullptr : "the store is damaged";
}

} // namespace

void TestFullDisk::nothingIsLostAndDeletingHelps()
{
    const FilesIn folder;
    const pid_t child = ::fork();
    if (child == 0) {
        if (!mountSmall(folder.path()))
            ::_exit(kNoFileSystem);
        const char* wrong = fillAndFree(folder.path());
        if (wrong)
            qWarning("%s", wrong);
        ::_exit(wrong ? 1 : 0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    if (WIFEXITED(status) && WEXITSTATUS(status) == kNoFileSystem)
        QSKIP("No file system of its own can be made here.");
    QVERIFY(WIFEXITED(status));
    QCOMPARE(WEXITSTATUS(status), 0);
}

QTEST_APPLESS_MAIN(TestFullDisk)
#include "tst_full_disk.moc"
