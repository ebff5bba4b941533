// Evidence on made-up attention: the passage the attention points to, checked against the answer's words.
#include "app/worker/evidence.h"

#include <QTest>

using namespace lectern;

namespace {

const char* const kText = "Intro without facts. The code of the vault is 4711, says the book. The keeper was Ada Lind.\n"
                          "Another line follows here.";

// One token a byte: spans are plain.
ReadingPrompt byteTokens(const std::string& text)
{
    ReadingPrompt prompt;
    for (std::size_t i = 0; i < text.size(); ++i)
        prompt.spans.push_back({0, i, i + 1});
    return prompt;
}

Document documentOf(const std::string& text)
{
    Document document;
    document.name = "book";
    document.text = text;
    return document;
}

} // namespace

class TestEvidence : public QObject {
    Q_OBJECT

private slots:
    void passageIsTheSentence_data();
    void passageIsTheSentence();
    void nothingWithoutAgreement();
    void nothingWithoutAttention();
    void neverCutsACharacter();
};

void TestEvidence::passageIsTheSentence_data()
{
    QTest::addColumn<QString>("lookedAt");
    QTest::addColumn<QString>("answer");
    QTest::addColumn<QString>("passage");
    QTest::newRow("number") << "4711" << "4711" << "The code of the vault is 4711, says the book.";
    QTest::newRow("start of a sentence") << " The keeper" << "The keeper was Ada Lind" << "The keeper was Ada Lind.";
    QTest::newRow("case and marks") << "Ada" << "ADA LIND." << "The keeper was Ada Lind.";
    QTest::newRow("first sentence") << "Intro" << "without facts" << "Intro without facts.";
    QTest::newRow("last line") << "follows" << "another line" << "Another line follows here.";
    QTest::newRow("most words") << "Lind" << "It was Ada Lind" << "The keeper was Ada Lind.";
}

void TestEvidence::passageIsTheSentence()
{
    QFETCH(QString, lookedAt);
    QFETCH(QString, answer);
    QFETCH(QString, passage);
    const std::string text = kText;
    std::vector<float> mass(text.size(), 0.0f);
    const std::size_t at = text.find(lookedAt.toStdString());
    for (std::size_t i = 0; i < std::size_t(lookedAt.size()); ++i)
        mass[at + i] = 0.5f;
    const auto found = findEvidence(mass, byteTokens(text), {documentOf(text)}, answer.toStdString());
    QVERIFY(!found.empty());
    QCOMPARE(QString::fromStdString(found[0].text), passage);
    QCOMPARE(text.substr(found[0].start, found[0].end - found[0].start), found[0].text);
    QVERIFY(found[0].score > 0.99);
}

void TestEvidence::nothingWithoutAgreement()
{
    const std::string text = kText;
    std::vector<float> mass(text.size(), 0.0f);
    mass[text.find("4711")] = 1.0f;
    QVERIFY(findEvidence(mass, byteTokens(text), {documentOf(text)}, "The document does not say.").empty());
    QVERIFY(findEvidence(mass, byteTokens(text), {documentOf(text)}, "  .").empty());
}

void TestEvidence::nothingWithoutAttention()
{
    const std::string text = kText;
    QVERIFY(findEvidence({}, byteTokens(text), {documentOf(text)}, "4711").empty());
    QVERIFY(findEvidence(std::vector<float>(text.size(), 0.0f), byteTokens(text), {documentOf(text)}, "4711").empty());
}

void TestEvidence::neverCutsACharacter()
{
    std::string text;
    for (int i = 0; i < 500; ++i)
        text += "\xC3\xA9\xE4\xB8\xAD"; // 2 and 3 bytes, no sentence end anywhere
    std::vector<float> mass(text.size(), 0.0f);
    for (std::size_t i = 1000; i < 1010; ++i)
        mass[i] = 1.0f;
    for (const EvidencePassage& passage :
         findEvidence(mass, byteTokens(text), {documentOf(text)}, "\xE4\xB8\xAD\xC3\xA9")) {
        QVERIFY((static_cast<unsigned char>(passage.text.front()) & 0xC0) != 0x80);
        QVERIFY(!QString::fromStdString(passage.text).contains(QChar::ReplacementCharacter));
    }
}

QTEST_GUILESS_MAIN(TestEvidence)
#include "tst_evidence.moc"
