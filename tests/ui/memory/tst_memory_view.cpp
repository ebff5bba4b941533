// KV memory as values: table, history, ranges held.
#include "tests/ui/support/fake_engine.h"
#include "ui/memory/layer_bars.h"
#include "ui/state/memory_model.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

using namespace lectern;
using namespace lectern::test;

class TestMemory : public QObject {
    Q_OBJECT

private slots:
    void table()
    {
        MemoryModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QVERIFY(model.isEmpty());
        const KvUsage usage = longgenUsage(10'000, 12'000);
        model.setUsage(usage);
        QCOMPARE(model.rowCount(), kLayers);
        QCOMPARE(model.columnCount(), int(MemoryModel::kColumns));
        QCOMPARE(model.index(0, MemoryModel::Kind).data().toString(), "sink+window");
        QCOMPARE(model.index(5, MemoryModel::Kind).data().toString(), "full");
        QVERIFY(model.hasClass(HeadClass::Sink));
        QVERIFY(!model.hasClass(HeadClass::Strided));
        std::uint64_t sum = 0;
        for (const KvLayerUsage& layer : usage.layers)
            sum += layer.totalBytes();
        QCOMPARE(model.usage().bytes, sum); // what the view says is what is allocated
        QVERIFY(model.summary().contains("saved"));
        QCOMPARE(model.toCsv().count('\n'), kLayers + 1);
        model.clear();
        QVERIFY(model.isEmpty());
        QVERIFY(model.history().empty());
    }

    void history()
    {
        MemoryModel model;
        for (int position = 1; position <= 10'000; ++position)
            model.setUsage(longgenUsage(position, 12'000));
        QVERIFY(model.history().size() <= MemoryModel::kMaxPoints);
        QVERIFY(model.history().size() > MemoryModel::kMaxPoints / 4);
        QCOMPARE(model.history().back().position, 10'000);
        for (std::size_t i = 1; i < model.history().size(); ++i)
            QVERIFY(model.history()[i].position > model.history()[i - 1].position);
        const std::size_t before = model.history().size();
        model.setUsage(longgenUsage(10'000, 12'000)); // the same place: replaced
        QCOMPARE(model.history().size(), before);
        model.setUsage(longgenUsage(50, 12'000)); // another prompt
        QCOMPARE(model.history().size(), 1u);
    }

    void ranges()
    {
        const KvUsage usage = longgenUsage(10'000, 12'000);
        using Ranges = std::vector<std::pair<std::int64_t, std::int64_t>>;
        QCOMPARE(keptRanges(usage.layers[5], 10'000), (Ranges{{0, 10'000}}));
        QCOMPARE(keptRanges(usage.layers[0], 10'000), (Ranges{{0, kSink}, {10'000 - kWindow, 10'000}}));
        const KvUsage early = longgenUsage(100, 12'000);
        QCOMPARE(keptRanges(early.layers[0], 100), (Ranges{{0, 100}}));
        QVERIFY(keptRanges(KvLayerUsage{}, 0).empty());
    }

    void barsByKeyboard()
    {
        MemoryModel model;
        model.setUsage(longgenUsage(10'000, 12'000));
        LayerBars bars(model);
        bars.resize(500, 260);
        bars.show();
        QSignalSpy said(&bars, &LayerBars::readoutChanged);
        for (int i = 0; i < 6; ++i)
            QTest::keyClick(&bars, Qt::Key_Right);
        QCOMPARE(bars.currentLayer(), 5);
        QVERIFY(said.last().first().toString().startsWith("Layer 5 (full)"));
        QCOMPARE(bars.textTwin(), said.last().first().toString());
        QTest::keyClick(&bars, Qt::Key_Left);
        QCOMPARE(bars.currentLayer(), 4);
    }
};

QTEST_MAIN(TestMemory)
#include "tst_memory_view.moc"
