// The needle test's texts, and its grid on the recall model, whose answers are exact.
#include "app/worker/needle_grid.h"
#include "app/worker/needle_text.h"
#include "tests/app/worker/bench_fixture.h"

#include <QTest>

using namespace lectern;
using namespace lectern::test;

namespace {

NeedlePuzzle puzzle(const NeedleSettings& settings, double depth, std::uint64_t seed)
{
    std::mt19937_64 random(seed);
    return NeedlePuzzle(settings, depth, false, random);
}

std::size_t count(const std::string& text, const std::string& part)
{
    std::size_t found = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
        ++found;
    return found;
}

NeedleSettings smallGrid()
{
    NeedleSettings settings;
    settings.contexts = {1100};
    settings.depths = {0.0, 0.5, 1.0};
    settings.plans = {"full", "longgen:sink=64,window=128", "window:sink=64,window=128"};
    return settings;
}

} // namespace

class TestNeedleGrid : public QObject {
    Q_OBJECT

private slots:
    void initTestCase()
    {
        auto model = LoadedModel::open(bundled("lectern-recall.gguf"));
        QVERIFY2(model, model ? "" : model.error().message.c_str());
        m_model = *model;
        m_pool = std::make_shared<ThreadPool>(2);
    }
    void needleLiesAtItsDepth_data();
    void needleLiesAtItsDepth();
    void wordsHideSeveral();
    void fillerIsRepeated();
    void lettersAndDigitsDecide();
    void hybridFindsWhatTheWindowLoses();
    void oneOfSeveralWordSequences();
    void oneTextHoldsTheNeedlesOfAllDepths();
    void tooShortIsRefused();
    void stopIsHeeded();

private:
    std::shared_ptr<const LoadedModel> m_model;
    std::shared_ptr<ThreadPool> m_pool;
};

void TestNeedleGrid::needleLiesAtItsDepth_data()
{
    QTest::addColumn<double>("depth");
    for (const double depth : {0.0, 0.11, 0.5, 0.89, 1.0})
        QTest::addRow("%g", depth) << depth;
}

void TestNeedleGrid::needleLiesAtItsDepth()
{
    QFETCH(double, depth);
    const NeedleText made = puzzle({}, depth, 7).make(400);
    QCOMPARE(count(made.text, made.expected), std::size_t{2}); // the sentence says its number twice
    const std::size_t at = made.text.find("The pass key is");
    const double place = double(at) / double(made.text.size());
    QVERIFY2(std::abs(place - depth) < 0.02, qPrintable(QString::number(place)));
    QCOMPARE(puzzle({}, depth, 7).make(400).text, made.text);
    QVERIFY(puzzle({}, depth, 8).make(400).expected != made.expected);
}

void TestNeedleGrid::wordsHideSeveral()
{
    NeedleSettings settings;
    settings.kind = NeedleKind::Words;
    settings.needles = 5;
    settings.words = 8;
    const NeedleText made = puzzle(settings, 0.3, 3).make(300);
    QCOMPARE(count(made.text, "passkey to the vault:"), std::size_t{5});
    QCOMPARE(count(made.text, made.expected), std::size_t{1});
    QCOMPARE(count(made.expected, " "), std::size_t{7});
    for (const char* nth : {"first", "second", "third", "fourth", "fifth"})
        QCOMPARE(count(made.text, std::string("the ") + nth + " passkey"), std::size_t{1});
    // The question names the needle whose words are expected.
    const std::size_t begin = made.question.find("what is the ") + 12;
    const std::string asked = made.question.substr(begin, made.question.find(" passkey") - begin);
    QVERIFY(made.text.find("the " + asked + " passkey to the vault: " + made.expected + ".") != std::string::npos);
}

void TestNeedleGrid::fillerIsRepeated()
{
    NeedleSettings settings;
    settings.haystack = "One end.\n\nTwo lines? Three, with 3.5 in it! four";
    const std::string text = puzzle(settings, 1.0, 1).make(6).text;
    QVERIFY2(text.starts_with("One end.\n\nTwo lines? Three, with 3.5 in it! four One end.\n\nTwo lines? The pass key"),
             text.c_str());
}

void TestNeedleGrid::lettersAndDigitsDecide()
{
    QVERIFY(needleFound("It is 12 345.", "12345"));
    QVERIFY(needleFound("Alpha, Bravo\nzulu", "alpha bravo zulu"));
    QVERIFY(!needleFound("12354", "12345"));
    QVERIFY(!needleFound("", "1"));
}

void TestNeedleGrid::hybridFindsWhatTheWindowLoses()
{
    std::vector<double> order;
    NeedleListener listener;
    listener.finished = [&](const NeedleCell& cell) { order.push_back(cell.depth); };
    const auto cells = runNeedleGrid(*m_model, m_pool, smallGrid(), listener, CancelToken());
    QVERIFY2(cells, cells ? "" : cells.error().message.c_str());
    QCOMPARE(cells->size(), std::size_t{9});
    QCOMPARE(order, (std::vector<double>{1, 0.5, 0, 1, 0.5, 0, 1, 0.5, 0}));
    for (std::size_t i = 0; i < cells->size(); ++i) {
        const NeedleCell& cell = (*cells)[i];
        QCOMPARE(cell.depth, smallGrid().depths[i % 3]);
        QVERIFY2(cell.promptTokens <= 1100 && cell.promptTokens > 1000, qPrintable(QString::number(cell.promptTokens)));
        const bool lost = i == 7; // the window alone, in the middle
        QVERIFY2((cell.passed == 1) == !lost, (cell.plan + ": " + cell.answer).c_str());
    }
    QVERIFY((*cells)[3].kvBytes < (*cells)[0].kvBytes);
    QCOMPARE((*cells)[0].expected, (*cells)[3].expected); // the same needles under every plan
}

void TestNeedleGrid::oneOfSeveralWordSequences()
{
    NeedleSettings settings;
    settings.kind = NeedleKind::Words;
    settings.needles = 3;
    settings.contexts = {1024};
    settings.depths = {0.4};
    settings.plans = {"longgen:sink=64,window=128"};
    settings.trials = 2;
    const auto cells = runNeedleGrid(*m_model, m_pool, settings, {}, CancelToken());
    QVERIFY2(cells, cells ? "" : cells.error().message.c_str());
    QCOMPARE(cells->front().trials, 2);
    QVERIFY2(cells->front().passed == 2, cells->front().answer.c_str());
}

void TestNeedleGrid::oneTextHoldsTheNeedlesOfAllDepths()
{
    NeedleSettings settings = smallGrid();
    settings.kind = NeedleKind::Words;
    settings.depths = {0.0, 0.5, 0.75, 1.0};
    settings.oneText = true;
    const auto cells = runNeedleGrid(*m_model, m_pool, settings, {}, CancelToken());
    QVERIFY2(cells, cells ? "" : cells.error().message.c_str());
    QCOMPARE(cells->size(), std::size_t{12});
    for (std::size_t i = 0; i < cells->size(); ++i) {
        const NeedleCell& cell = (*cells)[i];
        QVERIFY(cell.promptTokens <= 1100 && cell.promptTokens > 1000);
        const bool lost = i == 9 || i == 10; // the window alone, in the middle
        QVERIFY2((cell.passed == 1) == !lost, (cell.plan + ": " + cell.answer).c_str());
        QVERIFY(i % 4 == 0 || cell.expected != (*cells)[i - 1].expected);
    }
    settings.kind = NeedleKind::Passkey;
    QCOMPARE(runNeedleGrid(*m_model, m_pool, settings, {}, CancelToken()).error().code, ErrorCode::Usage);
}

void TestNeedleGrid::tooShortIsRefused()
{
    NeedleSettings settings = smallGrid();
    settings.contexts = {40};
    const auto cells = runNeedleGrid(*m_model, m_pool, settings, {}, CancelToken());
    QVERIFY(!cells);
    QCOMPARE(cells.error().code, ErrorCode::Usage);
    settings.plans = {"windmill"};
    QVERIFY(!runNeedleGrid(*m_model, m_pool, settings, {}, CancelToken()));
    settings.plans.clear();
    QVERIFY(!runNeedleGrid(*m_model, m_pool, settings, {}, CancelToken()));
}

void TestNeedleGrid::stopIsHeeded()
{
    CancelToken cancel;
    NeedleListener listener;
    int finished = 0;
    listener.finished = [&](const NeedleCell&) {
        ++finished;
        cancel.cancel();
    };
    const auto cells = runNeedleGrid(*m_model, m_pool, smallGrid(), listener, cancel);
    QVERIFY(!cells);
    QCOMPARE(cells.error().code, ErrorCode::Cancelled);
    QCOMPARE(finished, 1);
}

QTEST_GUILESS_MAIN(TestNeedleGrid)
#include "tst_needle_grid.moc"
