#include "app/documents/document_readers.h"
#include "app/documents/html_scan.h"
#include "app/documents/html_text.h"
#include "tests/app/documents/files_in.h"

#include <QElapsedTimer>
#include <QTest>
#include <string>
#include <thread>

using namespace lectern;
using lectern::test::FilesIn;

class TestHtmlReader : public QObject {
    Q_OBJECT
private slots:
    void keepsTheShape_data();
    void keepsTheShape();
    void readsDeclaredCharset();
    void refusesHostilePages_data();
    void refusesHostilePages();
    void allowsSloppyPages_data();
    void allowsSloppyPages();
    void stopsWhenCancelled();
};

void TestHtmlReader::keepsTheShape_data()
{
    QTest::addColumn<QString>("html");
    QTest::addColumn<QString>("text");
    const auto row = [](const char* name, const char* html, const char* text) {
        QTest::newRow(name) << QString::fromUtf8(html) << QString::fromUtf8(text);
    };
    row("paragraphs", "<p>One  two\n three</p><p>Four</p>", "One two three\n\nFour\n");
    row("headings", "<h1>Top</h1><h3>Low</h3>x", "# Top\n\n### Low\n\nx\n");
    row("inline", "a <b>bold</b>, <i>slant</i>.<span> x</span>y", "a bold, slant. xy\n");
    row("entities", "<p>5 &lt; 6 &amp; caf&eacute; &#x4e2d;&nbsp;!</p>", "5 < 6 & café 中 !\n");
    row("scripts and styles", "<style>p{}</style><script>if(a<b){'</p>'}</script><p>seen</p>", "seen\n");
    row("title", "<title>T</title><body><p>x</p>", "T\n\nx\n");
    row("lists", "<ul><li>a<li>b<ol><li>c<li>d</ol></ul>e", "- a\n- b\n  1. c\n  2. d\n\ne\n");
    row("table", "<table><tr><th>k<th>v<tr><td>1<td>2</table>", "k | v\n1 | 2\n");
    row("preformatted", "<pre>a\n  b\n\nc</pre>d", "a\n  b\n\nc\n\nd\n");
    row("line breaks", "a<br>b<br/>c", "a\nb\nc\n");
    row("comments", "a<!-- <p>hidden</p> -->b", "ab\n");
    row("unclosed", "<div><p>a<div>b", "a\n\nb\n");
    row("no page at all", "just text", "just text\n");
    row("template", "<template><p>no</p></template>yes", "yes\n");
    row("control characters", "a&#1;b&#127;c", "abc\n");
}

void TestHtmlReader::keepsTheShape()
{
    QFETCH(QString, html);
    QFETCH(QString, text);
    const Result<std::string> got = htmlToText(html.toStdString(), "a.html", {});
    QVERIFY2(got, got ? "" : got.error().message.c_str());
    QCOMPARE(QString::fromStdString(*got), text);
}

void TestHtmlReader::readsDeclaredCharset()
{
    const FilesIn folder;
    const std::string path = folder.write(
        "a.html", "<html><head><meta charset=\"windows-1251\"></head><p>\xCC\xEE\xF1\xEA\xE2\xE0</p>");
    const Result<Document> document = readDocument(path);
    QVERIFY(document);
    QCOMPARE(document->text, std::string("Москва\n"));
    QCOMPARE(document->kind, std::string("html"));
    QCOMPARE(declaredHtmlCharset("<meta http-equiv=x content='text/html; charset=KOI8-R'>"),
             std::string("koi8-r"));
    QCOMPARE(declaredHtmlCharset("<?xml version=\"1.0\" encoding=\"utf-8\"?>"), std::string());
    QCOMPARE(declaredHtmlCharset("charset"), std::string());
}

namespace {

std::string repeated(std::string_view part, std::size_t times)
{
    std::string all;
    all.reserve(part.size() * times);
    for (std::size_t i = 0; i < times; ++i)
        all += part;
    return all;
}

std::string manyFormats(std::size_t count, std::string_view closing)
{
    std::string html;
    for (std::size_t i = 0; i < count; ++i)
        html += "<div><b a=" + std::to_string(i) + ">x" + std::string(closing);
    return html;
}

} // namespace

void TestHtmlReader::refusesHostilePages_data()
{
    QTest::addColumn<QByteArray>("html");
    const auto row = [](const char* name, const std::string& html) {
        QTest::newRow(name) << QByteArray::fromStdString(html);
    };
    row("200,000 nested div", repeated("<div>", 200'000));
    row("200,000 nested in svg title", "<svg><title>" + repeated("<div>", 200'000));
    row("200,000 nested with wrong ends", repeated("<div></p>", 200'000));
    row("formats that come back", manyFormats(50'000, "</div>"));
    std::string attributes = "<p";
    for (int i = 0; i < 1'000'000; ++i)
        attributes += " a" + std::to_string(i);
    row("1,000,000 attributes", attributes + ">x");
    std::string exploding = "<p>";
    for (int i = 0; i < 500; ++i)
        exploding += "<b a=" + std::to_string(i) + ">";
    row("formats repeated in a million paragraphs", exploding + repeated("<p>x", 1'000'000));
}

void TestHtmlReader::refusesHostilePages()
{
    QFETCH(QByteArray, html);
    Result<std::string> text;
    QElapsedTimer timer;
    timer.start();
    std::thread reader([&] {
        text = htmlToText({html.constData(), std::size_t(html.size())}, "bad.html", {});
    });
    reader.join();
    QVERIFY(!text);
    QCOMPARE(int(text.error().code), int(ErrorCode::TooLong));
    QVERIFY(text.error().message.starts_with("bad.html "));
    QVERIFY2(timer.elapsed() < 10'000, qPrintable(QString::number(timer.elapsed())));
}

void TestHtmlReader::allowsSloppyPages_data()
{
    QTest::addColumn<QByteArray>("html");
    QTest::addColumn<QByteArray>("contains");
    QTest::newRow("5,000 unclosed p") << QByteArray("<p>x").repeated(5000) << QByteArray("x\n\nx");
    QTest::newRow("5,000 unclosed p around div")
        << QByteArray("<p>x<div>y</div>").repeated(5000) << QByteArray("y");
    QTest::newRow("5,000 unclosed li") << "<ul>" + QByteArray("<li><b>x").repeated(5000) << QByteArray("- x");
    QTest::newRow("5,000 rows") << "<table>" + QByteArray("<tr><td>x<td>y").repeated(5000)
                                << QByteArray("x | y");
    QTest::newRow("5,000 svg paths") << "<svg>" + QByteArray("<path d='M'/>").repeated(5000) + "</svg>after"
                                     << QByteArray("after");
    QTest::newRow("a 20 MB script") << "<script>" + QByteArray("<div>").repeated(4'000'000) + "</script>after"
                                    << QByteArray("after");
    QTest::newRow("a 1 MB data uri") << "<img src='data:x," + QByteArray(1'000'000, 'A') + "'>after"
                                     << QByteArray("after");
    QTest::newRow("200 deep") << QByteArray("<div>").repeated(200) + "deep" << QByteArray("deep");
}

void TestHtmlReader::allowsSloppyPages()
{
    QFETCH(QByteArray, html);
    QFETCH(QByteArray, contains);
    const Result<std::string> text = htmlToText({html.constData(), std::size_t(html.size())}, "a.html", {});
    QVERIFY2(text, text ? "" : text.error().message.c_str());
    QVERIFY(text->find(contains.toStdString()) != std::string::npos);
}

void TestHtmlReader::stopsWhenCancelled()
{
    const QByteArray html = QByteArray("<p>one <b>two</b> three").repeated(1'000'000);
    ReadOptions options;
    QElapsedTimer sinceCancel;
    std::thread canceller([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(60));
        sinceCancel.start();
        options.cancel.cancel();
    });
    const Result<std::string> text =
        htmlToText({html.constData(), std::size_t(html.size())}, "a.html", options);
    canceller.join();
    QVERIFY(!text);
    QCOMPARE(int(text.error().code), int(ErrorCode::Cancelled));
    QVERIFY2(sinceCancel.elapsed() < 200, qPrintable(QString::number(sinceCancel.elapsed())));
}

QTEST_APPLESS_MAIN(TestHtmlReader)
#include "tst_html_reader.moc"
