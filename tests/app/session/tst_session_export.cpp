// Sessions out of Lectern and in again: nothing lost on the way, nothing in a text that becomes a link or a script.
#include "app/session/session_export.h"
#include "app/session/session_store.h"
#include "tests/app/documents/files_in.h"

#include <nlohmann/json.hpp>
#include <QBuffer>
#include <QGuiApplication>
#include <QPdfDocument>
#include <QPdfSelection>
#include <QTest>
#include <random>

using namespace lectern;
using lectern::test::FilesIn;

class TestSessionExport : public QObject {
    Q_OBJECT
private slots:
    void init();
    void markdownHasCitations();
    void htmlIsInert();
    void pdfHoldsTheText();
    void jsonComesBackTheSame();
    void importIsAllOrNothing();
    void refusesWhatIsNotOurs_data();
    void refusesWhatIsNotOurs();
    void survivesFlippedBytes();
    void replacesADocumentInItsPlace();

private:
    SessionStore& store() { return *m_store; }
    std::unique_ptr<FilesIn> m_folder;
    std::unique_ptr<SessionStore> m_store;
    SessionId m_session;
};

namespace {

const std::string kEvil = "<script>alert(1)</script> [x](javascript:y) é";

Document bookDocument()
{
    Document document;
    document.name = "book <b>.pdf";
    document.path = "/books/book.pdf";
    document.kind = "pdf";
    document.text = "First page.\n\nSecond page é.\n";
    document.pages = {{1, 0}, {2, 13}};
    document.outline = {{"Second", 1, 13}};
    document.warnings = {"a warning"};
    document.bytesOnDisk = 99;
    document.modifiedMs = 5;
    return document;
}

} // namespace

void TestSessionExport::init()
{
    m_store.reset();
    m_folder = std::make_unique<FilesIn>();
    auto opened = SessionStore::open(m_folder->path("s"));
    QVERIFY(opened);
    m_store = std::make_unique<SessionStore>(std::move(*opened));
    m_session = store().createSession("Trial # 1").value();
    const DocumentId document = store().addDocument(m_session, bookDocument()).value();
    QVERIFY(store().setModel(m_session, "m.gguf", "longgen"));
    QVERIFY(store().addMessage(m_session, MessageRole::User, "What is on page two? " + kEvil));
    const MessageId answer = store().beginAnswer(m_session).value();
    QVERIFY(store().appendAnswer(answer, "It says **Second** " + kEvil));
    const std::string evidence = R"([{"document":"book <b>.pdf","start":13,"end":26,"page":2,"line":1,"text":"Second page é.",)"
                                 R"("score":0.5,"document_id":)" + std::to_string(document.value) + "}]";
    QVERIFY(store().finishAnswer(answer, {MessageState::Complete, "end", R"({"timing":{"x":1}})", evidence}));
}

void TestSessionExport::markdownHasCitations()
{
    const std::string text = sessionMarkdown(*store().sessionContent(m_session)).value();
    QVERIFY(text.starts_with("# Trial \\# 1\n"));
    QVERIFY(text.find("- book \\<b\\>.pdf\n") != std::string::npos);
    QVERIFY(text.find("## Question\n\nWhat is on page two?") != std::string::npos);
    QVERIFY2(text.find("1. **book \\<b\\>.pdf, p. 2**: Second page é.") != std::string::npos, text.c_str());
}

void TestSessionExport::htmlIsInert()
{
    const std::string text = sessionHtml(*store().sessionContent(m_session)).value();
    QVERIFY(text.find("<script") == std::string::npos);
    QVERIFY(text.find("href") == std::string::npos);
    QVERIFY(text.find("&lt;script&gt;alert(1)") != std::string::npos);
    QVERIFY(text.find("<li><b>book &lt;b&gt;.pdf, p. 2</b>: Second page é.</li>") != std::string::npos);
}

void TestSessionExport::pdfHoldsTheText()
{
    const auto bytes = sessionPdf(*store().sessionContent(m_session));
    QVERIFY(bytes);
    QByteArray data = QByteArray::fromStdString(*bytes);
    QBuffer buffer(&data);
    QVERIFY(buffer.open(QIODevice::ReadOnly));
    QPdfDocument pdf;
    pdf.load(&buffer);
    QCOMPARE(pdf.status(), QPdfDocument::Status::Ready);
    const QString text = pdf.getAllText(0).text();
    QVERIFY2(text.contains("What is on page two?"), qPrintable(text));
    QVERIFY2(text.contains("p. 2"), qPrintable(text));
}

void TestSessionExport::jsonComesBackTheSame()
{
    const SessionContent before = store().sessionContent(m_session).value();
    const auto read = sessionFromJson(sessionJson(before).value());
    QVERIFY2(read, read ? "" : read.error().message.c_str());
    const auto id = store().addSession(*read);
    QVERIFY2(id, id ? "" : id.error().message.c_str());
    const SessionContent after = store().sessionContent(*id).value();
    QCOMPARE(after.info.name, before.info.name);
    QCOMPARE(after.info.model, before.info.model);
    QCOMPARE(after.info.plan, before.info.plan);
    QCOMPARE(after.documents.size(), std::size_t(1));
    QVERIFY(after.documents[0].id != before.documents[0].id);
    QCOMPARE(after.documents[0].text, before.documents[0].text);
    QCOMPARE(after.documents[0].path, before.documents[0].path);
    QCOMPARE(after.documents[0].pages.size(), std::size_t(2));
    QCOMPARE(after.documents[0].outline.front().title, std::string("Second"));
    QCOMPARE(after.messages.size(), before.messages.size());
    for (std::size_t i = 0; i < after.messages.size(); ++i) {
        QCOMPARE(after.messages[i].text, before.messages[i].text);
        QCOMPARE(int(after.messages[i].state), int(before.messages[i].state));
        QCOMPARE(after.messages[i].createdMs, before.messages[i].createdMs);
    }
    const auto evidence = nlohmann::json::parse(after.messages[1].evidenceJson);
    QCOMPARE(evidence[0]["document_id"].get<std::int64_t>(), after.documents[0].id.value);
    QCOMPARE(store().search("Second").value().size(), std::size_t(4)); // each document and each answer
}

void TestSessionExport::importIsAllOrNothing()
{
    const SessionContent content = store().sessionContent(m_session).value();
    CancelToken cancel;
    cancel.cancel();
    const auto stopped = store().addSession(content, cancel);
    QVERIFY(!stopped);
    QCOMPARE(int(stopped.error().code), int(ErrorCode::Cancelled));
    QCOMPARE(store().sessions()->size(), std::size_t(1));
}

void TestSessionExport::refusesWhatIsNotOurs_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<int>("code");
    QTest::newRow("empty") << QByteArray() << int(ErrorCode::BadInput);
    QTest::newRow("other json") << QByteArray("{\"a\":1}") << int(ErrorCode::BadInput);
    QTest::newRow("newer") << QByteArray(R"({"format":"lectern-session","version":2})") << int(ErrorCode::Unsupported);
    QTest::newRow("no messages") << QByteArray(R"({"format":"lectern-session","version":1,"name":"x"})")
                                 << int(ErrorCode::BadInput);
    QTest::newRow("deep") << QByteArray(R"({"format":"lectern-session","version":1,"name":)") + QByteArray(100'000, '[')
                          << int(ErrorCode::BadInput);
}

void TestSessionExport::refusesWhatIsNotOurs()
{
    QFETCH(QByteArray, json);
    QFETCH(int, code);
    const auto read = sessionFromJson(json.toStdString());
    QVERIFY(!read);
    QCOMPARE(int(read.error().code), code);
    QVERIFY(!read.error().hint.empty());
}

void TestSessionExport::survivesFlippedBytes()
{
    const std::string whole = sessionJson(*store().sessionContent(m_session)).value();
    std::mt19937 random(2);
    int refused = 0;
    for (int round = 0; round < 2000; ++round) {
        std::string bad = whole;
        for (int flips = 1 + int(random() % 5); flips > 0; --flips)
            bad[random() % bad.size()] = static_cast<char>(random());
        const auto read = sessionFromJson(bad);
        refused += read ? 0 : 1;
        if (read && round % 50 == 0)
            QVERIFY(store().addSession(*read));
    }
    QVERIFY(refused > 500);
}

void TestSessionExport::replacesADocumentInItsPlace()
{
    Document other = bookDocument();
    other.name = "second";
    const DocumentId second = store().addDocument(m_session, other).value();
    const SessionId copy = store().duplicateSession(m_session, "copy").value();
    const DocumentId first = store().documents(m_session)->front().id;
    Document changed = bookDocument();
    changed.text = "New text.\n";
    changed.pages = {{1, 0}};
    changed.outline.clear();
    const auto fresh = store().replaceDocument(m_session, first, changed);
    QVERIFY(fresh);
    const auto documents = store().documents(m_session).value();
    QCOMPARE(documents.size(), std::size_t(2));
    QVERIFY(documents[0].id == *fresh && documents[1].id == second);
    QVERIFY(store().documents(copy)->front().id == first); // the copy keeps what it had
    QCOMPARE(store().document(first)->text, bookDocument().text);
    QVERIFY(store().replaceDocument(m_session, first, changed).error().code == ErrorCode::NotFound);
}

QTEST_MAIN(TestSessionExport)
#include "tst_session_export.moc"
