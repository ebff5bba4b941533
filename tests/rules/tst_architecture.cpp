// The architecture as a test: who includes whom, how long things are, and what must not be where. A failure
// lists every place that breaks the rule.
#include "tests/rules/folder_table.h"
#include "tests/rules/source_scan.h"

#include <QDir>
#include <QRegularExpression>
#include <QSet>
#include <QtTest>

using namespace lectern::test;

namespace {

const QString kRoot = QStringLiteral(LECTERN_SOURCE_DIR);
constexpr int kMostFileLines = 400;
constexpr int kMostFunctionLines = 80;
constexpr int kMostKernelLines = 120;

// "engine/kv" for "engine/kv/kv_cache.h".
QString folderOf(const QString& path)
{
    SourceFile file;
    file.path = path;
    return file.folder();
}

bool ofThisHouse(const QString& include)
{
    static const QRegularExpression ours(QStringLiteral("^(engine|app|ui|tests|resources)/"));
    return ours.match(include).hasMatch();
}

// Calls that end the process; calls of members and declarations are let be.
const QRegularExpression& endings()
{
    static const QRegularExpression pattern(QStringLiteral(
        "(?<![\\w.>:])(?<![&*>] )((?:std::|::)?(?:abort|exit|_exit|_Exit|quick_exit|terminate|assert|qFatal|"
        "Q_ASSERT(?:_X)?|Q_UNREACHABLE|__builtin_trap|__builtin_unreachable)\\s*\\()"));
    return pattern;
}

void report(const QStringList& wrong, const char* rule)
{
    if (!wrong.isEmpty())
        QFAIL(qPrintable(
            QStringLiteral("%1\n  %2").arg(QLatin1String(rule), wrong.join(QStringLiteral("\n  ")))));
}

} // namespace

class TestArchitecture : public QObject {
    Q_OBJECT

private slots:
    void initTestCase();
    void scannerReadsCode();
    void scannerFindsFunctions();
    void endingsAreFound();
    void includesFollowTheTable();
    void noFoldersIncludeEachOther();
    void engineKnowsNoQt();
    void appKnowsNoWidgets();
    void filesAreShort();
    void functionsAreShort();
    void sqlStaysInTheStore();
    void nothingEndsTheProcess();
    void engineDoesNotThrow();

private:
    QStringList matches(const QList<SourceFile>& files, const QRegularExpression& pattern) const;
    QList<SourceFile> m_engine, m_app, m_ui, m_all;
};

void TestArchitecture::initTestCase()
{
    m_engine = scanFolder(kRoot, QStringLiteral("engine"));
    m_app = scanFolder(kRoot, QStringLiteral("app"));
    m_ui = scanFolder(kRoot, QStringLiteral("ui"));
    m_all = m_engine + m_app + m_ui;
    QVERIFY(m_engine.size() > 50);
    QVERIFY(!m_app.isEmpty());
}

QStringList TestArchitecture::matches(const QList<SourceFile>& files, const QRegularExpression& pattern) const
{
    QStringList found;
    for (const SourceFile& file : files) {
        for (auto it = pattern.globalMatch(file.code); it.hasNext();) {
            const QRegularExpressionMatch match = it.next();
            found << file.placeOf(match.capturedStart(1)) + u' ' + match.captured(1);
        }
    }
    return found;
}

void TestArchitecture::scannerReadsCode()
{
    const SourceFile file = scanSource(
        QStringLiteral("engine/kernels/cpu/x.cpp"),
        QStringLiteral("#include \"engine/base/error.h\" // why\n"
                       "#  include <vector>\n"
                       "/* throw\n abort() */ int a = 1'000; char b = '\"';\n"
                       "auto c = \"throw \\\" x\"; auto d = R\"sql(SELECT ')\" \n)sql\"; throw 1;"));
    QCOMPARE(file.folder(), QStringLiteral("engine/kernels"));
    QCOMPARE(file.lines, 6);
    QCOMPARE(file.quoted, QStringList{QStringLiteral("engine/base/error.h")});
    QCOMPARE(file.angled, QStringList{QStringLiteral("vector")});
    QCOMPARE(int(file.code.count(QStringLiteral("throw"))), 1);
    QVERIFY(!file.code.contains(QStringLiteral("abort")));
    QVERIFY(file.code.contains(QStringLiteral("1'000")));
    QVERIFY(file.literals.contains(QStringLiteral("SELECT ')\" \n")));
    QCOMPARE(file.placeOf(file.code.indexOf(QStringLiteral("throw"))),
             QStringLiteral("engine/kernels/cpu/x.cpp:6"));
}

void TestArchitecture::scannerFindsFunctions()
{
    const SourceFile file =
        scanSource(QStringLiteral("app/x.cpp"), QStringLiteral("namespace a {\n"
                                                               "struct S {\n"
                                                               "    int f() const { return 1; }\n"
                                                               "};\n"
                                                               "const int table[] = {\n"
                                                               "    1,\n"
                                                               "};\n"
                                                               "S::S(int n)\n"
                                                               "    : m_n(n)\n"
                                                               "{\n"
                                                               "    if (n) { auto l = [] { };\n"
                                                               "    }\n"
                                                               "}\n"
                                                               "#define X() {\n"
                                                               "}\n"));
    const QList<FunctionSpan> functions = functionsOf(file);
    QCOMPARE(int(functions.size()), 2);
    QCOMPARE(functions[0].lines, 1);
    QCOMPARE(functions[1].firstLine, 8);
    QCOMPARE(functions[1].lines, 6);
}

void TestArchitecture::endingsAreFound()
{
    for (const char* line : {"abort();", "std::exit(1);", "else ::abort ();", "return exit(2);", "assert(x);",
                             "{_exit(1);", "Q_ASSERT_X(a, b, c)"})
        QVERIFY2(endings().match(QString::fromLatin1(line)).hasMatch(), line);
    for (const char* line : {"static_assert(x);", "loop.exit();", "thread->exit(0);", "QThread::exit();",
                             "on_exit(x)", "std::jmp_buf& exit() {", "exitCode(1)"})
        QVERIFY2(!endings().match(QString::fromLatin1(line)).hasMatch(), line);
}

void TestArchitecture::includesFollowTheTable()
{
    QStringList wrong;
    for (const SourceFile& file : m_all) {
        const FolderRow* row = folderRow(file.folder());
        if (!row) {
            wrong << file.path + QStringLiteral(": its folder has no row in tests/rules/folder_table.h");
            continue;
        }
        for (const QString& include : file.quoted) {
            if (include.endsWith(QLatin1String(".moc")))
                continue;
            if (!ofThisHouse(include))
                wrong << file.path + QStringLiteral(" includes \"") + include +
                             QStringLiteral("\" not from the root");
            else if (!mayInclude(*row, file.folder(), folderOf(include)))
                wrong << file.path + QStringLiteral(" includes ") + include;
        }
    }
    report(wrong, "Includes that the table of folders does not allow:");
}

void TestArchitecture::noFoldersIncludeEachOther()
{
    QSet<std::pair<QString, QString>> edges;
    for (const SourceFile& file : m_all)
        for (const QString& include : file.quoted)
            if (ofThisHouse(include) && folderOf(include) != file.folder())
                edges.insert({file.folder(), folderOf(include)});
    QStringList wrong;
    for (const auto& [from, to] : edges)
        if (from < to && edges.contains({to, from}))
            wrong << from + QStringLiteral(" and ") + to;
    wrong.sort();
    report(wrong, "Folders that include each other:");
}

void TestArchitecture::engineKnowsNoQt()
{
    QStringList wrong;
    static const QRegularExpression qt(QStringLiteral("^Q[A-Z]|^Qt"));
    for (const SourceFile& file : m_engine)
        for (const QString& include : file.angled)
            if (qt.match(include).hasMatch())
                wrong << file.path + QStringLiteral(" includes <") + include + u'>';
    QDirIterator lists(kRoot + QStringLiteral("/engine"), {QStringLiteral("CMakeLists.txt")}, QDir::Files,
                       QDirIterator::Subdirectories);
    while (lists.hasNext()) {
        QFile list(lists.next());
        if (list.open(QIODevice::ReadOnly) && list.readAll().contains("Qt"))
            wrong << list.fileName().mid(kRoot.size() + 1) + QStringLiteral(" names Qt");
    }
    report(wrong, "The engine must not know Qt:");
}

void TestArchitecture::appKnowsNoWidgets()
{
    const QDir widgets(QStringLiteral(LECTERN_QT_WIDGETS_HEADERS));
    QVERIFY2(widgets.exists(QStringLiteral("QWidget")), "the folder of Qt's widget headers is not known");
    QStringList wrong;
    for (const SourceFile& file : m_app)
        for (const QString& include : file.angled)
            if (file.path != QLatin1String("app/main.cpp") &&
                (include.startsWith(QLatin1String("QtWidgets")) || widgets.exists(include)))
                wrong << file.path + QStringLiteral(" includes <") + include + u'>';
    report(wrong, "Only ui/ and app/main.cpp may use widgets:");
}

void TestArchitecture::filesAreShort()
{
    QStringList wrong;
    for (const SourceFile& file :
         m_all + scanFolder(kRoot, QStringLiteral("tests")) + scanFolder(kRoot, QStringLiteral("resources")))
        if (file.lines > kMostFileLines)
            wrong << QStringLiteral("%1: %2 lines").arg(file.path).arg(file.lines);
    report(wrong, "Files over 400 lines:");
}

void TestArchitecture::functionsAreShort()
{
    QStringList wrong;
    int seen = 0;
    for (const SourceFile& file : m_all + scanFolder(kRoot, QStringLiteral("tests")) +
                                      scanFolder(kRoot, QStringLiteral("resources"))) {
        const int most =
            file.folder() == QLatin1String("engine/kernels") ? kMostKernelLines : kMostFunctionLines;
        for (const FunctionSpan& function : functionsOf(file)) {
            ++seen;
            if (function.lines > most)
                wrong << QStringLiteral("%1:%2: %3 lines: %4")
                             .arg(file.path)
                             .arg(function.firstLine)
                             .arg(function.lines)
                             .arg(function.header.left(70));
        }
    }
    QVERIFY(seen > 500);
    report(wrong, "Functions over 80 lines (kernels: 120):");
}

void TestArchitecture::sqlStaysInTheStore()
{
    static const QRegularExpression sql(
        QStringLiteral("\\b(SELECT\\s.+\\sFROM\\s|INSERT\\s+(OR\\s+\\w+\\s+)?INTO\\s|UPDATE\\s+\\w+\\s+"
                       "SET\\s|DELETE\\s+FROM\\s|"
                       "CREATE\\s+(TABLE|INDEX|TRIGGER|VIEW|VIRTUAL)\\s|PRAGMA\\s+\\w)"),
        QRegularExpression::DotMatchesEverythingOption);
    static const QRegularExpression header(QStringLiteral("^(SQLiteCpp/|sqlite3|QSql|QtSql)"));
    QStringList wrong;
    int inTheStore = 0;
    for (const SourceFile& file : m_all) {
        const bool store = file.folder() == QLatin1String("app/session");
        for (const QString& literal : file.literals)
            if (sql.match(literal).hasMatch())
                store ? void(++inTheStore)
                      : void(wrong << file.path + QStringLiteral(": ") + literal.simplified().left(60));
        for (const QString& include : file.angled)
            if (!store && header.match(include).hasMatch())
                wrong << file.path + QStringLiteral(" includes <") + include + u'>';
    }
    QVERIFY(inTheStore > 0);
    report(wrong, "SQL outside app/session:");
}

// What a person's file, model or disk does must not end the program.
void TestArchitecture::nothingEndsTheProcess()
{
    report(matches(m_all, endings()), "What ends the process:");
}

void TestArchitecture::engineDoesNotThrow()
{
    static const QRegularExpression throws(QStringLiteral("\\b(throw)\\b"));
    report(matches(m_engine, throws), "The engine must not throw:");
}

QTEST_GUILESS_MAIN(TestArchitecture)
#include "tst_architecture.moc"
