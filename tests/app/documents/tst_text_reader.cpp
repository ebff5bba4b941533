#include "app/documents/document_readers.h"
#include "app/documents/text_cleaner.h"
#include "tests/app/documents/files_in.h"

#include <fcntl.h>
#include <QElapsedTimer>
#include <QStringEncoder>
#include <QTest>
#include <random>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

using namespace lectern;
using lectern::test::FilesIn;

class TestTextReader : public QObject {
    Q_OBJECT
private slots:
    void readsEncodings_data();
    void readsEncodings();
    void countsWhatItChanged();
    void cleansLikeTheReference();
    void refusesWithOneSentence_data();
    void refusesWithOneSentence();
    void choosesTheReader_data();
    void choosesTheReader();
    void readsAVeryLongLine();
    void refusesWhatIsTooLong();
    void stopsWhenCancelled();
    void reportsProgress();
};

namespace {

const QString kProse =
    QStringLiteral("Die Stra\u00DFe f\u00FChrt \u00FCber die Br\u00FCcke nach K\u00F6ln, und die "
                   "M\u00E4dchen gr\u00FC\u00DFen sch\u00F6n.\nZweite Zeile mit \u00C4pfeln.\n");

QByteArray encoded(QStringConverter::Encoding encoding, bool mark, const QString& text = kProse)
{
    QStringEncoder encoder(encoding,
                           mark ? QStringConverter::Flag::WriteBom : QStringConverter::Flag::Default);
    return encoder.encode(text);
}

} // namespace

void TestTextReader::readsEncodings_data()
{
    QTest::addColumn<QByteArray>("file");
    QTest::addColumn<QString>("text");
    using QStringConverter::Utf8, QStringConverter::Utf16LE, QStringConverter::Utf16BE,
        QStringConverter::Utf32LE, QStringConverter::Utf32BE, QStringConverter::Latin1;
    QTest::newRow("utf-8") << encoded(Utf8, false) << kProse;
    QTest::newRow("utf-8 with mark") << encoded(Utf8, true) << kProse;
    QTest::newRow("utf-16le with mark") << encoded(Utf16LE, true) << kProse;
    QTest::newRow("utf-16be with mark") << encoded(Utf16BE, true) << kProse;
    QTest::newRow("utf-16le without mark") << encoded(Utf16LE, false) << kProse;
    QTest::newRow("utf-16be without mark") << encoded(Utf16BE, false) << kProse;
    QTest::newRow("utf-32le with mark") << encoded(Utf32LE, true) << kProse;
    QTest::newRow("utf-32be with mark") << encoded(Utf32BE, true) << kProse;
    QTest::newRow("latin-1") << encoded(Latin1, false) << kProse;
    const QByteArray farAway = QByteArray(300'000, 'a') + "\n";
    QTest::newRow("latin-1 after 300 KB of ascii")
        << farAway + encoded(Latin1, false) << QString::fromLatin1(farAway) + kProse;
    QTest::newRow("line ends") << QByteArray("a\r\nb\rc\nd\r\n\r\ne\fg") << QString("a\nb\nc\nd\n\ne\ng");
    QTest::newRow("emoji over a chunk's edge")
        << QByteArray(256 * 1024 - 2, 'x') + "\xF0\x9F\x98\x80 end"
        << QString(256 * 1024 - 2, QLatin1Char('x')) + QString::fromUtf8("\xF0\x9F\x98\x80 end");
    QTest::newRow("shift-jis") << QByteArray::fromHex("93fa967b8cea82cc83658358836782c582b781420a8d9182cc8e"
                                                      "f1937382cd938c8b9e82c582b781420a")
                               << QString::fromUtf8("日本語のテストです。\n国の首都は東京です。\n");
}

void TestTextReader::readsEncodings()
{
    QFETCH(QByteArray, file);
    QFETCH(QString, text);
    const FilesIn folder;
    const std::string path = folder.write("a.txt", {file.constData(), std::size_t(file.size())});
    const Result<Document> document = readDocument(path);
    QVERIFY2(document, document ? "" : document.error().message.c_str());
    QCOMPARE(QString::fromStdString(document->text), text);
    QCOMPARE(document->kind, std::string("text"));
    QCOMPARE(document->name, std::string("a.txt"));
    QCOMPARE(document->bytesOnDisk, std::uint64_t(file.size()));
    QVERIFY(document->modifiedMs > 0);
    QVERIFY(document->warnings.empty());
}

void TestTextReader::countsWhatItChanged()
{
    const FilesIn folder;
    std::string raw = "caf\xC3\xA9 \xFF t\xC3\xA4gl\xC3\xAD"
                      "ch \x1B[1m";
    raw += '\0';
    raw += " zero\xE2\x80\x8Bwidth \xE2\x80\xAE.";
    const std::string path = folder.write("a.txt", raw);
    const Result<Document> document = readDocument(path);
    QVERIFY(document);
    QCOMPARE(document->text, std::string("café \uFFFD täglích [1m zero\u200Bwidth \u202E."));
    QCOMPARE(document->warnings.size(), std::size_t(3));
    QVERIFY(document->warnings[0].find(" 1 places") != std::string::npos);
    QVERIFY(document->warnings[1].find(" 2 control") != std::string::npos);
    QVERIFY(document->warnings[2].find(" 2 characters") != std::string::npos);
}

namespace {

bool isValidUtf8(const std::string& bytes)
{
    QStringDecoder decoder(QStringConverter::Utf8, QStringConverter::Flag::Stateless);
    const QString text = decoder.decode(QByteArrayView(bytes.data(), qsizetype(bytes.size())));
    return !decoder.hasError() && !text.isEmpty();
}

// Whether some valid character begins with `bytes`.
bool isBeginOfCharacter(const std::string& bytes)
{
    if (isValidUtf8(bytes))
        return true;
    if (bytes.size() >= 4)
        return false;
    for (const char next : {'\x80', '\x90', '\xA0', '\xBF'})
        if (isBeginOfCharacter(bytes + next))
            return true;
    return false;
}

// One U+FFFD for each longest run that begins a character but does not become one, else for one byte.
std::string cleanedBySearch(const std::string& raw)
{
    std::string out;
    for (std::size_t at = 0; at < raw.size();) {
        std::size_t size = 1;
        while (at + size < raw.size() && !isValidUtf8(raw.substr(at, size)) &&
               isBeginOfCharacter(raw.substr(at, size + 1)))
            ++size;
        out += isValidUtf8(raw.substr(at, size)) ? raw.substr(at, size) : std::string("\uFFFD");
        at += size;
    }
    return out;
}

} // namespace

void TestTextReader::cleansLikeTheReference()
{
    std::mt19937 random(11);
    const std::string alphabet("ab \n\xC3\xA9\xE4\xB8\xAD\xF0\x9F\x98\x80\xFF\xC0\xED\xA0\xF4\x90\x80", 20);
    for (int round = 0; round < 1000; ++round) {
        std::string raw;
        for (std::size_t i = random() % 40; i > 0; --i)
            raw += alphabet[random() % alphabet.size()];
        TextCleaner cleaner;
        std::string cleaned;
        for (std::size_t at = 0; at < raw.size();) { // in random pieces
            const std::size_t size = std::min<std::size_t>(1 + random() % 5, raw.size() - at);
            cleaner.feed(std::string_view(raw).substr(at, size), cleaned);
            at += size;
        }
        cleaner.finish(cleaned);
        QCOMPARE(QString::fromStdString(cleaned), QString::fromStdString(cleanedBySearch(raw)));
    }
}

void TestTextReader::refusesWithOneSentence_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<int>("code");
    QTest::newRow("empty") << "empty.txt" << int(ErrorCode::BadInput);
    QTest::newRow("only blanks") << "blank.txt" << int(ErrorCode::BadInput);
    QTest::newRow("missing") << "missing.txt" << int(ErrorCode::NotFound);
    QTest::newRow("binary without a known name") << "data.xyz" << int(ErrorCode::Unsupported);
    QTest::newRow("binary called text") << "data.txt" << int(ErrorCode::BadInput);
    QTest::newRow("fifo") << "fifo.txt" << int(ErrorCode::BadInput);
    QTest::newRow("socket") << "socket.txt" << int(ErrorCode::BadInput);
    QTest::newRow("link to itself") << "loop.txt" << int(ErrorCode::BadInput);
    QTest::newRow("dangling link") << "dangling.txt" << int(ErrorCode::NotFound);
    QTest::newRow("below a file") << "blank.txt/x.txt" << int(ErrorCode::NotFound);
    QTest::newRow("not readable") << "locked.txt" << int(ErrorCode::Disk);
    QTest::newRow("a pdf that is not") << "false.pdf" << int(ErrorCode::BadInput);
    QTest::newRow("an empty folder") << "folder" << int(ErrorCode::BadInput);
}

void TestTextReader::refusesWithOneSentence()
{
    QFETCH(QString, name);
    QFETCH(int, code);
    const FilesIn folder;
    std::string noise;
    std::mt19937 random(3);
    for (int i = 0; i < 5000; ++i)
        noise += static_cast<char>(random());
    folder.write("empty.txt", "");
    folder.write("blank.txt", " \n\t\n");
    folder.write("data.xyz", noise);
    folder.write("data.txt", noise);
    folder.write("false.pdf", "%PDF-1.7 and then nothing of the kind");
    const std::string locked = folder.write("locked.txt", "text");
    std::filesystem::create_directory(folder.path("folder"));
    QCOMPARE(::mkfifo(folder.path("fifo.txt").c_str(), 0600), 0);
    std::filesystem::create_symlink("loop.txt", folder.path("loop.txt"));
    std::filesystem::create_symlink("nowhere", folder.path("dangling.txt"));
    const int listener = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    folder.path("socket.txt").copy(address.sun_path, sizeof address.sun_path - 1);
    QCOMPARE(::bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    ::close(listener);
    if (name == "locked.txt") {
        ::chmod(locked.c_str(), 0);
        if (::access(locked.c_str(), R_OK) == 0)
            QSKIP("this user may read every file");
    }
    QElapsedTimer timer;
    timer.start();
    const Result<Document> document = readDocument(folder.path(name.toStdString()));
    QVERIFY(!document);
    QVERIFY(timer.elapsed() < 1000);
    QCOMPARE(int(document.error().code), code);
    const QString message = QString::fromStdString(document.error().message);
    QVERIFY2(message.endsWith('.') && !message.contains('\n'), qPrintable(message));
    const QString shown = name.section('/', -1);
    QVERIFY2(message.contains(shown), qPrintable(message));
}

void TestTextReader::choosesTheReader_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QByteArray>("head");
    QTest::addColumn<QString>("kind"); // empty = nothing reads it
    QTest::newRow("txt") << "a.txt" << QByteArray("hello") << "text";
    QTest::newRow("upper case") << "A.MD" << QByteArray("# hi") << "markdown";
    QTest::newRow("no extension") << "Makefile" << QByteArray("all: x") << "text";
    QTest::newRow("dot in a folder") << "a.pdf/plain" << QByteArray("x") << "text";
    QTest::newRow("source") << "a.cc" << QByteArray("int x;") << "source";
    QTest::newRow("page by its look") << "index" << QByteArray("\n <!DOCTYPE html><p>x") << "html";
    QTest::newRow("page kept as text") << "a.txt" << QByteArray("<html><p>x") << "text";
    QTest::newRow("pdf called txt") << "a.txt" << QByteArray("%PDF-1.4\n%\xE2\xE3") << "pdf";
    QTest::newRow("page called pdf") << "a.pdf" << QByteArray("<html><p>gone") << "html";
    QTest::newRow("zeros") << "core" << QByteArray(100, '\0') << "";
}

void TestTextReader::choosesTheReader()
{
    QFETCH(QString, name);
    QFETCH(QByteArray, head);
    QFETCH(QString, kind);
    const FilesIn folder;
    const std::string path = folder.write(name.toStdString(), {head.constData(), std::size_t(head.size())});
    const DocumentReader* reader = readerFor(path);
    QCOMPARE(reader ? QString(reader->kind) : QString(), kind);
    QCOMPARE(canRead(path), !kind.isEmpty());
}

void TestTextReader::readsAVeryLongLine()
{
    const FilesIn folder;
    const std::string path = folder.write("line.txt", std::string(20'000'000, 'A'));
    QElapsedTimer timer;
    timer.start();
    const Result<Document> document = readDocument(path);
    QVERIFY(document);
    QCOMPARE(document->text.size(), std::size_t(20'000'000));
    QVERIFY(timer.elapsed() < 5000);
}

void TestTextReader::refusesWhatIsTooLong()
{
    const FilesIn folder;
    const std::string path = folder.write("long.txt", std::string(2'000'000, 'A'));
    ReadOptions options;
    options.limits.maxTextBytes = 1'000'000;
    const Result<Document> document = readDocument(path, options);
    QVERIFY(!document);
    QCOMPARE(int(document.error().code), int(ErrorCode::TooLong));
}

void TestTextReader::stopsWhenCancelled()
{
    const FilesIn folder;
    const std::string path = folder.write("long.txt", std::string(30'000'000, 'A'));
    ReadOptions options;
    int calls = 0;
    options.progress = [&](const ReadProgress&) {
        if (++calls == 3)
            options.cancel.cancel();
    };
    const Result<Document> document = readDocument(path, options);
    QVERIFY(!document);
    QCOMPARE(int(document.error().code), int(ErrorCode::Cancelled));
    QVERIFY(calls <= 4);
}

void TestTextReader::reportsProgress()
{
    const FilesIn folder;
    const std::string path = folder.write("long.txt", std::string(3'000'000, 'A'));
    ReadOptions options;
    std::vector<ReadProgress> seen;
    options.progress = [&](const ReadProgress& progress) { seen.push_back(progress); };
    QVERIFY(readDocument(path, options));
    QVERIFY(seen.size() > 3);
    for (std::size_t i = 1; i < seen.size(); ++i)
        QVERIFY(seen[i].doneBytes > seen[i - 1].doneBytes);
    QCOMPARE(seen.back().doneBytes, seen.back().totalBytes);
}

QTEST_APPLESS_MAIN(TestTextReader)
#include "tst_text_reader.moc"
