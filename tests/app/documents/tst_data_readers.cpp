// Tables, data, mail and reStructuredText: what was read equals what a person would copy out by hand.
#include "app/documents/document_readers.h"
#include "tests/app/documents/files_in.h"

#include <nlohmann/json.hpp>
#include <QTest>
#include <random>

using namespace lectern;
using lectern::test::FilesIn;

class TestDataReaders : public QObject {
    Q_OBJECT
private slots:
    void readsGolden_data();
    void readsGolden();
    void readsLineBreakingsLikeTheReference();
    void namesAttachments();
    void refusesDeepMail();
    void survivesDamagedMail();
    void fetchesNoEntity();
};

void TestDataReaders::readsGolden_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<QString>("kind");
    QTest::addColumn<QString>("text");
    const auto row = [](const char* what, const char* name, const QByteArray& content, const char* kind, const char* text) {
        QTest::newRow(what) << name << content << kind << QString::fromUtf8(text);
    };
    row("csv", "a.csv", "name,town,note\nAda,London,\"a, b\"\n\"Lin \"\"X\"\"\",\"two\nlines\",\n", "table",
        "name | town | note\nAda | London | a, b\nLin \"X\" | two lines | \n");
    row("semicolons", "a.csv", "a;b;c\n1,5;2;3\n", "table", "a | b | c\n1,5 | 2 | 3\n");
    row("tsv", "a.tsv", "a\tb\n1\t\"x\ty\"\n", "table", "a | b\n1 | x\ty\n");
    row("one column", "a.csv", "alpha\nbeta\n", "table", "alpha\nbeta\n");
    row("latin-1 csv", "a.csv", "stra\xDF"
                                "e,gr\xFC\xDF"
                                "e\nf\xFC"
                                "r,K\xF6ln\n",
        "table", "straße | grüße\nfür | Köln\n");
    row("quote never closed", "a.csv", "a,\"b\nc,d\n", "table", "a | b c,d \n");
    row("json", "a.json", "{\n  \"a\": 1\n}\n", "data", "{\n  \"a\": 1\n}\n");
    row("jsonl", "a.jsonl", "{\"a\":1}\n{\"b\":2}\n", "data", "{\"a\":1}\n{\"b\":2}\n");
    row("yaml", "a.yml", "a: 1\nb:\n  - c\n", "data", "a: 1\nb:\n  - c\n");
    row("xml", "a.xml", "<?xml version=\"1.0\"?>\n<a>&amp; text</a>\n", "data",
        "<?xml version=\"1.0\"?>\n<a>&amp; text</a>\n");
    row("xml that names its encoding", "a.xml", "<?xml version='1.0' encoding='ISO-8859-2'?>\n<a>\xB1</a>\n", "data",
        "<?xml version='1.0' encoding='ISO-8859-2'?>\n<a>ą</a>\n");
    row("rst", "a.rst", "Title\n=====\n\n.. note:: text\n", "rst", "Title\n=====\n\n.. note:: text\n");
    row("mail", "a.eml",
        "From: =?utf-8?q?J=C3=BCrgen?= <j@x.org>\r\nTo: b@x.org\r\nSubject: =?iso-8859-1?q?Gr=FC=DFe?=\r\n"
        "Date: Tue, 2 Jan 2024 10:30:00 +0100\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=iso-8859-1\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n\r\nSch=F6ne Gr=FC=DFe\r\nvon hier.\r\n",
        "mail",
        "From: Jürgen <j@x.org>\nTo: b@x.org\nDate: 2024-01-02 10:30 +0100\nSubject: Grüße\n\nSchöne Grüße\nvon hier.\n");
    row("mail in two versions", "a.eml",
        "From: a@x.org\nSubject: S\nMIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=\"b\"\n\n"
        "--b\nContent-Type: text/plain\n\nplain\n--b\nContent-Type: text/html\n\n<p>rich</p>\n--b--\n",
        "mail", "From: a@x.org\nSubject: S\n\nplain\n");
    row("mail only as html", "a.eml",
        "From: a@x.org\nSubject: S\nMIME-Version: 1.0\nContent-Type: text/html\n\n<p>one</p><script>x</script><p>two</p>\n",
        "mail", "From: a@x.org\nSubject: S\n\none\n\ntwo\n");
    row("mail in a mail", "a.eml",
        "From: a@x.org\nSubject: Fwd\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"b\"\n\n"
        "--b\n\nsee below\n--b\nContent-Type: message/rfc822\n\nFrom: c@x.org\nSubject: Inner\n\ninner text\n--b--\n",
        "mail", "From: a@x.org\nSubject: Fwd\n\nsee below\n\n---\nFrom: c@x.org\nSubject: Inner\n\ninner text\n");
}

void TestDataReaders::readsGolden()
{
    QFETCH(QString, name);
    QFETCH(QByteArray, content);
    QFETCH(QString, kind);
    QFETCH(QString, text);
    const FilesIn folder;
    const Result<Document> document = readDocument(folder.write(name.toStdString(), content.toStdString()));
    QVERIFY2(document, document ? "" : document.error().message.c_str());
    QCOMPARE(QString::fromStdString(document->text), text);
    QCOMPARE(QString::fromStdString(document->kind), kind);
}

namespace {

nlohmann::ordered_json randomJson(std::mt19937& random, int depth)
{
    const unsigned pick = random() % (depth > 4 ? 3 : 5);
    if (pick == 0)
        return random() % 1000;
    if (pick == 1)
        return std::string("a \"quoted\\\" {[,: \n ") + std::to_string(random());
    if (pick == 2)
        return nullptr;
    nlohmann::ordered_json json = pick == 3 ? nlohmann::ordered_json::array() : nlohmann::ordered_json::object();
    for (unsigned i = random() % 6; i > 0; --i) {
        if (pick == 3)
            json.push_back(randomJson(random, depth + 1));
        else
            json["key " + std::to_string(i)] = randomJson(random, depth + 1);
    }
    return json;
}

} // namespace

// JSON on one line comes out as a JSON library would indent it by one, whatever it holds.
void TestDataReaders::readsLineBreakingsLikeTheReference()
{
    const FilesIn folder;
    std::mt19937 random(4);
    int compared = 0;
    for (int round = 0; round < 200; ++round) {
        nlohmann::ordered_json json = nlohmann::ordered_json::array();
        for (int i = 0; i < 30; ++i)
            json.push_back(randomJson(random, 1));
        const std::string oneLine = json.dump();
        if (oneLine.size() < 500)
            continue;
        const Result<Document> document = readDocument(folder.write("a.json", oneLine));
        QVERIFY(document);
        QCOMPARE(document->text, json.dump(1) + "\n");
        ++compared;
    }
    QVERIFY(compared > 100);
}

void TestDataReaders::namesAttachments()
{
    const FilesIn folder;
    const Result<Document> document = readDocument(folder.write(
        "a.eml", "From: a@x.org\nSubject: S\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"b\"\n\n"
                 "--b\n\ntext\n--b\nContent-Type: application/pdf\nContent-Disposition: attachment; filename=\"x.pdf\"\n"
                 "Content-Transfer-Encoding: base64\n\nAAAA\n--b--\n"));
    QVERIFY(document);
    QCOMPARE(document->skipped.size(), std::size_t(1));
    QCOMPARE(document->skipped.front().path, std::string("x.pdf"));
    QVERIFY(document->text.find("AAAA") == std::string::npos);
}

void TestDataReaders::refusesDeepMail()
{
    std::string mail = "From: a@x.org\nSubject: S\nMIME-Version: 1.0\n";
    for (int i = 0; i < 300; ++i)
        mail += "Content-Type: multipart/mixed; boundary=\"b" + std::to_string(i) + "\"\n\n--b" + std::to_string(i) + "\n";
    mail += "\ntext\n";
    const FilesIn folder;
    const Result<Document> document = readDocument(folder.write("deep.eml", mail));
    if (!document)
        QVERIFY2(document.error().message.find("deep") != std::string::npos, document.error().message.c_str());
}

void TestDataReaders::survivesDamagedMail()
{
    const std::string mail =
        "From: =?utf-8?b?SsO8cmdlbg==?= <j@x.org>\nTo: b@x.org, c@x.org\nSubject: S\nMIME-Version: 1.0\n"
        "Content-Type: multipart/mixed; boundary=\"b\"\n\n--b\nContent-Type: text/html; charset=utf-16\n\n<p>x</p>\n"
        "--b\nContent-Type: message/rfc822\n\nFrom: c@x.org\n\ninner\n--b--\n";
    const FilesIn folder;
    std::mt19937 random(9);
    for (int round = 0; round < 500; ++round) {
        std::string bad = mail;
        for (int flips = 1 + int(random() % 8); flips > 0; --flips)
            bad[random() % bad.size()] = static_cast<char>(random());
        const Result<Document> document = readDocument(folder.write("a.eml", bad));
        if (!document)
            QVERIFY2(!document.error().message.empty() && document.error().code != ErrorCode::Internal,
                     document.error().message.c_str());
    }
}

void TestDataReaders::fetchesNoEntity()
{
    const FilesIn folder;
    const std::string secret = folder.write("secret.txt", "the secret words");
    const std::string xml = "<?xml version=\"1.0\"?>\n<!DOCTYPE a [<!ENTITY x SYSTEM \"file://" + secret +
                            "\">]>\n<a>&x;</a>\n";
    const Result<Document> document = readDocument(folder.write("a.xml", xml));
    QVERIFY(document);
    QCOMPARE(document->text, xml);
}

QTEST_APPLESS_MAIN(TestDataReaders)
#include "tst_data_readers.moc"
