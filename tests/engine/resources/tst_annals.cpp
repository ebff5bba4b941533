#include "resources/sample/annals_generator.h"

#include <QTest>

#include <nlohmann/json.hpp>

#include <map>
#include <set>
#include <string_view>

using namespace lectern;

namespace {

std::size_t occurrences(std::string_view text, std::string_view part)
{
    std::size_t count = 0;
    for (std::size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1))
        ++count;
    return count;
}

} // namespace

class TestAnnals : public QObject {
    Q_OBJECT

private slots:
    void isLongCleanText();
    void isTheSameEachTime();
    void everyFactStandsOnce();
    void factsAreSpreadAndVaried();
    void writesFactsAsJson();

private:
    const Annals m_annals = generateAnnals();
};

void TestAnnals::isLongCleanText()
{
    const std::string& text = m_annals.text;
    QVERIFY(text.size() >= 400'000);
    QVERIFY(text.size() <= 480'000);
    QVERIFY(text.starts_with("# The Annals of Ostrevar\n\n"));
    for (unsigned char c : text)
        QVERIFY2(c == '\n' || (c >= 0x20 && c < 0x7f), qPrintable(QString::number(c)));
    // Nothing of the story language is left over, and sentences are set well.
    for (const char* bad : {"[", "]", "{", "}", "|", "//", "~", "@", "  ", " ,", " .", "..", "\n\n\n"})
        QVERIFY2(text.find(bad) == std::string::npos, bad);
    QVERIFY(occurrences(text, "\n## Book the ") >= 8);
    QVERIFY(occurrences(text, "\n### The year ") >= 150);
}

void TestAnnals::isTheSameEachTime()
{
    const Annals again = generateAnnals();
    QVERIFY(again.text == m_annals.text);
    QCOMPARE(annalsFactsJson(again), annalsFactsJson(m_annals));
    // The same bytes on every machine. A change of the stories changes this number: then put the new one
    // here.
    std::uint64_t hash = 0xcbf29ce484222325u; // FNV-1a
    for (unsigned char c : m_annals.text)
        hash = (hash ^ c) * 0x100000001b3u;
    QCOMPARE(QString::number(hash, 16), QStringLiteral("b3ccf847907fea00"));
}

void TestAnnals::everyFactStandsOnce()
{
    QVERIFY(m_annals.facts.size() >= 500);
    for (const AnnalsFact& fact : m_annals.facts) {
        const std::string sentence = fact.start + fact.continuation;
        QVERIFY2(occurrences(m_annals.text, fact.start) == 1, fact.start.c_str());
        QCOMPARE(m_annals.text.substr(fact.offset, sentence.size()), sentence);
        QVERIFY2(sentence.find(fact.answer) != std::string::npos, fact.answer.c_str());
        QVERIFY2(fact.continuation.find('.') == fact.continuation.size() - 1, fact.continuation.c_str());
        QVERIFY2(fact.question.ends_with("?"), fact.question.c_str());
    }
}

void TestAnnals::factsAreSpreadAndVaried()
{
    std::map<std::string, int> kinds;
    std::map<std::size_t, int> tenths;
    std::set<std::string> answers;
    for (const AnnalsFact& fact : m_annals.facts) {
        ++kinds[fact.kind];
        ++tenths[fact.offset * 10 / m_annals.text.size()];
        answers.insert(fact.answer);
    }
    QVERIFY(kinds.size() >= 12);
    QCOMPARE(tenths.size(), std::size_t{10});
    for (const auto& [tenth, count] : tenths)
        QVERIFY2(count >= 20, qPrintable(QString::number(tenth)));
    QVERIFY(answers.size() * 10 >= m_annals.facts.size() * 9);
}

void TestAnnals::writesFactsAsJson()
{
    const auto list = nlohmann::json::parse(annalsFactsJson(m_annals), nullptr, false);
    QVERIFY(list.is_array());
    QCOMPARE(list.size(), m_annals.facts.size());
    QCOMPARE(list[0]["start"].get<std::string>(), m_annals.facts[0].start);
    QCOMPARE(list[0]["offset"].get<std::size_t>(), m_annals.facts[0].offset);
}

QTEST_GUILESS_MAIN(TestAnnals)
#include "tst_annals.moc"
