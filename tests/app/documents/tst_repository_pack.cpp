// A repository as one text: order by history, submodules, secrets, line numbers, exact counts, presets, and speed.
#include "app/documents/document_readers.h"
#include "app/documents/folder_listing.h"
#include "app/documents/git_history.h"
#include "app/documents/pack_presets.h"
#include "app/documents/secret_scan.h"
#include "app/documents/token_tree.h"
#include "tests/app/documents/files_in.h"

#include <algorithm>
#include <QElapsedTimer>
#include <QProcess>
#include <QStandardPaths>
#include <QTest>
#include <random>
#include <set>
#include <sys/stat.h>

using namespace lectern;
using lectern::test::FilesIn;

class TestRepositoryPack : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void changedFilesStandLast();
    void anEditLeavesTheTextBefore();
    void readsSubmodules();
    void keepsSecretsBack();
    void findsSecrets_data();
    void findsSecrets();
    void numbersLines();
    void countsEqualTheTokensOfTheText();
    void leavesOutWhatIsUnchecked();
    void keepsPresets();
    void runsNothingOfTheRepository();
    void ignoresAsGitDoes();
    void packsAHundredMegabytes();

private:
    QByteArray git(const std::string& folder, const QStringList& arguments, const QByteArray& input = {}) const;
    QString m_git;
};

namespace {

std::string reasonFor(const Document& document, const std::string& path)
{
    for (const SkippedPath& skipped : document.skipped)
        if (skipped.path == path)
            return skipped.reason;
    return "(read)";
}

std::vector<std::string> filesOf(const Document& document)
{
    std::vector<std::string> files;
    for (const FileMark& mark : document.files)
        files.push_back(mark.path);
    return files;
}

// Tokens as a greedy tokenizer might cut: runs of letters, single other bytes, two line ends as one.
std::vector<std::uint64_t> cutTokens(const std::string& text)
{
    std::vector<std::uint64_t> offsets;
    for (std::size_t at = 0; at < text.size();) {
        offsets.push_back(at);
        if (std::isalpha(static_cast<unsigned char>(text[at])))
            while (at < text.size() && std::isalpha(static_cast<unsigned char>(text[at])))
                ++at;
        else
            at += text.compare(at, 2, "\n\n") == 0 ? 2 : 1;
    }
    return offsets;
}

} // namespace

void TestRepositoryPack::initTestCase()
{
    for (const char* variable : {"HOME", "XDG_CONFIG_HOME"})
        qputenv(variable, "/nonexistent");
    qputenv("GIT_CONFIG_NOSYSTEM", "1");
    m_git = QStandardPaths::findExecutable("git");
}

QByteArray TestRepositoryPack::git(const std::string& folder, const QStringList& arguments, const QByteArray& input) const
{
    QProcess process;
    process.setWorkingDirectory(QString::fromStdString(folder));
    process.start(m_git, QStringList{"-c", "core.excludesFile=", "-c", "user.name=A", "-c", "user.email=a@x.org", "-c",
                                     "protocol.file.allow=always"} +
                             arguments);
    process.write(input);
    process.closeWriteChannel();
    process.waitForFinished();
    return process.readAllStandardOutput();
}

void TestRepositoryPack::changedFilesStandLast()
{
    if (m_git.isEmpty())
        QSKIP("There is no git here to make a repository with.");
    const FilesIn folder;
    for (const char* name : {"a.txt", "b.txt", "c.txt", "d/e.txt"})
        folder.write(std::string("r/") + name, "one\n");
    git(folder.path("r"), {"init", "-q"});
    git(folder.path("r"), {"add", "."});
    git(folder.path("r"), {"commit", "-qm", "1"});
    for (const char* name : {"a.txt", "a.txt", "d/e.txt"}) {
        std::ofstream(folder.path(std::string("r/") + name), std::ios::app) << "more\n";
        git(folder.path("r"), {"commit", "-qam", "more"});
    }
    const GitHistory history = readGitHistory(folder.path("r"), {});
    QVERIFY(history.known);
    QCOMPARE(history.changes.at("a.txt"), 3U);
    QCOMPARE(history.changes.at("d/e.txt"), 2U);
    const Result<Document> document = readDocument(folder.path("r"));
    QVERIFY(document);
    QCOMPARE(filesOf(*document), (std::vector<std::string>{"b.txt", "c.txt", "d/e.txt", "a.txt"}));
    QVERIFY(document->text.starts_with("Folder: r\n4 files; those that changed most stand last\n\n"));
    ReadOptions byName;
    byName.folder.changedLast = false;
    QCOMPARE(filesOf(*readDocument(folder.path("r"), byName)),
             (std::vector<std::string>{"a.txt", "b.txt", "c.txt", "d/e.txt"}));
    // Of a folder inside the repository, too.
    folder.write("r/d/f.txt", "never committed\n");
    QCOMPARE(filesOf(*readDocument(folder.path("r/d"))), (std::vector<std::string>{"f.txt", "e.txt"}));
}

void TestRepositoryPack::anEditLeavesTheTextBefore()
{
    const FilesIn folder;
    for (const char* name : {"a.txt", "b.txt", "c.txt"})
        folder.write(std::string("r/") + name, "one two three\n");
    const std::string before = readDocument(folder.path("r"))->text;
    folder.write("r/b.txt", "something much longer than what stood here\n");
    const std::string after = readDocument(folder.path("r"))->text;
    const auto differ = std::mismatch(before.begin(), before.end(), after.begin());
    QCOMPARE(std::size_t(differ.first - before.begin()), before.find("file: b.txt\n") + 12);
}

void TestRepositoryPack::readsSubmodules()
{
    if (m_git.isEmpty())
        QSKIP("There is no git here to make a repository with.");
    const FilesIn folder;
    folder.write("inner/code.c", "int inner;\n");
    folder.write("inner/.gitignore", "*.gen\n");
    folder.write("inner/x.gen", "generated\n");
    git(folder.path("inner"), {"init", "-q"});
    git(folder.path("inner"), {"add", "."});
    git(folder.path("inner"), {"commit", "-qm", "1"});
    // The outer repository's rules must not reach into the inner one.
    folder.write("r/.gitignore", "*.c\n");
    folder.write("r/top.txt", "outer\n");
    git(folder.path("r"), {"init", "-q"});
    git(folder.path("r"), {"submodule", "--quiet", "add", QString::fromStdString(folder.path("inner")), "lib"});
    folder.write("r/lib/y.gen", "generated\n");
    const Result<Document> document = readDocument(folder.path("r"));
    QVERIFY(document);
    const std::vector<std::string> files = filesOf(*document);
    QVERIFY(std::find(files.begin(), files.end(), "lib/code.c") != files.end());
    QCOMPARE(reasonFor(*document, "lib/y.gen"), std::string("ignored by .gitignore"));
    ReadOptions without;
    without.folder.submodules = false;
    QCOMPARE(reasonFor(*readDocument(folder.path("r"), without), "lib/"),
             std::string("a repository inside the repository"));
}

void TestRepositoryPack::keepsSecretsBack()
{
    const FilesIn folder;
    folder.write("a.txt", "text\n");
    folder.write(".env", "KEY=1\n");
    folder.write("deploy.py", "x = 1\ny = 2\nkey = 'AKIA" "QWERTYUIOP123456'\n");
    const Result<Document> document = readDocument(folder.path());
    QCOMPARE(filesOf(*document), std::vector<std::string>{"a.txt"});
    QCOMPARE(reasonFor(*document, ".env"), std::string("may hold secrets"));
    QCOMPARE(reasonFor(*document, "deploy.py"), std::string("may hold secrets: an AWS access key in line 3"));
    QVERIFY(document->text.find("QWERTY") == std::string::npos);
    ReadOptions all;
    all.folder.keepSecrets = true;
    QCOMPARE(readDocument(folder.path(), all)->files.size(), std::size_t(3));
}

void TestRepositoryPack::findsSecrets_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<bool>("found");
    QTest::newRow("private key") << QByteArray("-----BEGIN RSA PRIVATE " "KEY-----\nMII") << true;
    QTest::newRow("public key") << QByteArray("-----BEGIN PUBLIC KEY-----\nMII") << false;
    QTest::newRow("token") << QByteArray("token: gh" "p_") + QByteArray(36, 'a') << true;
    QTest::newRow("too short") << QByteArray("token: gh" "p_") + QByteArray(35, 'a') << false;
    QTest::newRow("inside a word") << QByteArray("xgh" "p_") + QByteArray(36, 'a') << false;
    QTest::newRow("speaks of it") << QByteArray("Tokens begin with gh" "p_ and keys with AKIA.") << false;
    QTest::newRow("second one") << QByteArray("AKIA short\nAK" "IAABCDEFGHIJKLMNOP") << true;
}

void TestRepositoryPack::findsSecrets()
{
    QFETCH(QByteArray, text);
    QFETCH(bool, found);
    QCOMPARE(findSecret(text.toStdString()).has_value(), found);
}

void TestRepositoryPack::numbersLines()
{
    const FilesIn folder;
    folder.write("p/a.txt", "one\n\nthree");
    ReadOptions options;
    options.folder.lineNumbers = true;
    const Result<Document> document = readDocument(folder.path("p"), options);
    QVERIFY2(document->text.ends_with("file: a.txt\n1: one\n2: \n3: three\n\n"), document->text.c_str());
    QCOMPARE(locationLabel(locate(*document, document->text.find("three"))), std::string("a.txt:3"));
}

void TestRepositoryPack::countsEqualTheTokensOfTheText()
{
    const FilesIn folder;
    std::mt19937 random(21);
    for (int i = 0; i < 60; ++i) {
        std::string text;
        for (unsigned words = 1 + random() % 200; words > 0; --words)
            text += random() % 7 == 0 ? "\n\n" : std::string(1 + random() % 9, char('a' + random() % 26)) + " ";
        folder.write("p/d" + std::to_string(i % 7) + "/e" + std::to_string(i % 3) + "/f" + std::to_string(i) + ".txt", text);
    }
    folder.write("p/.env", "x");
    const Result<Document> document = readDocument(folder.path("p"));
    QVERIFY(document);
    const std::vector<std::uint64_t> offsets = cutTokens(document->text);
    const std::vector<TokenNode> tree = tokenTree(*document, offsets);
    QCOMPARE(tree.front().tokens, std::uint64_t(offsets.size()));
    QCOMPARE(tree.front().files, 60U);
    std::uint64_t inFiles = 0;
    std::uint64_t inTopFolders = 0;
    for (const TokenNode& node : tree) {
        const bool isFolder = node.path.ends_with('/');
        if (!isFolder && !node.path.empty() && node.leftOut.empty()) {
            inFiles += node.tokens;
            // A count by hand: every token that begins in the file's block.
            const std::size_t begin = document->text.find(fileHeader(node.path));
            std::size_t end = document->text.find("file: ", begin + 1);
            while (end != std::string::npos && document->text[end - 1] != '\n')
                end = document->text.find("file: ", end + 1);
            const auto byHand = std::count_if(offsets.begin(), offsets.end(),
                                              [&](std::uint64_t o) { return o >= begin && o < end; });
            QCOMPARE(node.tokens, std::uint64_t(byHand));
        }
        inTopFolders += isFolder && node.depth == 1 ? node.tokens : 0;
    }
    const std::size_t head = document->text.find("file: ");
    const auto inHead = std::lower_bound(offsets.begin(), offsets.end(), head) - offsets.begin();
    QCOMPARE(inFiles + std::uint64_t(inHead), std::uint64_t(offsets.size()));
    QCOMPARE(inTopFolders, inFiles);
    const std::string shown = tokenTreeText(tree, true);
    QVERIFY(shown.find(".env  (may hold secrets)") != std::string::npos);
}

void TestRepositoryPack::leavesOutWhatIsUnchecked()
{
    const FilesIn folder;
    folder.write("p/a.txt", "one\n");
    folder.write("p/d/a.txt", "two\n");
    ReadOptions options;
    options.folder.leaveOut = {"a.txt"};
    const Result<Document> document = readDocument(folder.path("p"), options);
    QCOMPARE(filesOf(*document), std::vector<std::string>{"d/a.txt"});
    QCOMPARE(reasonFor(*document, "a.txt"), std::string("left out by you"));
}

void TestRepositoryPack::keepsPresets()
{
    const FilesIn folder;
    const std::string path = folder.path("config/presets.json");
    QVERIFY(loadPackPresets(path)->empty());
    PackPresets presets;
    presets["docs"].folder.include = {"*.md", "docs/"};
    presets["docs"].folder.useIgnoreFiles = false;
    presets["docs"].folder.lineNumbers = true;
    presets["docs"].budget = 12345;
    presets["all"].folder.keepSecrets = true;
    QVERIFY(savePackPresets(path, presets));
    const Result<PackPresets> read = loadPackPresets(path);
    QVERIFY(read);
    QCOMPARE(read->size(), std::size_t(2));
    QCOMPARE(read->at("docs").folder.include, presets["docs"].folder.include);
    QCOMPARE(read->at("docs").folder.useIgnoreFiles, false);
    QCOMPARE(read->at("docs").budget, std::uint64_t(12345));
    QVERIFY(read->at("all").folder.keepSecrets && !read->at("docs").folder.keepSecrets);
    folder.write("config/presets.json", "{\"a\": {\"include\": 3}}");
    const Result<PackPresets> damaged = loadPackPresets(path);
    QVERIFY(!damaged);
    QVERIFY(damaged.error().message.find("damaged") != std::string::npos);
}

// Row 16 of the faults: a repository whose configuration names programs to run.
void TestRepositoryPack::runsNothingOfTheRepository()
{
    if (m_git.isEmpty())
        QSKIP("There is no git here to make a repository with.");
    const FilesIn folder;
    const std::string marker = folder.path("marker");
    const std::string script = folder.write("evil.sh", "#!/bin/sh\ntouch " + marker + "\n");
    ::chmod(script.c_str(), 0755);
    folder.write("r/a.txt", "text\n");
    folder.write("r/.gitattributes", "*.txt filter=evil diff=evil\n");
    git(folder.path("r"), {"init", "-q"});
    git(folder.path("r"), {"add", "."});
    git(folder.path("r"), {"commit", "-qm", "1"});
    std::ofstream(folder.path("r/.git/config"), std::ios::app)
        << "[core]\n\tfsmonitor = " << script << "\n\tsshCommand = " << script << "\n\thooksPath = " << folder.path()
        << "\n[filter \"evil\"]\n\tclean = " << script << "\n\tsmudge = " << script << "\n\trequired\n[diff \"evil\"]\n\ttextconv = "
        << script << "\n\tcommand = " << script << "\n";
    folder.write("r/.git/hooks/post-checkout", "#!/bin/sh\ntouch " + marker + "\n");
    git(folder.path(), {"clone", "-q", "--bare", QString::fromStdString(folder.path("r")), QString::fromStdString(folder.path("r/buried"))});
    std::filesystem::remove(marker); // git itself ran it when it cloned
    std::ofstream(folder.path("r/a.txt"), std::ios::app) << "changed\n";
    const Result<Document> document = readDocument(folder.path("r"));
    QVERIFY2(document, document ? "" : document.error().message.c_str());
    QVERIFY(document->text.find("changed") != std::string::npos);
    QVERIFY(!std::filesystem::exists(marker));
}

// 300 paths under rules at every level: the same are left out as git leaves out.
void TestRepositoryPack::ignoresAsGitDoes()
{
    if (m_git.isEmpty())
        QSKIP("There is no git here to compare with.");
    const FilesIn folder;
    folder.write("r/.gitignore", "*.log\n!keep.log\n/build\nout/\n**/cache/*\n!**/cache/stay\ndoc/**/*.pdf\na?c.txt\n[xyz].md\n"
                                 "\\#hash\n trailing\\ \nfoo/*\n!foo/bar/\n*.t[!m]p\n/deep/**/end\nsp ace.txt\n");
    folder.write("r/d1/.gitignore", "!*.log\n*.txt\n!a1c.txt\nbuild/\n");
    folder.write("r/d1/d2/.gitignore", "*\n!.gitignore\n!*.md\n");
    folder.write("r/d3/.gitignore", "/only-here\nsub/\n!sub/x\n");
    git(folder.path("r"), {"init", "-q"});
    folder.write("r/.git/info/exclude", "*.bak\n!d1/*.bak\n");
    const std::vector<std::string> bases = {"", "d1/", "d1/d2/", "d3/", "d3/sub/", "doc/", "doc/a/b/", "foo/", "foo/bar/", "deep/x/y/", "cache/", "d1/cache/"};
    const std::vector<std::string> names = {"a.log", "keep.log", "build/o.txt", "out/x.c", "cache/stay", "m.pdf", "abc.txt", "a1c.txt", "x.md", "w.md",
                                            "#hash", "q.tmp", "q.txp", "end/z.c", "end", "only-here", "sp ace.txt", "f.bak", "x", "caché.log", "out", "build", "cache", "n.c", "UPPER.LOG", "trailing "};
    QByteArray input;
    std::vector<std::string> paths;
    for (const std::string& base : bases)
        for (const std::string& name : names) {
            const std::string path = "r/" + base + name;
            std::error_code error;
            std::filesystem::create_directories(std::filesystem::path(folder.path(path)).parent_path(), error);
            if (error || std::filesystem::exists(folder.path(path)))
                continue; // a file where a folder would be
            folder.write(path, "x\n");
            paths.push_back(base + name);
            input += QByteArray::fromStdString(base + name) + '\0';
        }
    QVERIFY2(paths.size() >= 240, qPrintable(QString::number(paths.size())));
    std::set<std::string> ignored;
    for (const QByteArray& path : git(folder.path("r"), {"check-ignore", "-z", "--stdin", "--no-index"}, input).split('\0'))
        ignored.insert(path.toStdString());
    ReadOptions options;
    options.folder.useDefaultExcludes = false;
    const Result<FolderListing> listing = listFolder(folder.path("r"), options);
    QVERIFY(listing);
    std::set<std::string> read;
    for (const FolderFile& file : listing->files)
        read.insert(file.path);
    QStringList wrong;
    for (const std::string& path : paths)
        if (read.contains(path) == ignored.contains(path))
            wrong << QString::fromStdString(path) + (ignored.contains(path) ? " (git ignores it)" : " (git keeps it)");
    QVERIFY2(wrong.isEmpty(), qPrintable(wrong.join(", ")));
    qInfo("%zu paths, %zu ignored by git and by us", paths.size(), ignored.size() - 1);
}

void TestRepositoryPack::packsAHundredMegabytes()
{
    const FilesIn folder;
    std::string line;
    for (int i = 0; i < 210; ++i)
        line += "    total += values[" + std::to_string(i) + "]; // and so on\n";
    for (int i = 0; i < 10'000; ++i)
        folder.write("r/part" + std::to_string(i / 200) + "/sub" + std::to_string(i % 10) + "/file" + std::to_string(i) + ".cc",
                     "// file " + std::to_string(i) + "\n" + line);
    ReadOptions options;
    options.folder.lineNumbers = true;
    QElapsedTimer timer;
    timer.start();
    const Result<Document> document = readDocument(folder.path("r"), options);
    const qint64 took = timer.elapsed();
    QVERIFY(document);
    QCOMPARE(document->files.size(), std::size_t(10'000));
    QVERIFY(document->bytesOnDisk > 80'000'000);
    qInfo("10,000 files, %.0f MB packed in %.1f s", double(document->bytesOnDisk) / 1e6, double(took) / 1000);
}

QTEST_APPLESS_MAIN(TestRepositoryPack)
#include "tst_repository_pack.moc"
