#include "app/documents/document_readers.h"
#include "app/documents/folder_listing.h"
#include "app/documents/ignore_rules.h"
#include "tests/app/documents/files_in.h"

#include <algorithm>
#include <QElapsedTimer>
#include <QProcess>
#include <QStandardPaths>
#include <QTest>
#include <random>
#include <set>
#include <sys/stat.h>
#include <unistd.h>

using namespace lectern;
using lectern::test::FilesIn;

class TestFolderReader : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void packsTextWithItsPlaces();
    void skipsWithReasons();
    void terminatesOnHostileTrees();
    void obeysIncludeAndExclude();
    void obeysRulesAboveTheFolder();
    void keepsTrackedFiles();
    void agreesWithGit_data();
    void agreesWithGit();
    void packsManyFilesQuickly();

private:
    QString m_git;
};

namespace {

std::set<std::string> pathsOf(const FolderListing& listing)
{
    std::set<std::string> paths;
    for (const FolderFile& file : listing.files)
        paths.insert(file.path);
    return paths;
}

std::string reasonFor(const std::vector<SkippedPath>& skipped, const std::string& path)
{
    const auto found = std::find_if(skipped.begin(), skipped.end(),
                                    [&](const SkippedPath& item) { return item.path == path; });
    return found == skipped.end() ? "(read)" : found->reason;
}

QByteArray runGit(const QString& git, const std::string& folder, const QStringList& arguments,
                  const QByteArray& input = {})
{
    QProcess process;
    process.setWorkingDirectory(QString::fromStdString(folder));
    process.start(git, QStringList{"-c", "core.excludesFile="} + arguments);
    process.write(input);
    process.closeWriteChannel();
    process.waitForFinished();
    return process.readAllStandardOutput();
}

} // namespace

void TestFolderReader::initTestCase()
{
    // Neither git nor we may see this user's own ignore rules.
    const QByteArray nowhere = "/nonexistent";
    qputenv("HOME", nowhere);
    qputenv("XDG_CONFIG_HOME", nowhere);
    qputenv("GIT_CONFIG_NOSYSTEM", "1");
    m_git = QStandardPaths::findExecutable("git");
}

void TestFolderReader::packsTextWithItsPlaces()
{
    const FilesIn folder;
    folder.write("pack/README.md", "# Title\n\nText.\n");
    folder.write("pack/src/a.cc", "int a;\nint b;");
    folder.write("pack/src/deep/b.py", "x = 1\n\ny = 2\n");
    folder.write("pack/src/deep/latin.txt", "caf\xE9 au lait\n");
    const Result<Document> document = readDocument(folder.path("pack"));
    QVERIFY2(document, document ? "" : document.error().message.c_str());
    QCOMPARE(document->text, std::string("Folder: pack\n4 files\n\n"
                                         "README.md\nsrc/\n  a.cc\n  deep/\n    b.py\n    latin.txt\n\n"
                                         "file: README.md\n# Title\n\nText.\n\n"
                                         "file: src/a.cc\nint a;\nint b;\n\n"
                                         "file: src/deep/b.py\nx = 1\n\ny = 2\n\n"
                                         "file: src/deep/latin.txt\ncafé au lait\n\n"));
    QCOMPARE(document->files.size(), std::size_t(4));
    QCOMPARE(locationLabel(locate(*document, document->text.find("int b"))), std::string("src/a.cc:2"));
    QCOMPARE(locationLabel(locate(*document, document->text.find("y = 2"))), std::string("src/deep/b.py:3"));
    for (const FileMark& mark : document->files) {
        const std::string_view text = std::string_view(document->text).substr(mark.offset, mark.length);
        QVERIFY(document->text.substr(0, mark.offset).ends_with("file: " + mark.path + "\n"));
        QVERIFY(!text.empty());
    }
    QVERIFY(document->skipped.empty());
}

void TestFolderReader::skipsWithReasons()
{
    const FilesIn folder;
    folder.write("a.txt", "text\n");
    folder.write("empty.txt", "");
    folder.write("zeros.txt", std::string(1000, '\0'));
    folder.write("big.txt", std::string(3'000'000, 'x'));
    folder.write("node_modules/x/index.js", "x");
    folder.write("app.min.js", "x");
    folder.write("yarn.lock", "x");
    folder.write(".env", "KEY=1");
    folder.write(".env.example", "KEY=\n");
    folder.write("photo.PNG", "\x89PNG\r\n\x1A\n" + std::string(40, '\1'));
    folder.write("photo.png", "\x89PNG\r\n\x1A\n");
    folder.write("bad\xFFname.txt", "x");
    folder.write("two\nlines.txt", "x");
    folder.write(".gitignore", "secret.txt\n");
    folder.write("secret.txt", "x");
    std::filesystem::create_symlink("a.txt", folder.path("link.txt"));
    QCOMPARE(::mkfifo(folder.path("fifo").c_str(), 0600), 0);
    const Result<Document> document = readDocument(folder.path());
    QVERIFY(document);
    const auto& skipped = document->skipped;
    QCOMPARE(reasonFor(skipped, "empty.txt"), std::string("empty"));
    QCOMPARE(reasonFor(skipped, "zeros.txt"), std::string("not text"));
    QCOMPARE(reasonFor(skipped, "big.txt"), std::string("larger than 2 MiB"));
    QCOMPARE(reasonFor(skipped, "node_modules/"), std::string("installed packages or build output"));
    QCOMPARE(reasonFor(skipped, "app.min.js"), std::string("generated or minified file"));
    QCOMPARE(reasonFor(skipped, "yarn.lock"), std::string("lock file"));
    QCOMPARE(reasonFor(skipped, ".env"), std::string("may hold secrets"));
    QCOMPARE(reasonFor(skipped, "link.txt"), std::string("a link; links are not followed"));
    QCOMPARE(reasonFor(skipped, "fifo"), std::string("a pipe, socket or device"));
    QCOMPARE(reasonFor(skipped, "secret.txt"), std::string("ignored by .gitignore"));
    QCOMPARE(reasonFor(skipped, "bad\uFFFDname.txt"), std::string("its name is not readable text"));
    QCOMPARE(reasonFor(skipped, "two lines.txt"), std::string("its name is not readable text"));
    QVERIFY(reasonFor(skipped, "photo.PNG") != "(read)");
    std::set<std::string> read;
    for (const FileMark& mark : document->files)
        read.insert(mark.path);
    QCOMPARE(read, (std::set<std::string>{"a.txt", ".env.example", ".gitignore"}));
}

void TestFolderReader::terminatesOnHostileTrees()
{
    const FilesIn folder;
    folder.write("tree/a.txt", "text\n");
    std::filesystem::create_directory_symlink("..", folder.path("tree/up"));
    std::filesystem::create_directory_symlink(".", folder.path("tree/self"));
    std::filesystem::create_directory_symlink("/proc", folder.path("tree/proc"));
    // Rules that would block or mislead a naive reader.
    QCOMPARE(::mkfifo(folder.path("tree/.gitignore").c_str(), 0600), 0);
    std::filesystem::create_directories(folder.path("tree/.git/info"));
    QCOMPARE(::mkfifo(folder.path("tree/.git/index").c_str(), 0600), 0);
    QCOMPARE(::mkfifo(folder.path("tree/.git/config").c_str(), 0600), 0);
    QCOMPARE(::mkfifo(folder.path("tree/.git/info/exclude").c_str(), 0600), 0);
    // 500 deep, made level by level since the whole path is too long for one call in the end.
    const std::filesystem::path before = std::filesystem::current_path();
    std::filesystem::current_path(folder.path("tree"));
    for (int i = 0; i < 500; ++i) {
        std::filesystem::create_directory("deep_folder");
        std::filesystem::current_path("deep_folder");
    }
    std::filesystem::current_path(before);
    QElapsedTimer timer;
    timer.start();
    const Result<Document> document = readDocument(folder.path("tree"));
    QVERIFY2(document, document ? "" : document.error().message.c_str());
    QVERIFY(timer.elapsed() < 2000);
    QCOMPARE(document->files.size(), std::size_t(1));
    QVERIFY(std::any_of(document->skipped.begin(), document->skipped.end(),
                        [](const SkippedPath& item) { return item.reason == "more than 64 folders deep"; }));
    const Result<Document> system = readDocument("/proc/self");
    QVERIFY(system || !system.error().message.empty()); // comes back at all
}

void TestFolderReader::obeysIncludeAndExclude()
{
    const FilesIn folder;
    for (const char* name : {"a.py", "b.cc", "lib/c.py", "lib/d.cc", "docs/e.md", "lib/old/f.py"})
        folder.write(name, "x\n");
    ReadOptions options;
    options.folder.include = {"*.py", "docs/"};
    options.folder.exclude = {"old/"};
    const Result<FolderListing> listing = listFolder(folder.path(), options);
    QVERIFY(listing);
    QCOMPARE(pathsOf(*listing), (std::set<std::string>{"a.py", "lib/c.py", "docs/e.md"}));
    QCOMPARE(reasonFor(listing->skipped, "lib/old/"), std::string("excluded by you"));
}

void TestFolderReader::obeysRulesAboveTheFolder()
{
    const FilesIn folder;
    std::filesystem::create_directories(folder.path("repo/.git/info"));
    folder.write("repo/.git/info/exclude", "*.priv\n");
    folder.write("repo/.gitignore", "*.gen\n/mid/sub/anchored.txt\n");
    folder.write("repo/mid/.gitignore", "!keep.gen\n*.mid\n");
    for (const char* name : {"a.txt", "b.gen", "keep.gen", "c.mid", "anchored.txt", "d.priv", "deeper/e.gen"})
        folder.write(std::string("repo/mid/sub/") + name, "x\n");
    const Result<FolderListing> listing = listFolder(folder.path("repo/mid/sub"), {});
    QVERIFY(listing);
    QCOMPARE(pathsOf(*listing), (std::set<std::string>{"a.txt", "keep.gen"}));
    ReadOptions all;
    all.folder.useIgnoreFiles = false;
    const Result<FolderListing> everything = listFolder(folder.path("repo/mid/sub"), all);
    QVERIFY(everything);
    QCOMPARE(everything->files.size(), std::size_t(7));
}

void TestFolderReader::keepsTrackedFiles()
{
    if (m_git.isEmpty())
        QSKIP("git is not installed");
    const FilesIn folder;
    folder.write("kept.gen", "x\n");
    folder.write("out/kept.txt", "x\n");
    runGit(m_git, folder.path(), {"init", "-q"});
    runGit(m_git, folder.path(), {"add", "."});
    folder.write(".gitignore", "*.gen\nout/\n");
    folder.write("other.gen", "x\n");
    folder.write("out/other.txt", "x\n");
    const Result<FolderListing> listing = listFolder(folder.path(), {});
    QVERIFY(listing);
    const std::set<std::string> paths = pathsOf(*listing);
    QVERIFY(paths.contains("kept.gen") && paths.contains("out/kept.txt") && paths.contains(".gitignore"));
    QVERIFY(!paths.contains("other.gen"));
}

void TestFolderReader::agreesWithGit_data()
{
    QTest::addColumn<unsigned>("seed"); // 0 = the hand-made rules
    QTest::newRow("hand-made") << 0U;
    for (unsigned seed = 1; seed <= 12; ++seed)
        QTest::addRow("random %u", seed) << seed;
}

namespace {

const char* const kHandMade = "# comment\n"
                              "\\#hash\n"
                              "\\!bang\n"
                              "trailing   \n"
                              "kept\\ \n"
                              "*.log\n"
                              "!important.log\n"
                              "/root-only\n"
                              "folder/\n"
                              "a/b\n"
                              "**/anywhere\n"
                              "inside/**\n"
                              "x/**/y\n"
                              "[abc].txt\n"
                              "[!a-c]0\n"
                              "[[:digit:]]n\n"
                              "q?z\n"
                              "\\*star\n"
                              "un[closed\n"
                              "back\\\n"
                              "***\n!***\n"
                              "a*b*c\n"
                              "/sub/*.md\n"
                              "!/sub/keep.md\n"
                              "\r\n"
                              "crlf\r\n"
                              "/\n"
                              "!\n";

const std::vector<std::string> kParts = {"a",
                                         "b",
                                         "c",
                                         "x",
                                         "y",
                                         "abc",
                                         "axbxc",
                                         "folder",
                                         "inside",
                                         "sub",
                                         "anywhere",
                                         "root-only",
                                         "d0",
                                         "a0",
                                         "5n",
                                         "n",
                                         "qaz",
                                         "qz",
                                         "*star",
                                         "bstar",
                                         "#hash",
                                         "!bang",
                                         "kept ",
                                         "kept",
                                         "trailing",
                                         "un[closed",
                                         "back",
                                         "crlf",
                                         "important.log",
                                         "other.log",
                                         "a.txt",
                                         "d.txt",
                                         "keep.md",
                                         "b.md"};

std::string randomRules(std::mt19937& random)
{
    static const std::vector<std::string> kPieces = {"a",    "b",   "c",      "x",  "y",    "*",
                                                     "**",   "/",   "/",      "?",  "[ab]", "[!a]",
                                                     ".txt", "sub", "folder", "\\", "log",  "."};
    std::string rules;
    for (std::size_t lines = 1 + random() % 8; lines > 0; --lines) {
        rules += random() % 4 == 0 ? "!" : "";
        rules += random() % 4 == 0 ? "/" : "";
        for (std::size_t pieces = 1 + random() % 4; pieces > 0; --pieces)
            rules += kPieces[random() % kPieces.size()];
        rules += random() % 4 == 0 ? "/\n" : "\n";
    }
    return rules;
}

} // namespace

// Git's verdict on every file of a tree against ours.
void TestFolderReader::agreesWithGit()
{
    if (m_git.isEmpty())
        QSKIP("git is not installed");
    QFETCH(unsigned, seed);
    std::mt19937 random(seed);
    const FilesIn folder;
    std::set<std::string> files;
    for (int i = 0; i < 300; ++i) {
        std::string path;
        for (std::size_t depth = random() % 4; depth > 0; --depth)
            path += kParts[random() % kParts.size()] + "/";
        path += kParts[random() % kParts.size()];
        std::error_code error;
        const std::filesystem::path target = folder.path(path);
        std::filesystem::create_directories(target.parent_path(), error);
        if (error || std::filesystem::exists(target))
            continue;
        folder.write(path, "x\n");
        files.insert(path);
    }
    std::map<std::string, std::string> rules;
    rules[""] = seed == 0 ? kHandMade : randomRules(random);
    for (const char* inner : {"a/", "sub/", "folder/", "x/a/"})
        if (seed > 0 && std::filesystem::is_directory(folder.path(inner)))
            rules[inner] = randomRules(random);
    for (const auto& [base, text] : rules)
        folder.write(base + ".gitignore", text);
    runGit(m_git, folder.path(), {"init", "-q"});

    QByteArray input;
    for (const std::string& path : files)
        input += QByteArray::fromStdString(path) + '\0';
    const QByteArray output =
        runGit(m_git, folder.path(), {"check-ignore", "--no-index", "-z", "--stdin"}, input);
    std::set<std::string> expected = files;
    for (const QByteArray& ignored : output.split('\0'))
        expected.erase(ignored.toStdString());

    ReadOptions options;
    options.folder.useDefaultExcludes = false;
    const Result<FolderListing> listing = listFolder(folder.path(), options);
    QVERIFY(listing);
    std::set<std::string> got = pathsOf(*listing);
    std::erase_if(got, [](const std::string& path) { return path.ends_with(".gitignore"); });
    for (const std::string& path : files)
        QVERIFY2(got.contains(path) == expected.contains(path),
                 qPrintable(QString::fromStdString(path + (expected.contains(path) ? " kept" : " ignored") +
                                                   " by git; rules:\n" + rules[""])));
}

void TestFolderReader::packsManyFilesQuickly()
{
    const FilesIn folder;
    const std::string text(2000, 'x');
    for (int i = 0; i < 2000; ++i)
        folder.write("d" + std::to_string(i % 50) + "/f" + std::to_string(i) + ".cc", text + "\n");
    folder.write(".gitignore", "*.o\n/build*/\n*~\n");
    QElapsedTimer timer;
    timer.start();
    const Result<Document> document = readDocument(folder.path());
    QVERIFY(document);
    QCOMPARE(document->files.size(), std::size_t(2001));
    QVERIFY2(timer.elapsed() < 5000, qPrintable(QString::number(timer.elapsed())));
    qInfo("2,000 files in %lld ms", timer.elapsed());
}

QTEST_APPLESS_MAIN(TestFolderReader)
#include "tst_folder_reader.moc"
