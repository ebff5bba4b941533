// Small JSON files as trees: size and depth are bounded, damage is an error.
#include "engine/format/json_tree.h"

#include <QElapsedTimer>
#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

using namespace lectern;

class TestJsonTree : public QObject {
    Q_OBJECT

private slots:
    void depthIsBounded();
    void bracketsInTextsDoNotCount();
    void damageIsSaid();
    void filesAreBounded();
};

void TestJsonTree::depthIsBounded()
{
    const auto nested = [](int depth) {
        return std::string(std::size_t(depth), '[') + std::string(std::size_t(depth), ']');
    };
    QVERIFY(parseJsonTree(nested(kMaxJsonTreeDepth), "t"));
    QElapsedTimer timer;
    timer.start();
    for (const int depth : {kMaxJsonTreeDepth + 1, 500, 10'000'000}) {
        const auto tree = parseJsonTree(nested(depth), "config.json");
        QVERIFY(!tree && tree.error().message.find("config.json") != std::string::npos);
    }
    QVERIFY(timer.elapsed() < 1000);
}

void TestJsonTree::bracketsInTextsDoNotCount()
{
    const std::string text = "{\"a\":\"" + std::string(1000, '[') + "\\\"" + std::string(1000, '{') + "\"}";
    const auto tree = parseJsonTree(text, "t");
    QVERIFY(tree);
    QCOMPARE(tree->at("a").get<std::string>().size(), std::size_t{2001});
}

void TestJsonTree::damageIsSaid()
{
    for (const char* text : {"", "{", "{]", "[1,]", "nul", "\"\xff\"", "{} x", "1e999999"}) {
        const auto tree = parseJsonTree(text, "config.json");
        QVERIFY2(!tree, text);
        QVERIFY(tree.error().code == ErrorCode::BadInput && !tree.error().hint.empty());
    }
}

void TestJsonTree::filesAreBounded()
{
    QTemporaryDir folder;
    QFile file(folder.filePath("config.json"));
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write("{\"a\": 1}") == 8);
    file.close();
    const std::string path = file.fileName().toStdString();
    QVERIFY(readJsonTree(path, 8));
    QVERIFY(!readJsonTree(path, 7));
    const auto absent = readJsonTree(path + "x", 8);
    QVERIFY(!absent && absent.error().code == ErrorCode::NotFound);
}

QTEST_GUILESS_MAIN(TestJsonTree)
#include "tst_json_tree.moc"
