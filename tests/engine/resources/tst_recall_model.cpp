// The recall model's margins, checked on its weights alone: no engine takes part.
#include "resources/models/recall_codes.h"
#include "resources/split_mix.h"
#include "tests/engine/resources/plain_llama.h"

#include <QTest>

#include <algorithm>
#include <bit>
#include <cmath>

using namespace lectern;
using namespace lectern::recall;
using lectern::testing::PlainLlama;
using lectern::testing::PlainResult;
using lectern::testing::PlainRun;

namespace {

constexpr TokenId kFirstWord = 264; // below lie control tokens and bytes

TokenId someWord(SplitMix& random)
{
    // As in prose, half of all tokens are among a few.
    return kFirstWord + static_cast<TokenId>(random.chance(50) ? random.below(150) : random.below(16000));
}

bool seesAll(std::size_t, std::size_t, std::size_t)
{
    return true;
}

// LongGen's rule for six layers, with a small window so that short texts leave it.
bool seesLongGen(std::size_t layer, std::size_t q, std::size_t k)
{
    return layer == 2 || layer == 3 || k < 64 || q - k < 128;
}

bool seesWindow(std::size_t, std::size_t q, std::size_t k)
{
    return k < 64 || q - k < 128;
}

// Random words with a phrase inside, and at the end the phrase's first `asked` tokens again.
struct Recall {
    PlainRun run;
    std::size_t answerAt = 0; // index of the token that followed those in the phrase
};

Recall recallCase(std::size_t words, std::size_t phraseAt, std::size_t asked, std::uint64_t seed)
{
    SplitMix random(seed);
    Recall made;
    made.run.ids.push_back(kTokenBos);
    while (made.run.ids.size() < words)
        made.run.ids.push_back(someWord(random));
    made.answerAt = phraseAt + asked;
    for (std::size_t i = 0; i < asked; ++i)
        made.run.ids.push_back(made.run.ids[phraseAt + i]);
    for (std::size_t i = 0; i < made.run.ids.size(); ++i)
        made.run.positions.push_back(static_cast<double>(i));
    made.run.sees = seesAll;
    return made;
}

TokenId best(const PlainResult& result)
{
    return static_cast<TokenId>(std::max_element(result.logits.begin(), result.logits.end()) -
                                result.logits.begin());
}

} // namespace

class TestRecallModel : public QObject {
    Q_OBJECT

private slots:
    void codesLieApart();
    void lookBackPeaksOverTheWholeContext();
    void rightPlaceWinsAgainst128KRivals();
    void copiesWhatFollowed_data();
    void copiesWhatFollowed();
    void longerMatchWins();
    void positionDoesNotMatter();
    void answersEndWhereNothingMatches();
    void windowForgets();
    void lastLayersAddNothing();

private:
    PlainLlama m_llama;
};

void TestRecallModel::codesLieApart()
{
    const auto codes = tokenCodes();
    QCOMPARE(codes.size(), kVocabulary);
    QCOMPARE(codes[kTokenEnd], codes[kTokenBos]);
    int least = 64;
    for (std::size_t a = 0; a < codes.size(); ++a) {
        for (std::size_t b = a + 1; b < codes.size(); ++b) {
            if (codes[a] != codes[b])
                least = std::min(least, std::popcount(codes[a] ^ codes[b]));
            else
                QVERIFY(a == kTokenBos && b == kTokenEnd);
        }
    }
    QVERIFY2(least >= 16, qPrintable(QString::number(least)));
}

void TestRecallModel::lookBackPeaksOverTheWholeContext()
{
    const auto loss = [](double x) {
        double sum = 0.0;
        for (std::size_t i = 0; i < kFastPairs; ++i)
            sum += 1.0 - std::cos(x * std::pow(static_cast<double>(kFrequencyBase),
                                               -2.0 * static_cast<double>(i) / kHeadDim));
        return sum;
    };
    QVERIFY(loss(1) > 0.51);
    double least = 1e9, rivals = 2.0 * std::exp(-kPeak * loss(1));
    for (std::size_t x = 2; x <= kContext; ++x) {
        least = std::min(least, loss(static_cast<double>(x)));
        rivals += 2.0 * std::exp(-kPeak * loss(static_cast<double>(x)));
    }
    QVERIFY2(least > 1.55, qPrintable(QString::number(least)));
    QVERIFY2(rivals < 1e-9, qPrintable(QString::number(rivals))); // beside the peak's 1: more than 0.99
}

void TestRecallModel::rightPlaceWinsAgainst128KRivals()
{
    const auto codes = tokenCodes();
    SplitMix random(5);
    std::vector<Code> tokens;
    for (std::size_t i = 0; i < kContext; ++i)
        tokens.push_back(codes[static_cast<std::size_t>(someWord(random))]);
    std::vector<Code> trigrams;
    for (std::size_t i = 2; i < kContext; ++i)
        trigrams.push_back(productCode<3>({tokens[i], tokens[i - 1], tokens[i - 2]}));
    const auto correlation = [](Code a, Code b) { return 1.0 - std::popcount(a ^ b) / 32.0; };
    int asked = 0;
    double leastShare = 1.0, worstSink = 1.0;
    for (int trial = 0; trial < 250; ++trial) {
        const std::size_t place = random.below(trigrams.size());
        if (std::count(trigrams.begin(), trigrams.end(), trigrams[place]) != 1)
            continue;
        // Rivals are granted 2 deviations (0.14) of luck in their tails, the right place none at all.
        double rivals = 0.0;
        for (std::size_t k = 0; k < trigrams.size(); ++k) {
            if (k != place)
                rivals += std::exp(kBeta * (correlation(trigrams[k], trigrams[place]) + 0.04 - 1.0));
        }
        const double sink = std::exp(kBeta * (kSinkLevel - 1.0));
        leastShare = std::min(leastShare, 1.0 / (1.0 + sink + rivals));
        worstSink = std::min(worstSink, sink / (sink + rivals));
        ++asked;
    }
    QVERIFY(asked > 150);
    QVERIFY2(leastShare > 0.99, qPrintable(QString::number(leastShare)));
    qInfo("right place at least %.6f, sink without it at least %.6f, %d trigrams", leastShare, worstSink,
          asked);
}

void TestRecallModel::copiesWhatFollowed_data()
{
    QTest::addColumn<int>("phraseAt");
    QTest::addColumn<int>("asked");
    QTest::addColumn<bool>("longGen");
    for (int phraseAt : {70, 300}) {
        for (int asked : {3, 6, 9, 14}) {
            QTest::addRow("at %d, %d tokens, full", phraseAt, asked) << phraseAt << asked << false;
            QTest::addRow("at %d, %d tokens, LongGen", phraseAt, asked) << phraseAt << asked << true;
        }
    }
}

void TestRecallModel::copiesWhatFollowed()
{
    QFETCH(int, phraseAt);
    QFETCH(int, asked);
    QFETCH(bool, longGen);
    // Words of their own for the phrase, so that 3 tokens occur once.
    Recall made = recallCase(500, static_cast<std::size_t>(phraseAt), static_cast<std::size_t>(asked), 11);
    for (int i = 0; i < asked; ++i) {
        const auto token = static_cast<TokenId>(kFirstWord + 15000 + i);
        made.run.ids[static_cast<std::size_t>(phraseAt + i)] = token;
        made.run.ids[made.run.ids.size() - static_cast<std::size_t>(asked - i)] = token;
    }
    if (longGen)
        made.run.sees = seesLongGen;
    const PlainResult result = m_llama.run(made.run);
    QVERIFY2(result.leastLookBack > 0.99, qPrintable(QString::number(result.leastLookBack)));
    QVERIFY(result.recall[kShortHead][made.answerAt] > 0.99);
    QCOMPARE(result.recall[kLongHead][made.answerAt] > 0.99, asked >= 9); // else the sink has it
    QVERIFY(asked >= 9 || result.recall[kLongHead][0] > 0.99);
    QCOMPARE(best(result), made.run.ids[made.answerAt]);
    auto logits = result.logits;
    std::nth_element(logits.begin(), logits.begin() + 1, logits.end(), std::greater<>());
    QVERIFY2(logits[0] - logits[1] > 10.0, qPrintable(QString::number(logits[0] - logits[1])));
}

void TestRecallModel::longerMatchWins()
{
    // Four places share the last tokens of the question; the one that shares more of them is right.
    for (std::size_t shared : {3u, 6u, 9u}) {
        Recall made = recallCase(560, 400, shared + 6, 23);
        for (std::size_t copy : {90u, 200u, 500u}) {
            for (std::size_t i = 0; i < shared; ++i)
                made.run.ids[copy + i] = made.run.ids[406 + i];
        }
        const PlainResult result = m_llama.run(made.run);
        const std::size_t head = shared < 6 ? kShortHead : kLongHead;
        QVERIFY2(result.recall[head][made.answerAt] > 0.9, qPrintable(QString::number(shared)));
        QCOMPARE(best(result), made.run.ids[made.answerAt]);
    }
}

void TestRecallModel::positionDoesNotMatter()
{
    Recall made = recallCase(400, 100, 24, 31);
    for (std::size_t i = 400; i < made.run.ids.size(); ++i)
        made.run.positions[i] += static_cast<double>(kContext) - 500; // as if 131 thousand tokens lay between
    const PlainResult result = m_llama.run(made.run);
    QVERIFY(result.recall[kLongHead][made.answerAt] > 0.99);
    QVERIFY(result.recall[kShortHead][made.answerAt] > 0.99);
    QCOMPARE(best(result), made.run.ids[made.answerAt]);
}

void TestRecallModel::answersEndWhereNothingMatches()
{
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
        Recall made = recallCase(400, 100, 0, seed);
        for (TokenId i = 0; i < 8; ++i) {
            made.run.ids.push_back(kFirstWord + 15500 + i);
            made.run.positions.push_back(made.run.positions.back() + 1);
        }
        const PlainResult result = m_llama.run(made.run);
        QVERIFY(result.recall[kShortHead][0] > 0.99);
        QVERIFY(result.recall[kLongHead][0] > 0.99);
        QCOMPARE(best(result), TokenId{kTokenEnd});
    }
}

void TestRecallModel::windowForgets()
{
    Recall made = recallCase(1200, 300, 12, 47);
    made.run.sees = seesLongGen;
    QCOMPARE(best(m_llama.run(made.run)), made.run.ids[made.answerAt]);
    made.run.sees = seesWindow;
    QVERIFY(best(m_llama.run(made.run)) != made.run.ids[made.answerAt]);
}

void TestRecallModel::lastLayersAddNothing()
{
    const Weights weights = buildWeights();
    QCOMPARE(weights.layers.size(), kLayers);
    const auto allZero = [](const Matrix& m) {
        return std::all_of(m.values.begin(), m.values.end(), [](float w) { return w == 0.0f; });
    };
    for (std::size_t layer = kRecallLayer + 1; layer < kLayers; ++layer)
        QVERIFY(allZero(weights.layers[layer].attentionOutput) && allZero(weights.layers[layer].down));
}

QTEST_GUILESS_MAIN(TestRecallModel)
#include "tst_recall_model.moc"
