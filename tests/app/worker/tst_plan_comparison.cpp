// One question under several plans: the divergence against its definition, and the plans of the recall model.
#include "app/worker/plan_comparison.h"
#include "resources/sample/annals_generator.h"
#include "tests/app/worker/bench_fixture.h"

#include <QTest>

#include <cmath>
#include <random>

using namespace lectern;
using namespace lectern::test;

namespace {

double divergenceByDefinition(const std::vector<float>& first, const std::vector<float>& second)
{
    const auto distribution = [](const std::vector<float>& row) {
        std::vector<long double> p;
        long double sum = 0;
        for (const float logit : row)
            p.push_back(std::exp(static_cast<long double>(logit)));
        for (const long double value : p)
            sum += value;
        for (long double& value : p)
            value /= sum;
        return p;
    };
    const auto p = distribution(first), q = distribution(second);
    long double sum = 0;
    for (std::size_t i = 0; i < p.size(); ++i)
        sum += p[i] * std::log(p[i] / q[i]);
    return double(sum);
}

} // namespace

class TestPlanComparison : public QObject {
    Q_OBJECT

private slots:
    void divergenceIsKullbackLeibler();
    void planAgainstItself();
    void windowDriftsAway();
    void misspeltPlanCostsNothing();
    void stopIsAnError();
};

void TestPlanComparison::divergenceIsKullbackLeibler()
{
    std::mt19937 random(5);
    for (int round = 0; round < 50; ++round) {
        std::normal_distribution<float> normal(0, 1 + float(round) / 5);
        std::vector<float> first(200), second(200);
        for (std::size_t i = 0; i < first.size(); ++i) {
            first[i] = normal(random);
            second[i] = normal(random);
        }
        const double expected = divergenceByDefinition(first, second);
        QVERIFY(std::abs(klDivergence(first, second) - expected) < 1e-9 * (1 + expected));
        QCOMPARE(klDivergence(first, first), 0.0);
    }
    const std::vector<float> sure{500, -500}, other{-500, 500}; // exp() of these overflows
    QCOMPARE(klDivergence(sure, other), 1000.0);
}

void TestPlanComparison::planAgainstItself()
{
    BenchFixture fixture;
    QCOMPARE(fixture.open("lectern-recall.gguf"), std::string());
    const Annals annals = generateAnnals();
    const SessionId session = fixture.sessionOn(annals.text.substr(0, 4000), "annals.txt");
    const AnnalsFact& fact = annals.facts.front();
    PlanComparisonSettings settings;
    settings.plans = {"full", "full"};
    settings.comparedPositions = 40;
    const auto outcomes = fixture.bench->compare(session, fact.start, settings, {}, CancelToken());
    QVERIFY2(outcomes, outcomes ? "" : outcomes.error().message.c_str());
    const PlanOutcome& first = (*outcomes)[0];
    const PlanOutcome& second = (*outcomes)[1];
    QVERIFY(first.divergence.empty());
    QCOMPARE(second.divergence.size(), std::size_t{40});
    QCOMPARE(second.meanDivergence(), 0.0);
    QCOMPARE(second.topAgreement(), 1.0);
    QCOMPARE(second.divergence.back().position, second.timing.promptTokens - 1);
    QCOMPARE(first.answer, second.answer);
    QVERIFY(!first.evidence.empty());
    QCOMPARE(first.evidence.front().text, second.evidence.front().text);
    // The same as asking, which is stored; comparing is not.
    const auto asked = fixture.ask(session, fact.start, 256);
    QVERIFY(asked);
    QCOMPARE(first.answer, asked->answer);
    QCOMPARE(first.kv.layers.size(), asked->kv.layers.size());
    const auto messages = fixture.store->run([&](SessionStore& store) { return store.messages(session); });
    QCOMPARE(messages->size(), std::size_t{2});
}

void TestPlanComparison::windowDriftsAway()
{
    BenchFixture fixture;
    QCOMPARE(fixture.open("lectern-recall.gguf"), std::string());
    const Annals annals = generateAnnals();
    const SessionId session = fixture.sessionOn(annals.text.substr(0, 8000), "annals.txt");
    const AnnalsFact& fact = annals.facts.front();
    PlanComparisonSettings settings;
    settings.plans = {"full", "window:sink=64,window=128"};
    std::vector<std::string> started, finished;
    ComparisonListener listener;
    listener.started = [&](const std::string& plan) { started.push_back(plan); };
    listener.finished = [&](const PlanOutcome& outcome) { finished.push_back(outcome.plan); };
    std::string streamed;
    listener.text = [&](const std::string& text) { streamed += text; };
    const auto outcomes = fixture.bench->compare(session, fact.start, settings, listener, CancelToken());
    QVERIFY2(outcomes, outcomes ? "" : outcomes.error().message.c_str());
    QCOMPARE(started, settings.plans);
    QCOMPARE(finished, settings.plans);
    QCOMPARE(streamed, (*outcomes)[0].answer + (*outcomes)[1].answer);
    QVERIFY(fact.continuation.find((*outcomes)[0].answer) != std::string::npos);
    QVERIFY((*outcomes)[0].answer != (*outcomes)[1].answer);
    QVERIFY((*outcomes)[1].meanDivergence() > 0.01);
    QVERIFY((*outcomes)[1].topAgreement() < 1.0);
    QVERIFY((*outcomes)[1].kv.bytes < (*outcomes)[0].kv.bytes);
}

void TestPlanComparison::misspeltPlanCostsNothing()
{
    BenchFixture fixture;
    QCOMPARE(fixture.open("lectern-recall.gguf"), std::string());
    const SessionId session = fixture.sessionOn("A short text.");
    PlanComparisonSettings settings;
    settings.plans = {"full", "longgem"};
    ComparisonListener listener;
    int started = 0;
    listener.started = [&](const std::string&) { ++started; };
    const auto outcomes = fixture.bench->compare(session, "What?", settings, listener, CancelToken());
    QVERIFY(!outcomes);
    QCOMPARE(outcomes.error().code, ErrorCode::Usage);
    QCOMPARE(started, 0);
    settings.plans.clear();
    QVERIFY(!fixture.bench->compare(session, "What?", settings, listener, CancelToken()));
}

void TestPlanComparison::stopIsAnError()
{
    BenchFixture fixture;
    QCOMPARE(fixture.open("lectern-recall.gguf"), std::string());
    const SessionId session = fixture.sessionOn(generateAnnals().text.substr(0, 20000));
    PlanComparisonSettings settings;
    settings.plans = {"full"};
    CancelToken cancel;
    ComparisonListener listener;
    listener.prefill = [&](const PrefillProgress&) { cancel.cancel(); };
    const auto outcomes = fixture.bench->compare(session, "What?", settings, listener, cancel);
    QVERIFY(!outcomes);
    QCOMPARE(outcomes.error().code, ErrorCode::Cancelled);
}

QTEST_GUILESS_MAIN(TestPlanComparison)
#include "tst_plan_comparison.moc"
