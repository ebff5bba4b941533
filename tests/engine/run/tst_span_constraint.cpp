// Answers that are spans: whatever the logits say, the text stands in the prompt, from the beginning of a
// word to the end of one. With the shipped model's tokenizer, random logits, and a search by hand as the
// reference.
#include "engine/format/gguf_file.h"
#include "engine/run/span_constraint.h"
#include "engine/text/vocabulary.h"

#include <QTest>

#include <cmath>
#include <random>

using namespace lectern;

namespace {

constexpr const char* kText =
    "The Ferry of Ostrel\n\nThe ferry was  built in 1871 by Anna Vell (1840\xE2\x80\x93"
    "1902), a miller's daughter. "
    "It burned down; the council of Ostrel, short of money, sold its bell to Café Vell.";
constexpr const char* kNoAnswer = "The document does not say.";
constexpr TokenId kUserMark = 4;

// Reference: lower case, single spaces; and whether `answer` stands in `text` as whole words.
QByteArray plain(const QByteArray& text)
{
    QByteArray out;
    for (const char c : text)
        out += c >= 'A' && c <= 'Z' ? char(c + 32) : c;
    return out.simplified();
}

bool isLetter(QByteArrayView text, qsizetype at)
{
    return at >= 0 && at < text.size() && (std::isalnum(uchar(text[at])) || uchar(text[at]) >= 0x80);
}

bool standsIn(const QByteArray& answer, const QByteArray& text)
{
    for (qsizetype at = text.indexOf(answer); at >= 0; at = text.indexOf(answer, at + 1))
        if (!isLetter(text, at - 1) && !isLetter(text, at + answer.size()))
            return true;
    return false;
}

} // namespace

class TestSpanConstraint : public QObject {
    Q_OBJECT

private slots:
    void initTestCase();
    void randomAnswersAreSpans();
    void noSpanCrossesAMark();
    void theNoAnswerNeedNotStandInThePrompt();
    void brokenNumbersAreLeft();
    void nothingLikelyIsTheEnd();

private:
    std::vector<TokenId> encoded(const std::string& text) const
    {
        return m_tokenizer->encode(text, Trust::Text).value();
    }
    // Tokens preferred in this order, whatever else there is far below; what hold() leaves, or -1.
    TokenId held(const SpanConstraint& spans, std::span<const TokenId> preferred) const;

    std::unique_ptr<Tokenizer> m_tokenizer;
};

void TestSpanConstraint::initTestCase()
{
    const auto file = GgufFile::open(LECTERN_SOURCE_DIR "/resources/models/lectern-mini.gguf");
    QVERIFY2(file, file ? "" : file.error().message.c_str());
    auto vocabulary = readVocabulary((*file)->metadata());
    QVERIFY(vocabulary);
    m_tokenizer = Tokenizer::create(std::move(*vocabulary)).value();
}

TokenId TestSpanConstraint::held(const SpanConstraint& spans, std::span<const TokenId> preferred) const
{
    std::vector<float> logits(m_tokenizer->vocabularySize(), -100.0F);
    for (std::size_t i = 0; i < preferred.size(); ++i)
        logits[std::size_t(preferred[i])] = 10.0F - float(i);
    if (!spans.hold(logits))
        return -1;
    return TokenId(std::max_element(logits.begin(), logits.end()) - logits.begin());
}

// Logits that like the text's own pieces, else nearly every first token would be none of its.
void TestSpanConstraint::randomAnswersAreSpans()
{
    const QByteArray text = plain(QByteArray(kText));
    const std::vector<TokenId> prompt = encoded(kText);
    std::mt19937 random(7);
    std::normal_distribution<float> normal;
    int answers = 0, longest = 0;
    for (int round = 0; round < 300; ++round) {
        SpanConstraint spans(*m_tokenizer, prompt, kNoAnswer);
        std::vector<TokenId> ids;
        bool ended = false;
        for (int step = 0; step < 12 && !ended; ++step) {
            std::vector<float> logits(m_tokenizer->vocabularySize());
            for (float& logit : logits)
                logit = normal(random);
            for (const TokenId id : prompt)
                logits[std::size_t(id)] += 8;
            for (TokenId id = 0; id < TokenId(logits.size()); ++id)
                if (m_tokenizer->isEndOfGeneration(id))
                    logits[std::size_t(id)] += step > 0 ? 7 : -9;
            if (!spans.hold(logits))
                break;
            const auto id = TokenId(std::max_element(logits.begin(), logits.end()) - logits.begin());
            ended = m_tokenizer->isEndOfGeneration(id);
            if (!ended) {
                QVERIFY(!m_tokenizer->isSpecial(id));
                ids.push_back(id);
                spans.accept(id);
            }
        }
        const QByteArray answer = plain(QByteArray::fromStdString(m_tokenizer->decode(ids)));
        if (ended && !answer.isEmpty()) {
            QVERIFY2(standsIn(answer, text) || standsIn(answer, plain(kNoAnswer)), answer.constData());
            ++answers;
            longest = std::max(longest, int(ids.size()));
        }
    }
    qInfo("%d answers, the longest of %d tokens", answers, longest);
    QVERIFY(answers > 30);
    QVERIFY(longest > 2);
}

void TestSpanConstraint::noSpanCrossesAMark()
{
    std::vector<TokenId> prompt = encoded("the old mill");
    prompt.push_back(kUserMark);
    for (const TokenId id : encoded(" wheel turns"))
        prompt.push_back(id);
    SpanConstraint spans(*m_tokenizer, prompt, "");
    const TokenId mill = encoded(" mill").front(), wheel = encoded(" wheel").front();
    QCOMPARE(held(spans, std::array{kUserMark, mill}), mill);
    spans.accept(mill);
    const TokenId end = *m_tokenizer->vocabulary().eos;
    QCOMPARE(held(spans, std::array{kUserMark, wheel, end}), end);
}

void TestSpanConstraint::theNoAnswerNeedNotStandInThePrompt()
{
    SpanConstraint spans(*m_tokenizer, encoded("A mill stood there."), kNoAnswer);
    const TokenId end = *m_tokenizer->vocabulary().eos;
    for (const TokenId id : encoded(std::string(" ") + kNoAnswer)) {
        QCOMPARE(held(spans, std::array{id, end}), id);
        spans.accept(id);
    }
    QCOMPARE(held(spans, std::array{encoded(" mill").front(), end}), end);
}

void TestSpanConstraint::brokenNumbersAreLeft()
{
    const SpanConstraint spans(*m_tokenizer, encoded(kText), kNoAnswer);
    std::vector<float> logits(m_tokenizer->vocabularySize(), std::nanf(""));
    QVERIFY(spans.hold(logits));
    QVERIFY(std::isnan(logits.front()));
}

void TestSpanConstraint::nothingLikelyIsTheEnd()
{
    SpanConstraint spans(*m_tokenizer, encoded("mill"), "");
    spans.accept(encoded("mill").front());
    std::vector<float> logits(m_tokenizer->vocabularySize(), 0.0F);
    for (TokenId id = 0; id < TokenId(logits.size()); ++id)
        if (m_tokenizer->isEndOfGeneration(id))
            logits[std::size_t(id)] = -1; // less likely than all others, of which none goes on
    QVERIFY(!spans.hold(logits));
}

QTEST_GUILESS_MAIN(TestSpanConstraint)
#include "tst_span_constraint.moc"
