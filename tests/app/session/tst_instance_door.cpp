// A second Lectern reaches the first one, in a process of its own as in life.
#include "app/session/instance_door.h"
#include "app/session/session_store.h"

#include <array>
#include <csignal>
#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace lectern;

class TestInstanceDoor : public QObject {
    Q_OBJECT
private slots:
    void requestsArrive();
    void nobodyThereIsSaid();
    void oldRequestsAreDropped();
    void oneOfManyHoldsTheStore();
};

void TestInstanceDoor::requestsArrive()
{
    const QTemporaryDir folder;
    QList<InstanceRequest> taken;
    const InstanceDoor door(folder.path(), [&](const InstanceRequest& request) { taken.append(request); });
    bool answered = false;
    std::thread second([&] { answered = askRunningInstance(folder.path(), {{QStringLiteral("/a b.pdf")}, 7}); });
    QTRY_COMPARE(taken.size(), 1);
    second.join();
    QVERIFY(answered);
    QCOMPARE(taken.front().paths, QStringList{QStringLiteral("/a b.pdf")});
    QCOMPARE(taken.front().session, std::int64_t(7));
    QVERIFY(QDir(folder.path() + "/requests").isEmpty());
}

void TestInstanceDoor::nobodyThereIsSaid()
{
    const QTemporaryDir folder;
    QVERIFY(!askRunningInstance(folder.path(), {}, std::chrono::milliseconds(60)));
    QVERIFY(QDir(folder.path()).mkdir("requests"));
    QVERIFY(!askRunningInstance(folder.path(), {}, std::chrono::milliseconds(60)));
    QVERIFY(QDir(folder.path() + "/requests").isEmpty());
}

void TestInstanceDoor::oldRequestsAreDropped()
{
    const QTemporaryDir folder;
    QVERIFY(QDir(folder.path()).mkdir("requests"));
    QFile old(folder.path() + "/requests/1.json");
    QVERIFY(old.open(QIODevice::WriteOnly));
    old.close();
    int taken = 0;
    const InstanceDoor door(folder.path(), [&](const InstanceRequest&) { ++taken; });
    QVERIFY(QDir(folder.path() + "/requests").isEmpty());
    QCOMPARE(taken, 0);
}

// Row 28: start races. Of several processes that open the store at once exactly one gets it; the lock of one that was
// killed holds nobody up.
void TestInstanceDoor::oneOfManyHoldsTheStore()
{
    const QTemporaryDir folder;
    const std::string path = (folder.path() + "/s").toStdString();
    for (int race = 0; race < 250; ++race) {
        std::array<int, 2> go{}, won{};
        QVERIFY(::pipe(go.data()) == 0 && ::pipe(won.data()) == 0);
        std::vector<pid_t> racers;
        for (int i = 0; i < 4; ++i) {
            const pid_t child = ::fork();
            if (child == 0) {
                char wait = 0;
                ::close(go[1]);
                (void)!::read(go[0], &wait, 1); // until the parent closes its end
                {
                    const auto store = SessionStore::open(path);
                    const char result = store ? 'y' : store.error().code == ErrorCode::Usage ? 'n' : '?';
                    (void)!::write(won[1], &result, 1);
                    if (store)
                        ::pause(); // holds it until it is killed
                }
                ::_exit(0);
            }
            racers.push_back(child);
        }
        ::close(go[0]);
        ::close(go[1]);
        std::string results;
        for (char result = 0; results.size() < 4 && ::read(won[0], &result, 1) == 1;)
            results += result;
        for (const pid_t racer : racers) {
            ::kill(racer, SIGKILL);
            ::waitpid(racer, nullptr, 0);
        }
        ::close(won[0]);
        ::close(won[1]);
        QCOMPARE(QString::fromStdString(results).count('y'), 1);
        QCOMPARE(QString::fromStdString(results).count('n'), 3);
    }
    QVERIFY(SessionStore::open(path)); // a stale lock of a dead process
}

QTEST_GUILESS_MAIN(TestInstanceDoor)
#include "tst_instance_door.moc"
