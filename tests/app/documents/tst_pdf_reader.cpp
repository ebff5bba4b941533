#include "app/documents/document_readers.h"
#include "tests/app/documents/files_in.h"
#include "tests/app/documents/pdf_bytes.h"

#include <QElapsedTimer>
#include <QGuiApplication>
#include <QPainter>
#include <QPdfWriter>
#include <QTest>
#include <random>

using namespace lectern;
using namespace lectern::test;

class TestPdfReader : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void readsPagesInOrder();
    void readsTheOutline();
    void readsRotatedText_data();
    void readsRotatedText();
    void readsColumns();
    void saysThatAPageHasNoText();
    void saysThatItIsScanned();
    void saysThatItIsLocked();
    void survivesDamage();
    void stopsWhenCancelled();
    void refusesTooManyPages();

private:
    QByteArray makePdf(int pages, const std::function<void(QPainter&, int)>& paint) const;
    FilesIn m_folder;
    std::string m_book; // five pages
};

namespace {

void paintLines(QPainter& painter, int page)
{
    painter.drawText(400, 600, QStringLiteral("Chapter %1 of the annals").arg(page));
    painter.drawText(400, 900, QStringLiteral("The code of gate %1 is %2.").arg(page).arg(page * 1111));
}

// A page locked with RC4-40 and a user password: only its encryption dictionary has to be well-formed.
const char* const kLocked = "%PDF-1.4\n"
                            "1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n"
                            "2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n"
                            "3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]>>\nendobj\n"
                            "4 0 obj\n<</Filter/Standard/V 1/R 2/O<%1>/U<%2>/P -44>>\nendobj\n";

QByteArray lockedPdf()
{
    QByteArray pdf = QString::fromLatin1(kLocked)
                         .arg(QString::fromLatin1(QByteArray(32, 'A').toHex()),
                              QString::fromLatin1(QByteArray(32, 'B').toHex()))
                         .toLatin1();
    QByteArray table = "xref\n0 5\n0000000000 65535 f \n";
    for (int object = 1; object <= 4; ++object)
        table +=
            QByteArray::number(pdf.indexOf(QByteArray::number(object) + " 0 obj")).rightJustified(10, '0') +
            " 00000 n \n";
    const QByteArray id = QByteArray(16, 'C').toHex();
    const qsizetype at = pdf.size();
    return pdf + table + "trailer\n<</Size 5/Root 1 0 R/Encrypt 4 0 R/ID[<" + id + "><" + id +
           ">]>>\nstartxref\n" + QByteArray::number(at) + "\n%%EOF\n";
}

} // namespace

QByteArray TestPdfReader::makePdf(int pages, const std::function<void(QPainter&, int)>& paint) const
{
    const QString path = QString::fromStdString(m_folder.path("made.pdf"));
    {
        QPdfWriter writer(path);
        QPainter painter(&writer);
        for (int page = 1; page <= pages; ++page) {
            paint(painter, page);
            if (page < pages)
                writer.newPage();
        }
    }
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

void TestPdfReader::initTestCase()
{
    m_book = m_folder.write("book.pdf", makePdf(5, paintLines).toStdString());
}

void TestPdfReader::readsPagesInOrder()
{
    ReadOptions options;
    std::vector<std::uint32_t> pagesSeen;
    options.progress = [&](const ReadProgress& progress) { pagesSeen.push_back(progress.page); };
    const Result<Document> document = readDocument(m_book, options);
    QVERIFY2(document, document ? "" : document.error().message.c_str());
    QCOMPARE(document->kind, std::string("pdf"));
    QCOMPARE(document->pages.size(), std::size_t(5));
    for (std::uint32_t page = 1; page <= 5; ++page) {
        const std::string line =
            "The code of gate " + std::to_string(page) + " is " + std::to_string(page * 1111) + ".";
        const std::size_t at = document->text.find(line);
        QVERIFY2(at != std::string::npos, document->text.c_str());
        QCOMPARE(locationLabel(locate(*document, at)), "p. " + std::to_string(page));
        QCOMPARE(locate(*document, at).line, 2U);
        QCOMPARE(locate(*document, document->pages[page - 1].offset).page, page);
    }
    QCOMPARE(document->text.find('\r'), std::string::npos);
    QCOMPARE(pagesSeen, (std::vector<std::uint32_t>{1, 2, 3, 4, 5}));
    QVERIFY(document->warnings.empty());
}

void TestPdfReader::readsTheOutline()
{
    const QByteArray page = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]/Resources<</Font<</F 9 0 R>>>>/Contents ";
    const QByteArray pdf = pdfOf({"<</Type/Catalog/Pages 2 0 R/Outlines 6 0 R>>", "<</Type/Pages/Kids[3 0 R 4 0 R]/Count 2>>",
                                  page + "5 0 R>>", page + "10 0 R>>", pageStream("BT /F 12 Tf 20 200 Td (First page) Tj ET"),
                                  "<</Type/Outlines/First 7 0 R/Last 7 0 R/Count 2>>",
                                  "<</Title(Part one)/Parent 6 0 R/First 8 0 R/Last 8 0 R/Count 1/Dest[3 0 R/Fit]>>",
                                  "<</Title(Chapter)/Parent 7 0 R/Dest[4 0 R/Fit]>>",
                                  "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
                                  pageStream("BT /F 12 Tf 20 200 Td (Second page) Tj ET")});
    const Result<Document> document = readDocument(m_folder.write("outline.pdf", pdf.toStdString()));
    QVERIFY2(document, document ? "" : document.error().message.c_str());
    QCOMPARE(document->text, std::string("First page\n\nSecond page"));
    QCOMPARE(document->outline.size(), std::size_t(2));
    QCOMPARE(document->outline[0].title, std::string("Part one"));
    QCOMPARE(document->outline[1].title, std::string("Chapter"));
    QCOMPARE(document->outline[1].level, document->outline[0].level + 1);
    QCOMPARE(document->outline[1].offset, document->pages[1].offset);
}

void TestPdfReader::readsRotatedText_data()
{
    QTest::addColumn<int>("degrees");
    QTest::newRow("upright") << 0;
    QTest::newRow("downwards") << 90;
    QTest::newRow("upwards") << 270;
}

void TestPdfReader::readsRotatedText()
{
    QFETCH(int, degrees);
    const QByteArray pdf = makePdf(1, [&](QPainter& painter, int) {
        painter.translate(4000, 7000);
        painter.rotate(degrees);
        for (int line = 0; line < 4; ++line)
            painter.drawText(0, line * 300, QStringLiteral("Turned line %1.").arg(line));
    });
    const Result<Document> document = readDocument(m_folder.write("turned.pdf", pdf.toStdString()));
    QVERIFY(document);
    QCOMPARE(document->text, std::string("Turned line 0.\nTurned line 1.\nTurned line 2.\nTurned line 3."));
}

// As typesetters write them: one column after the other.
void TestPdfReader::readsColumns()
{
    QString expected;
    for (int column = 0; column < 2; ++column)
        for (int line = 0; line < 20; ++line)
            expected += QStringLiteral("Column %1 has in its line %2 this\n").arg(column).arg(line);
    expected.chop(1);
    const QByteArray pdf = makePdf(1, [&](QPainter& painter, int) {
        const QStringList lines = expected.split(QLatin1Char('\n'));
        for (int i = 0; i < lines.size(); ++i)
            painter.drawText(i < 20 ? 400 : 5000, 600 + (i % 20) * 300, lines[i]);
    });
    const Result<Document> document = readDocument(m_folder.write("columns.pdf", pdf.toStdString()));
    QVERIFY(document);
    QCOMPARE(document->text, expected.toStdString());
}

void TestPdfReader::saysThatAPageHasNoText()
{
    const QByteArray pdf = makePdf(3, [](QPainter& painter, int page) {
        page == 2 ? painter.drawRect(10, 10, 500, 500) : paintLines(painter, page);
    });
    const Result<Document> document = readDocument(m_folder.write("gap.pdf", pdf.toStdString()));
    QVERIFY(document);
    QCOMPARE(document->pages.size(), std::size_t(3));
    QCOMPARE(document->warnings.size(), std::size_t(1));
    QCOMPARE(locate(*document, document->text.find("Chapter 3")).page, 3U);
}

void TestPdfReader::saysThatItIsScanned()
{
    const QByteArray pdf = makePdf(2, [](QPainter& painter, int) { painter.drawRect(10, 10, 500, 500); });
    const Result<Document> document = readDocument(m_folder.write("scan.pdf", pdf.toStdString()));
    QVERIFY(!document);
    QCOMPARE(int(document.error().code), int(ErrorCode::Unsupported));
    QVERIFY(document.error().message.find("scanned pictures") != std::string::npos);
}

void TestPdfReader::saysThatItIsLocked()
{
    const Result<Document> document = readDocument(m_folder.write("locked.pdf", lockedPdf().toStdString()));
    QVERIFY(!document);
    QCOMPARE(int(document.error().code), int(ErrorCode::Unsupported));
    QVERIFY2(document.error().message.find("password") != std::string::npos,
             document.error().message.c_str());
}

void TestPdfReader::survivesDamage()
{
    const std::string whole = makePdf(3, paintLines).toStdString();
    std::mt19937 random(5);
    int refused = 0;
    for (int round = 0; round < 150; ++round) {
        std::string bad = whole;
        if (round % 3 == 0)
            bad.resize(1 + random() % bad.size());
        for (int flips = round % 3 == 0 ? 0 : 20; flips > 0; --flips)
            bad[5 + random() % (bad.size() - 5)] = static_cast<char>(random());
        const Result<Document> document = readDocument(m_folder.write("bad.pdf", bad));
        if (document)
            continue;
        ++refused;
        QVERIFY(document.error().message.find("bad.pdf") != std::string::npos);
        QVERIFY(document.error().code != ErrorCode::Internal);
    }
    QVERIFY(refused > 10);
}

void TestPdfReader::stopsWhenCancelled()
{
    const std::string path = m_folder.write("long.pdf", makePdf(60, paintLines).toStdString());
    ReadOptions options;
    std::uint32_t last = 0;
    options.progress = [&](const ReadProgress& progress) {
        last = progress.page;
        if (progress.page == 10)
            options.cancel.cancel();
    };
    const Result<Document> document = readDocument(path, options);
    QVERIFY(!document);
    QCOMPARE(int(document.error().code), int(ErrorCode::Cancelled));
    QCOMPARE(last, 10U);
}

void TestPdfReader::refusesTooManyPages()
{
    ReadOptions options;
    options.limits.maxPages = 4;
    const Result<Document> document = readDocument(m_book, options);
    QVERIFY(!document);
    QCOMPARE(int(document.error().code), int(ErrorCode::TooLong));
}

QTEST_MAIN(TestPdfReader)
#include "tst_pdf_reader.moc"
