// What a session settles and keeps of its plan: DuoAttention's chunks over the turns of a conversation,
// scales fixed by the room, KV types a plan asks for.
#include "engine/plan/plan_json.h"
#include "tests/engine/run/session_support.h"
#include "tests/support/attention_case.h"
#include "tests/support/reference_attention.h"

#include <QtTest>

using namespace lectern;
using namespace lectern::test;

namespace {

constexpr double kBound = 1e-3; // single roundings of keys and values to f16

// Every head of the three layers streams as DuoAttention's authors read.
std::string chunkedPlan(int sink, int recent, int chunk)
{
    const std::string head = "{\"kind\": \"sink+chunk\", \"sink\": " + std::to_string(sink) +
                             ", \"recent\": " + std::to_string(recent) +
                             ", \"chunk\": " + std::to_string(chunk) + "}";
    std::string layers;
    for (int layer = 0; layer < 3; ++layer)
        layers += (layer ? ", " : "") + ("{\"heads\": " + head + "}");
    return "{\"lectern_plan\": 1, \"layers\": [" + layers + "]}";
}

} // namespace

class TestSessionPlans : public QObject {
    Q_OBJECT

private slots:
    void initTestCase();
    void chunksOfATurn_data();
    void chunksOfATurn();
    void chunksOverTurns();
    void scaleIsSettledByTheRoom();
    void settledPlanIsADocument();
    void kvTypesOfAPlan();
    void wrongChoicesAreRefused();

private:
    std::unique_ptr<ModelFixture> m_fixture;
};

void TestSessionPlans::initTestCase()
{
    m_fixture = std::make_unique<ModelFixture>(sessionShape(21));
    QVERIFY2(m_fixture->error().empty(), m_fixture->error().c_str());
}

void TestSessionPlans::chunksOfATurn_data()
{
    QTest::addColumn<int>("engineChunk");
    for (const int engineChunk : {17, 64, 130, 512})
        QTest::addRow("steps of %d", engineChunk) << engineChunk;
}

// The plan's chunks are not the engine's steps: any step length gives the same answer.
void TestSessionPlans::chunksOfATurn()
{
    QFETCH(int, engineChunk);
    SessionSettings settings;
    settings.plan = chunkedPlan(4, 20, 100);
    settings.chunkTokens = engineChunk;
    settings.context = 600;
    const TestSession opened = openSession(m_fixture->model(), settings);
    const std::vector<TokenId> tokens = randomTokens(350, 50, 3);
    const auto keeps = [](int, int, std::int64_t q, std::int64_t k) {
        const std::int64_t begin = q < 320 ? q / 100 * 100 : q; // from 320 on: an answer, token by token
        return k <= q && (begin == 0 || k < 4 || k >= begin - 20);
    };
    const auto wanted = referenceLogits(m_fixture->reference(), tokens, keeps);
    QVERIFY(opened.session->read(std::span(tokens).first(320), {}, CancelToken()));
    QVERIFY(normError(opened.session->logits().data(), wanted[319]) <= kBound);
    for (std::size_t at = 320; at < 350; ++at) {
        QVERIFY(opened.session->append(tokens[at], CancelToken()));
        QVERIFY(normError(opened.session->logits().data(), wanted[at]) <= kBound);
    }
}

// The next question is read in chunks that count from where the answer ended.
void TestSessionPlans::chunksOverTurns()
{
    SessionSettings settings;
    settings.plan = chunkedPlan(70, 30, 90);
    settings.chunkTokens = 64;
    settings.context = 700;
    const TestSession opened = openSession(m_fixture->model(), settings);
    const std::vector<TokenId> tokens = randomTokens(560, 50, 4);
    const auto keeps = [](int, int, std::int64_t q, std::int64_t k) {
        const std::int64_t begin = q < 250 ? q / 90 * 90 : q < 290 ? q : 290 + (q - 290) / 90 * 90;
        return k <= q && (begin == 0 || k < 70 || k >= begin - 30);
    };
    const auto wanted = referenceLogits(m_fixture->reference(), tokens, keeps);
    QVERIFY(opened.session->read(std::span(tokens).first(250), {}, CancelToken()));
    for (std::size_t at = 250; at < 290; ++at)
        QVERIFY(opened.session->append(tokens[at], CancelToken()));
    QCOMPARE(opened.session->read(tokens, {}, CancelToken()).value(), std::int64_t(290));
    QVERIFY(normError(opened.session->logits().data(), wanted.back()) <= kBound);
    // Another follow-up in its place needs keys that are gone: the whole text is read again.
    std::vector<TokenId> other(tokens.begin(), tokens.begin() + 400);
    other.push_back((tokens[400] + 1) % 50);
    QVERIFY(opened.session->read(other, {}, CancelToken()));
    const auto fresh = freshLogits(m_fixture->model(), settings, other);
    QCOMPARE(opened.session->kvUsage().reusedTokens, std::int64_t(0));
    QVERIFY(logitsError(opened.session->logits(), fresh) <= kBound);
}

void TestSessionPlans::scaleIsSettledByTheRoom()
{
    SessionSettings settings;
    settings.positions = "e2:window=100";
    settings.context = 450;
    const TestSession opened = openSession(m_fixture->model(), settings);
    QCOMPARE(opened.session->settledPlan().positions, std::string("e2:5,window=100"));
    const std::vector<TokenId> tokens = randomTokens(300, 50, 5);
    QVERIFY(opened.session->read(tokens, {}, CancelToken()));
    const std::vector<float> before(opened.session->logits().begin(), opened.session->logits().end());
    // More room does not change it, nor what was read.
    QVERIFY(opened.session->reserve(900));
    QCOMPARE(opened.session->tokens().size(), std::size_t(300));
    settings.positions = opened.session->settledPlan().positions;
    settings.context = 900;
    const auto again = freshLogits(m_fixture->model(), settings, tokens);
    QVERIFY(again == before);
    settings.positions = "e2:9,window=100";
    QVERIFY(freshLogits(m_fixture->model(), settings, tokens) != before);
}

void TestSessionPlans::settledPlanIsADocument()
{
    SessionSettings settings;
    settings.plan = "longgen:full=1,window=64";
    settings.positions = "dca:chunk=80,local=16,layers=full";
    settings.kvType = "full=q8_0,window=f16";
    const TestSession opened = openSession(m_fixture->model(), settings);
    const std::vector<TokenId> tokens = randomTokens(260, 50, 6);
    QVERIFY(opened.session->read(tokens, {}, CancelToken()));
    // The document alone opens the same session again.
    SessionSettings again;
    again.plan = planToJson(opened.session->settledPlan(), false);
    const auto logits = freshLogits(m_fixture->model(), again, tokens);
    QVERIFY(std::equal(logits.begin(), logits.end(), opened.session->logits().begin()));
    const TestSession reopened = openSession(m_fixture->model(), again);
    QCOMPARE(planToJson(reopened.session->settledPlan(), false), again.plan);
}

void TestSessionPlans::kvTypesOfAPlan()
{
    SessionSettings settings;
    settings.plan = "longgen:full=1,window=64,kv-full=q8_0";
    const TestSession typed = openSession(m_fixture->model(), settings);
    QCOMPARE(typed.session->settledPlan().kvTypes, std::string("full=q8_0,window=f16"));
    settings.kvType = "f16"; // said: it counts more than the plan
    const TestSession plain = openSession(m_fixture->model(), settings);
    QCOMPARE(plain.session->settledPlan().kvTypes, std::string("f16"));
    QVERIFY(typed.session->kvUsage().bytes < plain.session->kvUsage().bytes);
}

void TestSessionPlans::wrongChoicesAreRefused()
{
    auto pool = std::make_shared<ThreadPool>(1);
    const auto message = [&](const SessionSettings& settings) {
        const auto session = EngineSession::open(m_fixture->model(), {}, pool, settings);
        return session ? QString() : QString::fromStdString(session.error().message);
    };
    SessionSettings settings;
    settings.positions = "nearby";
    QVERIFY(message(settings).contains("nearby"));
    settings.positions = "dca:chunk=999999";
    QVERIFY(message(settings).contains("999999") || message(settings).contains("Dual Chunk"));
    settings.positions = "auto";
    settings.plan = "longgen:kv-full=q3";
    QVERIFY(message(settings).contains("q3"));
    settings.plan = "{\"lectern_plan\": 1, \"layers\": []}";
    QVERIFY(message(settings).contains("layers"));
}

QTEST_GUILESS_MAIN(TestSessionPlans)
#include "tst_session_plans.moc"
