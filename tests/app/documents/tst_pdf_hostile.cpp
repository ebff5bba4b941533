// PDF files made to hold a reader up: read in a child process, as the programs do, they end in a sentence at the latest.
#include "app/documents/parser_process.h"
#include "tests/app/documents/files_in.h"
#include "tests/app/documents/pdf_bytes.h"

#include <QTest>

using namespace lectern;
using namespace lectern::test;

class TestPdfHostile : public QObject {
    Q_OBJECT
private slots:
    void comesBackFromHostileFiles_data();
    void comesBackFromHostileFiles();

private:
    FilesIn m_folder;
};

void TestPdfHostile::comesBackFromHostileFiles_data()
{
    QTest::addColumn<QByteArray>("pdf");
    const QByteArray font = "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>";
    const QByteArray page = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]/Resources<</Font<</F 5 0 R>>>>/Contents 4 0 R>>";
    const QByteArray text = pageStream("BT /F 12 Tf 20 200 Td (Text) Tj ET");
    const QByteArray catalog = "<</Type/Catalog/Pages 2 0 R>>", kids = "<</Type/Pages/Kids[3 0 R]/Count 1>>";
    const QByteArray plain = pdfOf({catalog, kids, page, text, font});
    QTest::newRow("nothing but a head") << QByteArray("%PDF-1.7\n");
    QTest::newRow("pages that hold themselves")
        << pdfOf({catalog, "<</Type/Pages/Kids[2 0 R 2 0 R 3 0 R]/Count 3>>", page, text, font});
    QTest::newRow("a billion pages claimed")
        << pdfOf({catalog, "<</Type/Pages/Kids[3 0 R]/Count 2147483647>>", page, text, font});
    QTest::newRow("a length that names itself")
        << pdfOf({catalog, kids, page, "<</Length 4 0 R>>\nstream\nBT ET\nendstream", font});
    QTest::newRow("tables in a circle")
        << QByteArray(plain).replace("/Root 1 0 R", "/Prev " + QByteArray::number(plain.indexOf("xref")) + "/Root 1 0 R");
    QTest::newRow("two thousand million objects") << QByteArray(plain).replace("0 6\n", "0 2147483647\n");
    QTest::newRow("a script") << pdfOf({"<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(while(1){})>>>>", kids,
                                        page, text, font});
    QTest::newRow("a drawing that draws itself")
        << pdfOf({catalog, kids,
                  "<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]/Resources<</XObject<</X 4 0 R>>>>/Contents 5 0 R>>",
                  "<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 4 0 R>>>>/Length 7>>\nstream\n/X Do "
                  "\nendstream",
                  pageStream("/X Do /X Do")});
}

// They are read or refused in a sentence; that the test goes on is what matters.
void TestPdfHostile::comesBackFromHostileFiles()
{
    QFETCH(QByteArray, pdf);
    ReadOptions options;
    options.limits.maxParserSilenceMs = 3000;
    const Result<Document> document = readDocument(m_folder.write("hostile.pdf", pdf.toStdString()), options);
    if (document)
        QCOMPARE(document->text.substr(0, 4), std::string("Text"));
    else
        QVERIFY2(document.error().message.find("hostile.pdf") != std::string::npos && !document.error().hint.empty(),
                 document.error().message.c_str());
}

int main(int argc, char** argv)
{
    if (const auto parsed = parserChildMain(argc, argv))
        return *parsed;
    QCoreApplication application(argc, argv);
    TestPdfHostile test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_pdf_hostile.moc"
