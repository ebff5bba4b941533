// DuoAttention on the recall model, whose heads that look back are known: a pattern that marks them as
// retrieval heads finds a needle anywhere, one that marks all others loses it.
#include "app/worker/needle_grid.h"
#include "tests/app/worker/bench_fixture.h"

#include <QTemporaryDir>
#include <QTest>

using namespace lectern;
using namespace lectern::test;

class TestDuoNeedle : public QObject {
    Q_OBJECT

private slots:
    void initTestCase();
    void grid_data();
    void grid();

private:
    std::string pattern(const char* name, int layer, double gate, double others);
    QTemporaryDir m_folder;
    std::shared_ptr<const LoadedModel> m_model;
    std::shared_ptr<ThreadPool> m_pool;
};

// A pattern folder in which both heads of `layer` have a gate of their own.
std::string TestDuoNeedle::pattern(const char* name, int layer, double gate, double others)
{
    QDir folder(m_folder.path());
    folder.mkdir(name);
    QFile file(folder.filePath(QString::fromLatin1(name) + "/full_attention_heads.tsv"));
    if (!file.open(QIODevice::WriteOnly))
        return {};
    for (int row = 0; row < m_model->model()->spec().layers; ++row) {
        const QByteArray number = QByteArray::number(row == layer ? gate : others);
        file.write(number + '\t' + number + '\n');
    }
    return folder.filePath(name).toStdString();
}

void TestDuoNeedle::initTestCase()
{
    auto model = LoadedModel::open(bundled("lectern-recall.gguf"));
    QVERIFY2(model, model ? "" : model.error().message.c_str());
    m_model = *model;
    m_pool = std::make_shared<ThreadPool>(2);
}

void TestDuoNeedle::grid_data()
{
    QTest::addColumn<bool>("marksInduction");
    QTest::addColumn<QString>("options");
    QTest::addColumn<bool>("found"); // in the middle
    // 2 of 12 heads full, or 10 of 12.
    QTest::newRow("retrieval heads, exact window") << true << "sparsity=0.9,recent=128" << true;
    QTest::newRow("retrieval heads, chunk by chunk")
        << true << "sparsity=0.9,recent=128,prefill=chunk,chunk=200" << true;
    QTest::newRow("all others, exact window") << false << "sparsity=0.15,recent=128" << false;
    QTest::newRow("all others, chunk by chunk")
        << false << "sparsity=0.15,recent=128,prefill=chunk,chunk=200" << false;
}

void TestDuoNeedle::grid()
{
    QFETCH(bool, marksInduction);
    QFETCH(QString, options);
    QFETCH(bool, found);
    const int inductionLayer = 3; // resources/models/recall_layout.h
    const std::string folder =
        marksInduction ? pattern("right", inductionLayer, 1, 0) : pattern("wrong", inductionLayer, 0, 1);
    NeedleSettings settings;
    settings.contexts = {1100};
    settings.depths = {0.5, 1.0};
    settings.plans = {"duo:" + folder + "," + options.toStdString()};
    const auto cells = runNeedleGrid(*m_model, m_pool, settings, {}, CancelToken());
    QVERIFY2(cells, cells ? "" : cells.error().message.c_str());
    QVERIFY2(((*cells)[0].passed == 1) == found, (*cells)[0].answer.c_str());
    QVERIFY2((*cells)[1].passed == 1, (*cells)[1].answer.c_str()); // near the end every head sees it
}

QTEST_GUILESS_MAIN(TestDuoNeedle)
#include "tst_duo_needle.moc"
