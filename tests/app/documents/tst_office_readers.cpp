#include "app/documents/document_readers.h"
#include "tests/app/documents/files_in.h"

#include <QElapsedTimer>
#include <QTest>
#include <random>
#include <vector>
#include <zip.h>

using namespace lectern;
using lectern::test::FilesIn;

class TestOfficeReaders : public QObject {
    Q_OBJECT
private slots:
    void readsDocx();
    void readsOdt();
    void readsEpub();
    void readsRtf_data();
    void readsRtf();
    void readsNotebook();
    void refusesTraps_data();
    void refusesTraps();
    void takesNothingFromOutside();
    void survivesDamage();
};

namespace {

using Parts = std::vector<std::pair<std::string, std::string>>;

std::string makeZip(const FilesIn& folder, const std::string& name, const Parts& parts,
                    const char* password = nullptr)
{
    const std::string path = folder.path(name);
    zip_t* archive = zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, nullptr);
    for (const auto& [part, content] : parts) {
        zip_source_t* source = zip_source_buffer(archive, content.data(), content.size(), 0);
        const zip_int64_t index = zip_file_add(archive, part.c_str(), source, ZIP_FL_ENC_UTF_8);
        if (password)
            zip_file_set_encryption(archive, static_cast<zip_uint64_t>(index), ZIP_EM_AES_256, password);
    }
    if (zip_close(archive) != 0)
        qFatal("could not make %s", path.c_str());
    return path;
}

std::string docx(const std::string& body, const std::string& before = {})
{
    return before + "<w:document xmlns:w=\"w\" xmlns:mc=\"mc\"><w:body>" + body + "</w:body></w:document>";
}

std::string paragraph(const std::string& text, const std::string& properties = {})
{
    return "<w:p>" + (properties.empty() ? "" : "<w:pPr>" + properties + "</w:pPr>") + "<w:r><w:t>" + text +
           "</w:t></w:r></w:p>";
}

std::string repeated(const std::string& part, std::size_t times)
{
    std::string all;
    for (std::size_t i = 0; i < times; ++i)
        all += part;
    return all;
}

void expectText(const Result<Document>& document, const char* kind, const char* text)
{
    QVERIFY2(document, document ? "" : document.error().message.c_str());
    QCOMPARE(document->kind, std::string(kind));
    QCOMPARE(QString::fromStdString(document->text), QString::fromUtf8(text));
}

} // namespace

void TestOfficeReaders::readsDocx()
{
    const FilesIn folder;
    const std::string item = "<w:numPr><w:ilvl w:val=\"0\"/></w:numPr>";
    const std::string body = paragraph("Annals", "<w:pStyle w:val=\"Title\"/>") +
                             paragraph("Chapter", "<w:pStyle w:val=\"Heading2\"/>") +
                             "<w:p><w:r><w:t xml:space=\"preserve\">One </w:t></w:r><w:r><w:t>caf&#233; "
                             "&amp;</w:t><w:tab/><w:t>two</w:t>"
                             "<w:br/><w:t>three</w:t></w:r><w:del><w:r><w:t>gone</w:t></w:r></w:del></w:p>" +
                             paragraph("first", item) + paragraph("second", item) + "<w:tbl><w:tr><w:tc>" +
                             paragraph("a") + "</w:tc><w:tc>" + paragraph("b") + paragraph("c") +
                             "</w:tc></w:tr><w:tr><w:tc>" + paragraph("d") + "</w:tc><w:tc>" +
                             paragraph("e") + "</w:tc></w:tr></w:tbl><mc:AlternateContent><mc:Choice>" +
                             paragraph("box") + "</mc:Choice><mc:Fallback>" + paragraph("box again") +
                             "</mc:Fallback></mc:AlternateContent>";
    const std::string notes =
        "<w:footnotes xmlns:w=\"w\"><w:footnote>" + paragraph("A note.") + "</w:footnote></w:footnotes>";
    const std::string path =
        makeZip(folder, "a.docx", {{"word/document.xml", docx(body)}, {"word/footnotes.xml", notes}});
    expectText(readDocument(path), "docx",
               "# Annals\n\n## Chapter\n\nOne café &\ttwo\nthree\n\n- first\n- second\na | b c\nd | "
               "e\n\nbox\n\nA note.\n");
}

void TestOfficeReaders::readsOdt()
{
    const FilesIn folder;
    const std::string content =
        "<office:document-content xmlns:office='o' xmlns:text='t' xmlns:table='b'><office:body><office:text>"
        "<text:h text:outline-level='2'>Chapter</text:h>"
        "<text:p>One<text:s text:c='2'/>two <text:span>three</text:span><text:note><text:note-citation>1"
        "</text:note-citation><text:note-body><text:p>a note</text:p></text:note-body></text:note>.</text:p>"
        "<text:list><text:list-item><text:p>first</text:p></text:list-item><text:list-item><text:p>second</"
        "text:p>"
        "</text:list-item></text:list><table:table><table:table-row><table:table-cell><text:p>a</text:p>"
        "</table:table-cell><table:table-cell><text:p>b</text:p></table:table-cell></table:table-row></"
        "table:table>"
        "<text:tracked-changes><text:p>gone</text:p></text:tracked-changes></office:text></office:body>"
        "</office:document-content>";
    const std::string path = makeZip(folder, "a.odt", {{"mimetype", "x"}, {"content.xml", content}});
    expectText(readDocument(path), "odt",
               "## Chapter\n\nOne  two three [a note].\n\n- first\n- second\na | b\n");
}

void TestOfficeReaders::readsEpub()
{
    const FilesIn folder;
    const std::string package =
        "<package><manifest><item id='b' href='text/two%20b.xhtml'/>"
        "<item id='a' href='text/one.xhtml'/><item id='x' href='../../../etc/passwd'/>"
        "</manifest><spine><itemref idref='a'/><itemref idref='b'/><itemref idref='x'/>"
        "<itemref idref='none'/></spine></package>";
    const std::string path =
        makeZip(folder, "a.epub",
                {{"META-INF/container.xml",
                  "<container><rootfiles><rootfile full-path='OEBPS/book.opf'/></rootfiles></container>"},
                 {"OEBPS/book.opf", package},
                 {"OEBPS/text/two b.xhtml", "<html><head><title/></head><body><p>Second.</p></body></html>"},
                 {"OEBPS/text/one.xhtml", "<?xml version='1.0'?><html><head><script "
                                          "src='x'/></head><body><h1>First</h1><p>Line.</p></body></html>"}});
    const Result<Document> book = readDocument(path);
    expectText(book, "epub", "# First\n\nLine.\n\nSecond.\n");
    QCOMPARE(book->files.size(), std::size_t(2));
    QCOMPARE(locationLabel(locate(*book, book->text.find("Line"))), std::string("OEBPS/text/one.xhtml:3"));
    QCOMPARE(locationLabel(locate(*book, book->text.find("Second"))),
             std::string("OEBPS/text/two b.xhtml:1"));
    QCOMPARE(book->skipped.size(), std::size_t(1));
}

void TestOfficeReaders::readsRtf_data()
{
    QTest::addColumn<QByteArray>("rtf");
    QTest::addColumn<QString>("text");
    QTest::newRow("plain") << QByteArray("{\\rtf1\\ansi Hello\\par World}") << "Hello\nWorld";
    QTest::newRow("bytes") << QByteArray("{\\rtf1\\ansi\\ansicpg1252 caf\\'e9 \\'93x\\'94}") << "café “x”";
    QTest::newRow("cyrillic") << QByteArray("{\\rtf1\\ansicpg1251 \\'cc\\'ee\\'f1\\'ea\\'e2\\'e0}")
                              << "Москва";
    QTest::newRow("unicode") << QByteArray("{\\rtf1 \\u20013?\\u-10179?\\u-8704? {\\uc2 \\u233ab}c}")
                             << "中😀 éc";
    QTest::newRow("hidden") << QByteArray("{\\rtf1{\\fonttbl{\\f0 Arial;}}{\\*\\x no}{\\pict 89504e47}seen}")
                            << "seen";
    QTest::newRow("signs") << QByteArray("{\\rtf1 a\\emdash b\\tab c\\~d\\{e\\}\\\\}") << "a—b\tc d{e}\\";
    QTest::newRow("binary") << QByteArray("{\\rtf1 a\\bin3 {{{b}") << "ab";
}

void TestOfficeReaders::readsRtf()
{
    QFETCH(QByteArray, rtf);
    QFETCH(QString, text);
    const FilesIn folder;
    const Result<Document> document = readDocument(folder.write("a.rtf", rtf.toStdString()));
    expectText(document, "rtf", text.toUtf8().constData());
}

void TestOfficeReaders::readsNotebook()
{
    const FilesIn folder;
    const std::string path = folder.write(
        "a.ipynb",
        R"({"cells":[{"cell_type":"markdown","source":["# T\n","text"]},{"cell_type":"code","source":"1+1",
        "outputs":[{"output_type":"execute_result","data":{"text/plain":["2"],"image/png":"AAAA"}},
        {"output_type":"stream","text":"said\n"}]}],"nbformat":4})");
    expectText(readDocument(path), "notebook",
               "# T\ntext\n\n```\n1+1\n```\n\n```output\n2\n```\n\n```output\nsaid\n```\n\n");
    QVERIFY(!readDocument(folder.write("bad.ipynb", "{\"cells\": 5")));
    QVERIFY(!readDocument(folder.write("deep.ipynb", std::string(100'000, '['))));
}

void TestOfficeReaders::refusesTraps_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<int>("code");
    QTest::newRow("unpacks to a thousand times its size") << "bomb.docx" << int(ErrorCode::TooLong);
    QTest::newRow("too many parts") << "many.docx" << int(ErrorCode::TooLong);
    QTest::newRow("parts over one another") << "overlap.docx" << int(ErrorCode::TooLong);
    QTest::newRow("locked") << "locked.docx" << int(ErrorCode::Unsupported);
    QTest::newRow("no document in it") << "other.docx" << int(ErrorCode::NotFound);
    QTest::newRow("not a zip") << "false.docx" << int(ErrorCode::BadInput);
    QTest::newRow("broken xml") << "broken.docx" << int(ErrorCode::BadInput);
    QTest::newRow("empty book") << "empty.epub" << int(ErrorCode::NotFound);
    QTest::newRow("book of noise") << "noise.epub" << int(ErrorCode::Unsupported);
    QTest::newRow("braces without end") << "open.rtf" << int(ErrorCode::BadInput);
    QTest::newRow("braces a million deep") << "deep.rtf" << int(ErrorCode::BadInput);
}

namespace {

// Many central records that all point at one part.
std::string overlapping(const std::string& whole)
{
    const std::size_t central = whole.rfind("PK\x01\x02");
    const std::size_t end = whole.rfind("PK\x05\x06");
    const std::string record = whole.substr(central, end - central);
    std::string bad = whole.substr(0, central) + repeated(record, 200);
    std::string tail = whole.substr(end);
    const auto put = [&](std::size_t at, std::size_t bytes, std::size_t value) {
        for (std::size_t i = 0; i < bytes; ++i)
            tail[at + i] = static_cast<char>(value >> (8 * i));
    };
    put(8, 2, 200);
    put(10, 2, 200);
    put(12, 4, record.size() * 200);
    return bad + tail;
}

std::string noise(std::size_t size)
{
    std::mt19937 random(6);
    std::string bytes;
    while (bytes.size() < size)
        bytes += static_cast<char>(random());
    return bytes;
}

void makeTraps(const FilesIn& folder)
{
    makeZip(folder, "bomb.docx", {{"word/document.xml", docx(std::string(60'000'000, ' '))}});
    Parts many;
    for (int i = 0; i < 20'000; ++i)
        many.emplace_back("p" + std::to_string(i), "x");
    makeZip(folder, "many.docx", many);
    makeZip(folder, "one.docx", {{"word/document.xml", noise(50'000)}});
    std::ifstream one(folder.path("one.docx"), std::ios::binary);
    folder.write("overlap.docx", overlapping({std::istreambuf_iterator<char>(one), {}}));
    makeZip(folder, "locked.docx", {{"word/document.xml", docx(paragraph("x"))}}, "secret");
    makeZip(folder, "other.docx", {{"something", "else"}});
    folder.write("false.docx", "PK\x03\x04 and nothing more of a zip file");
    makeZip(folder, "broken.docx", {{"word/document.xml", "<w:document><w:p>"}});
    makeZip(folder, "empty.epub", {{"mimetype", "application/epub+zip"}});
    makeZip(folder, "noise.epub",
            {{"META-INF/container.xml", "<c><rootfile full-path='p'/></c>"},
             {"p", "<p><item id='a' href='a'/><itemref idref='a'/></p>"},
             {"a", noise(5000)}});
    folder.write("open.rtf", "{\\rtf1 text");
    folder.write("deep.rtf", "{\\rtf1 " + std::string(1'000'000, '{'));
}

} // namespace

void TestOfficeReaders::refusesTraps()
{
    QFETCH(QString, name);
    QFETCH(int, code);
    static const FilesIn kFolder;
    static const bool kMade = (makeTraps(kFolder), true);
    QVERIFY(kMade);
    QElapsedTimer timer;
    timer.start();
    const Result<Document> document = readDocument(kFolder.path(name.toStdString()));
    QVERIFY(!document);
    QVERIFY2(int(document.error().code) == code, document.error().message.c_str());
    QVERIFY2(timer.elapsed() < 2000, qPrintable(QString::number(timer.elapsed())));
    QVERIFY(document.error().message.find(name.toStdString()) != std::string::npos);
}

void TestOfficeReaders::takesNothingFromOutside()
{
    const FilesIn folder;
    const std::string secret = folder.write("secret.txt", "the secret of the house");
    const std::string laughs =
        "<!DOCTYPE x [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;\"><!ENTITY xxe SYSTEM \"file://" + secret +
        "\">]>";
    const std::string path = makeZip(
        folder, "a.docx",
        {{"word/document.xml", docx(paragraph("before &b;&xxe; after"), laughs)}, {"../out.txt", "x"}});
    const Result<Document> document = readDocument(path);
    QVERIFY2(document, document ? "" : document.error().message.c_str());
    QVERIFY(document->text.find("before") != std::string::npos);
    QVERIFY(document->text.find("secret of the house") == std::string::npos);
    QVERIFY(document->text.find("haha") == std::string::npos);
    // A tree 300,000 deep neither overflows the stack nor takes long.
    const std::string deep = repeated("<x>", 300'000) + paragraph("bottom") + repeated("</x>", 300'000);
    const Result<Document> bottom =
        readDocument(makeZip(folder, "deep.docx", {{"word/document.xml", docx(deep)}}));
    QVERIFY(!bottom || bottom->text == "bottom\n");
}

void TestOfficeReaders::survivesDamage()
{
    const FilesIn folder;
    std::string body;
    for (int i = 0; i < 200; ++i)
        body += paragraph("Line " + std::to_string(i));
    const std::string path = makeZip(folder, "a.docx", {{"word/document.xml", docx(body)}});
    std::ifstream file(path, std::ios::binary);
    const std::string whole{std::istreambuf_iterator<char>(file), {}};
    std::mt19937 random(14);
    int refused = 0;
    for (int round = 0; round < 400; ++round) {
        std::string bad = whole;
        if (round % 4 == 0)
            bad.resize(1 + random() % bad.size());
        for (int flips = round % 4 == 0 ? 0 : 3; flips > 0; --flips)
            bad[random() % bad.size()] = static_cast<char>(random());
        const Result<Document> document = readDocument(folder.write("bad.docx", bad));
        if (document)
            continue;
        ++refused;
        QVERIFY(document.error().code != ErrorCode::Internal);
    }
    QVERIFY(refused > 100);
}

QTEST_APPLESS_MAIN(TestOfficeReaders)
#include "tst_office_readers.moc"
