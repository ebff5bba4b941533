// Long unbroken runs: time in proportion to the text, on a small stack.
#include "engine/base/result.h"
#include "engine/text/pre_tokenizer.h"
#include "engine/text/tokenizer.h"
#include "tests/engine/text/text_test_support.h"

#include <QTest>

#include <vector>

using namespace lectern;
using namespace lectern::test;

namespace {

constexpr std::size_t kStack = 256 * 1024;
// n log n and a noisy machine; anything quadratic would come near a hundred.
constexpr double kMostGrowth = 14.0;
constexpr int kAttempts = 4;

std::string run(const std::string& unit, std::size_t bytes)
{
    std::string out;
    while (out.size() < bytes)
        out += unit;
    return out;
}

std::unique_ptr<Tokenizer> tokenizerOf(const QString& kind)
{
    auto made = Tokenizer::create(kind == "sentencepiece" ? sentencePieceVocabulary()
                                  : kind == "unigram"     ? unigramVocabulary()
                                                          : byteVocabulary(kind.toStdString()));
    return made ? std::move(*made) : nullptr;
}

// Runs of everything that has ever troubled a tokenizer, each also with something else at its end.
std::vector<std::string> runs(std::size_t bytes)
{
    std::vector<std::string> out;
    for (const char* unit :
         {"a", "A", " ", "\n", " \n", "0", "中", "😀", "\u0301", "'", "-", "aA", "\t", "<|"})
        for (const char* tail : {"", "5", "x"})
            out.push_back(run(unit, bytes) + tail);
    return out;
}

// How many times longer `work` takes on the large texts: the best of a few attempts.
template <typename Work>
double growthOf(const std::vector<std::string>& small, const std::vector<std::string>& large,
                const Work& work)
{
    const auto seconds = [&](const std::vector<std::string>& texts) {
        return onSmallStack(kStack, [&] {
            for (const std::string& text : texts)
                work(text);
        });
    };
    seconds(large); // warms up memory
    double least = 1e9;
    for (int attempt = 0; attempt < kAttempts && least > kMostGrowth; ++attempt)
        least = std::min(least, seconds(large) / seconds(small));
    return least;
}

} // namespace

class TokenizerLimits : public QObject {
    Q_OBJECT

private slots:
    void wordsGrowLinearly_data();
    void wordsGrowLinearly();
    void tokensGrowLinearly_data();
    void tokensGrowLinearly();
    void longRuns_data();
    void longRuns();
};

void TokenizerLimits::wordsGrowLinearly_data()
{
    QTest::addColumn<QString>("name");
    for (const char* name :
         {"default", "gpt-2", "llama-bpe", "qwen2", "qwen35", "tekken", "gpt-4o", "deepseek-llm",
          "deepseek-coder", "deepseek-v3", "falcon", "smollm", "bloom", "viking", "bailingmoe", "seed-coder"})
        QTest::newRow(name) << QString(name);
}

void TokenizerLimits::wordsGrowLinearly()
{
    QFETCH(QString, name);
    const auto preTokenizer = PreTokenizer::create(*findPreTokenizer(name.toStdString()));
    QVERIFY(preTokenizer);
    bool fine = true;
    const double growth = growthOf(runs(4'000), runs(40'000),
                                   [&](const std::string& text) { fine = preTokenizer->cut(text) && fine; });
    QVERIFY(fine);
    QVERIFY2(growth <= kMostGrowth,
             qPrintable(QString("ten times the text takes %1 times as long").arg(growth)));
}

void TokenizerLimits::tokensGrowLinearly_data()
{
    QTest::addColumn<QString>("kind");
    QTest::addColumn<QByteArray>("unit");
    for (const char* kind : {"sentencepiece", "unigram", "llama-bpe"})
        for (const char* unit : {"a", " ", "0", "中", "😀", "the"})
            QTest::addRow("%s %s", kind, QByteArray(unit).toHex().constData())
                << QString(kind) << QByteArray(unit);
}

void TokenizerLimits::tokensGrowLinearly()
{
    QFETCH(QString, kind);
    QFETCH(QByteArray, unit);
    const auto tokenizer = tokenizerOf(kind);
    QVERIFY(tokenizer);
    bool fine = true;
    const double growth =
        growthOf({run(unit.toStdString(), 40'000)}, {run(unit.toStdString(), 400'000)},
                 [&](const std::string& text) { fine = tokenizer->encode(text, Trust::Text) && fine; });
    QVERIFY(fine);
    QVERIFY2(growth <= kMostGrowth,
             qPrintable(QString("ten times the text takes %1 times as long").arg(growth)));
}

void TokenizerLimits::longRuns_data()
{
    QTest::addColumn<QString>("kind");
    QTest::addColumn<QByteArray>("unit");
    for (const char* kind : {"sentencepiece", "unigram", "llama-bpe", "gpt-4o"})
        for (const char* unit : {"a", " ", "0", "中", "😀", "\u0301"})
            QTest::addRow("%s %s", kind, QByteArray(unit).toHex().constData())
                << QString(kind) << QByteArray(unit);
}

void TokenizerLimits::longRuns()
{
    QFETCH(QString, kind);
    QFETCH(QByteArray, unit);
    const auto tokenizer = tokenizerOf(kind);
    QVERIFY(tokenizer);
    const std::string text = run(unit.toStdString(), 500'000);
    bool same = false;
    onSmallStack(kStack, [&] {
        const auto ids = tokenizer->encode(text, Trust::Text);
        same = ids && tokenizer->decode(*ids) == text;
    });
    QVERIFY(same);
}

QTEST_GUILESS_MAIN(TokenizerLimits)
#include "tst_tokenizer_limits.moc"
