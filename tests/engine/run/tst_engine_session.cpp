// A session: what it reuses, what it answers after any history, that it stops when told, and what it costs.
#include "engine/run/memory_estimate.h"
#include "tests/engine/run/session_support.h"
#include "tests/support/attention_case.h"
#include "tests/support/mapped_bytes.h"

#include <QtTest>

#include <thread>

using namespace lectern;
using namespace lectern::test;

namespace {

// Two ways to the same text differ by single roundings of a key or value to f16 (2^-11 of one number).
constexpr double kBound = 1e-3;

SessionSettings settingsOf(const std::string& plan, std::int64_t context = 700)
{
    SessionSettings settings;
    settings.plan = plan;
    settings.context = context;
    settings.chunkTokens = 64;
    return settings;
}

std::vector<TokenId> joined(std::vector<TokenId> a, const std::vector<TokenId>& b)
{
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

constexpr const char* kPlans[] = {"full", "longgen:window=128", "longgen-block:local=1,stride=3",
                                  "window:sink=4,window=100"};

} // namespace

class TestEngineSession : public QObject {
    Q_OBJECT

private slots:
    void initTestCase();
    void prefixesAreReused_data();
    void prefixesAreReused();
    void anyHistoryGivesTheSameLogits_data();
    void anyHistoryGivesTheSameLogits();
    void progressIsToldAndAscends();
    void rowsOfAllTokens();
    void cancelFromAnotherThread();
    void wrongRequestsAreRefused();
    void aModelCutShortIsAnError_data();
    void aModelCutShortIsAnError();
    void estimateIsWhatIsAllocated_data();
    void estimateIsWhatIsAllocated();

private:
    std::unique_ptr<ModelFixture> m_fixture;
    const std::shared_ptr<const Model>& model() { return m_fixture->model(); }
    std::vector<TokenId> tokens(int count, unsigned seed) { return randomTokens(count, 50, seed); }
};

void TestEngineSession::initTestCase()
{
    m_fixture = std::make_unique<ModelFixture>(sessionShape(1));
    QVERIFY2(m_fixture->error().empty(), m_fixture->error().c_str());
}

void TestEngineSession::prefixesAreReused_data()
{
    QTest::addColumn<QString>("plan");
    QTest::addColumn<int>("shared"); // tokens of the second text that the first has too
    QTest::addColumn<int>("reused");
    QTest::newRow("full, half") << "full" << 150 << 150;
    QTest::newRow("full, nothing") << "full" << 0 << 0;
    QTest::newRow("full, all") << "full" << 300 << 300;
    QTest::newRow("window, all") << "longgen:window=128" << 300 << 300;
    QTest::newRow("window, a few back") << "longgen:window=128" << 290 << 290;
    QTest::newRow("window, forgotten") << "longgen:window=128" << 150 << 0;
    QTest::newRow("window, in the sink") << "longgen:window=128" << 30 << 30;
}

void TestEngineSession::prefixesAreReused()
{
    QFETCH(QString, plan);
    QFETCH(int, shared);
    QFETCH(int, reused);
    const SessionSettings settings = settingsOf(plan.toStdString());
    const TestSession open = openSession(model(), settings);
    const std::vector<TokenId> first = tokens(300, 2);
    std::vector<TokenId> second(first.begin(), first.begin() + shared);
    second.push_back((shared < 300 ? first[std::size_t(shared)] + 1 : 7) % 50);
    second = joined(second, tokens(90, 3));
    QCOMPARE(open.session->read(first, {}, CancelToken()).value(), std::int64_t(0));
    QCOMPARE(open.session->read(second, {}, CancelToken()).value(), std::int64_t(reused));
    QCOMPARE(open.session->kvUsage().reusedTokens, std::int64_t(reused));
    QVERIFY(open.session->tokens() == second);
    QVERIFY(logitsError(open.session->logits(), freshLogits(model(), settings, second)) <= kBound);
    // The same text again: all but its last token.
    const std::int64_t again = open.session->read(second, {}, CancelToken()).value();
    QCOMPARE(again, std::int64_t(second.size() - 1));
    QVERIFY(logitsError(open.session->logits(), freshLogits(model(), settings, second)) <= kBound);
}

void TestEngineSession::anyHistoryGivesTheSameLogits_data()
{
    QTest::addColumn<QString>("plan");
    for (const char* plan : kPlans)
        QTest::newRow(plan) << plan;
}

void TestEngineSession::anyHistoryGivesTheSameLogits()
{
    QFETCH(QString, plan);
    const SessionSettings settings = settingsOf(plan.toStdString());
    const TestSession open = openSession(model(), settings);
    std::mt19937 random(4);
    for (unsigned step = 0; step < 25; ++step) {
        std::vector<TokenId> text = open.session->tokens();
        if (drawn(random, 0, 1) && !text.empty() && text.size() < 690) {
            const std::vector<TokenId> more = tokens(int(drawn(random, 1, 5)), 100 + step);
            for (const TokenId token : more)
                QVERIFY(open.session->append(token, CancelToken()));
            text = joined(text, more);
        } else {
            text.resize(std::size_t(drawn(random, 0, std::int64_t(text.size()))));
            text = joined(
                text,
                tokens(int(drawn(random, 1, std::min<std::int64_t>(300, 700 - std::int64_t(text.size())))),
                       200 + step));
            QVERIFY(open.session->read(text, {}, CancelToken()));
        }
        QVERIFY(open.session->tokens() == text);
        const double error = logitsError(open.session->logits(), freshLogits(model(), settings, text));
        QVERIFY2(error <= kBound, qPrintable(QString("step %1: error %2").arg(step).arg(error)));
    }
}

void TestEngineSession::progressIsToldAndAscends()
{
    const TestSession open = openSession(model(), settingsOf("longgen:window=128"));
    std::vector<PrefillProgress> told;
    const auto note = [&](const PrefillProgress& progress) { told.push_back(progress); };
    const std::vector<TokenId> text = tokens(300, 5);
    QVERIFY(open.session->read({text.data(), 100}, note, CancelToken()));
    QCOMPARE(int(told.size()), 2);
    told.clear();
    QVERIFY(open.session->read(text, note, CancelToken()));
    QCOMPARE(told.front().doneTokens, std::int64_t(128)); // chunks end at multiples of their length
    QCOMPARE(told.back().doneTokens, std::int64_t(300));
    for (std::size_t i = 0; i < told.size(); ++i) {
        QCOMPARE(told[i].totalTokens, std::int64_t(300));
        QCOMPARE(told[i].reusedTokens, std::int64_t(100));
        QVERIFY(i == 0 || told[i].doneTokens > told[i - 1].doneTokens);
        QVERIFY(i == 0 || told[i].elapsedMs >= told[i - 1].elapsedMs);
    }
}

void TestEngineSession::rowsOfAllTokens()
{
    const SessionSettings settings = settingsOf("longgen:window=64");
    const TestSession open = openSession(model(), settings);
    const std::vector<TokenId> text = tokens(200, 6);
    QVERIFY(open.session->read(tokens(40, 7), {}, CancelToken()));
    std::int64_t next = 0;
    const auto check = [&](std::int64_t position, std::span<const float> row) {
        QCOMPARE(position, next++);
        const std::span<const TokenId> upTo(text.data(), std::size_t(position + 1));
        if (position % 41 == 0 || position == 199)
            QVERIFY(logitsError(row, freshLogits(model(), settings, upTo)) <= kBound);
    };
    QVERIFY(open.session->logitsOfAll(text, CancelToken(), check));
    QCOMPARE(next, std::int64_t(200));
    QVERIFY(open.session->tokens() == text);
}

// Stopped at any moment, a session keeps a prefix of the text and goes on from there.
void TestEngineSession::cancelFromAnotherThread()
{
    int stopped = 0;
    for (unsigned round = 0; round < 30; ++round) {
        const SessionSettings settings = settingsOf(kPlans[round % 4], 3000);
        const TestSession open = openSession(model(), settings);
        const std::vector<TokenId> text = tokens(3000, 10 + round);
        const CancelToken cancel;
        std::thread other([&] {
            std::this_thread::sleep_for(std::chrono::microseconds(700 * round));
            cancel.cancel();
        });
        const auto read = open.session->read(text, {}, cancel);
        other.join();
        if (!read) {
            ++stopped;
            QCOMPARE(read.error().code, ErrorCode::Cancelled);
        }
        const std::size_t kept = open.session->tokens().size();
        QVERIFY(std::equal(open.session->tokens().begin(), open.session->tokens().end(), text.begin()));
        QCOMPARE(open.session->kvUsage().position, std::int64_t(kept));
        const std::vector<TokenId> more(
            text.begin(), text.begin() + std::ptrdiff_t(std::min<std::size_t>(kept + 70, 3000)));
        QCOMPARE(open.session->read(more, {}, CancelToken()).value(),
                 std::int64_t(std::min(kept, more.size() - 1)));
        QVERIFY(logitsError(open.session->logits(), freshLogits(model(), settings, more)) <= kBound);
    }
    QVERIFY(stopped >= 15);
}

void TestEngineSession::wrongRequestsAreRefused()
{
    const auto pool = std::make_shared<ThreadPool>(1);
    const auto code = [&](const SessionSettings& settings) {
        return EngineSession::open(model(), {}, pool, settings).error().code;
    };
    QCOMPARE(code(settingsOf("nonsense")), ErrorCode::Usage);
    SessionSettings wrongType = settingsOf("full");
    wrongType.kvType = "q1";
    QCOMPARE(code(wrongType), ErrorCode::Usage);
    QCOMPARE(code(settingsOf("full", std::int64_t{1} << 36)), ErrorCode::OutOfMemory);

    const TestSession open = openSession(model(), settingsOf("full", 100));
    EngineSession& session = *open.session;
    QCOMPARE(session.read({}, {}, CancelToken()).error().code, ErrorCode::Usage);
    const std::vector<TokenId> text = tokens(101, 8);
    const Error tooLong = session.read(text, {}, CancelToken()).error();
    QCOMPARE(tooLong.code, ErrorCode::TooLong);
    QVERIFY(QString::fromStdString(tooLong.message).contains("101"));
    QVERIFY(session.read({text.data(), 100}, {}, CancelToken()));
    QCOMPARE(session.append(1, CancelToken()).error().code, ErrorCode::TooLong);
    QCOMPARE(session.reserve(std::int64_t{1} << 36).error().code, ErrorCode::OutOfMemory);
    QCOMPARE(session.context(), std::int64_t(100));
    QVERIFY(session.reserve(101));
    QVERIFY(session.append(text[100], CancelToken()));
    QVERIFY(logitsError(session.logits(), freshLogits(model(), settingsOf("full", 200), text)) <= kBound);
}

void TestEngineSession::aModelCutShortIsAnError_data()
{
    QTest::addColumn<int>("bytesLeft");
    for (const int left : {0, 5000, 100'000})
        QTest::addRow("%d bytes are left", left) << left;
}

// While a text is being read, something else writes over the model's file.
void TestEngineSession::aModelCutShortIsAnError()
{
    QFETCH(int, bytesLeft);
    QTemporaryDir folder;
    const QString path = folder.filePath("model.gguf");
    RandomShape shape = sessionShape(4);
    shape.embedding = 256;
    QCOMPARE(RandomGguf(shape).write(path.toStdString()), std::string());
    QVERIFY(QFileInfo(path).size() > 200'000);
    const auto opened = Model::open(path.toStdString());
    QVERIFY(opened);
    SessionSettings settings;
    settings.chunkTokens = 64;
    const TestSession open = openSession(*opened, settings);
    int chunks = 0;
    const auto read = open.session->read(
        tokens(400, 5), [&](const PrefillProgress&) { ++chunks == 2 && QFile::resize(path, bytesLeft); }, {});
    QVERIFY(!read);
    QCOMPARE(read.error().code, ErrorCode::BadInput);
    QVERIFY2(read.error().message.find("model.gguf was changed") != std::string::npos,
             read.error().message.c_str());
    QVERIFY(open.session->tokens().empty());
    QVERIFY(!open.session->append(1, {}));
    QVERIFY(!open.session->read(tokens(30, 6), {}, {}));
}

void TestEngineSession::estimateIsWhatIsAllocated_data()
{
    QTest::addColumn<QString>("plan");
    QTest::addColumn<int>("context");
    for (const char* plan : kPlans)
        for (const int context : {1, 64, 5000})
            QTest::addRow("%s, %d tokens", plan, context) << plan << context;
}

void TestEngineSession::estimateIsWhatIsAllocated()
{
    QFETCH(QString, plan);
    QFETCH(int, context);
    const SessionSettings settings = settingsOf(plan.toStdString(), context);
    const LayerPlan layers = m_fixture->plan(settings.plan);
    const KvPageLayout layout{KvType::F16, model()->spec().headDim};
    const MemoryEstimate estimate = estimateMemory(*model(), layers, layout, context, settings.chunkTokens);
    const std::int64_t before = mappedBytes();
    const TestSession open = openSession(model(), settings);
    QCOMPARE(mappedBytes() - before, std::int64_t(estimate.kvBytes + estimate.workspaceBytes));
    QCOMPARE(open.session->kvUsage().bytes, estimate.kvBytes);
    QCOMPARE(open.session->kvUsage().fullAttentionBytes, estimate.fullAttentionKvBytes);
    QCOMPARE(open.session->workspaceBytes(), estimate.workspaceBytes);
    QCOMPARE(estimate.weightsBytes, model()->weights().bytes);
    QVERIFY(estimate.availableBytes > 0 && estimate.fits());
}

QTEST_GUILESS_MAIN(TestEngineSession)
#include "tst_engine_session.moc"
