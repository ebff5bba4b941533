// A hundred questions on the sample document, put to the model whose answers are exact: every answer right, every passage
// shown the one that holds the fact.
#include "resources/sample/annals_generator.h"
#include "tests/app/worker/bench_fixture.h"

#include <QTest>

using namespace lectern;
using namespace lectern::test;

namespace {

constexpr std::size_t kExcerpt = 40000; // bytes: more than a hundred facts
constexpr std::size_t kQuestions = 100;

std::string trimmed(const std::string& text) { return QString::fromStdString(text).trimmed().toStdString(); }

} // namespace

class TestEvidencePrecision : public QObject {
    Q_OBJECT

private slots:
    void everyPassageHoldsItsFact();
};

void TestEvidencePrecision::everyPassageHoldsItsFact()
{
    const Annals annals = generateAnnals();
    const std::string text = annals.text.substr(0, annals.text.find("\n\n", kExcerpt));
    std::vector<AnnalsFact> facts;
    for (const AnnalsFact& fact : annals.facts)
        if (fact.offset + fact.start.size() + fact.continuation.size() < text.size())
            facts.push_back(fact);
    QVERIFY2(facts.size() >= kQuestions, qPrintable(QString::number(facts.size())));

    BenchFixture fixture;
    QCOMPARE(fixture.open("lectern-recall.gguf", "longgen"), std::string());
    const SessionId session = fixture.sessionOn(text, "annals.txt");
    QStringList wrong;
    for (std::size_t i = 0; i < kQuestions; ++i) {
        const AnnalsFact& fact = facts[i * facts.size() / kQuestions];
        const auto reply = fixture.ask(session, fact.start);
        QVERIFY2(reply, reply ? "" : reply.error().message.c_str());
        bool right = trimmed(reply->answer) == trimmed(fact.continuation) && !reply->evidence.empty();
        for (const EvidencePassage& passage : reply->evidence)
            right = right && text.substr(passage.start, passage.end - passage.start) == passage.text &&
                    passage.start <= fact.offset && fact.offset < passage.end;
        if (!right)
            wrong << QString::fromStdString(fact.start + " |" + fact.continuation + " | " + reply->answer + " | " +
                                            (reply->evidence.empty() ? "no source" : reply->evidence.front().text));
    }
    QVERIFY2(wrong.isEmpty(), qPrintable(wrong.join(u'\n')));
}

QTEST_GUILESS_MAIN(TestEvidencePrecision)
#include "tst_evidence_precision.moc"
