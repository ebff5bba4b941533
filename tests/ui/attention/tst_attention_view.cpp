// Attention as values: order, scale, cells, and the pictures made of them.
#include "tests/ui/support/fake_engine.h"
#include "ui/state/attention_model.h"
#include "ui/attention/head_atlas.h"
#include "ui/attention/heat_map.h"
#include "ui/attention/source_strip.h"
#include "ui/common/color_map.h"

#include <QImage>
#include <QSignalSpy>
#include <QTest>

using namespace lectern;
using namespace lectern::test;

class TestAttention : public QObject {
    Q_OBJECT

private slots:
    void scales()
    {
        for (const HeatRange range : {HeatRange::Linear, HeatRange::SquareRoot, HeatRange::Logarithmic}) {
            const HeatScale scale{range, 0.2};
            QCOMPARE(scale.shade(0.2), 1.0);
            QCOMPARE(scale.shade(5.0), 1.0);
            QCOMPARE(scale.shade(0), 0.0);
            QCOMPARE(scale.shade(-1), 0.0);
            double last = -1;
            for (double mass = 1e-6; mass <= 0.2; mass *= 1.7) {
                QVERIFY(scale.shade(mass) >= last);
                last = scale.shade(mass);
                if (last > 0 && last < 1)
                    QVERIFY(qAbs(scale.massAt(last) - mass) < 1e-9);
            }
        }
    }

    void headsInOrder()
    {
        AttentionModel model;
        QVERIFY(model.isEmpty());
        QVERIFY(!model.farthestLooking().isValid());
        model.setSnapshot(madeSnapshot(1, 4096, 0, 0.5, {{2, 1}}));
        QCOMPARE(model.orderedHeads().size(), std::size_t(kLayers * kHeads));
        QCOMPARE(model.orderedHeads()[kHeads], (HeadChoice{1, 0}));
        model.setOrder(HeadOrder::ByDistantMass);
        float last = 2;
        for (const HeadChoice head : model.orderedHeads()) {
            const float mass = model.thumbnail(head)->distantMass;
            QVERIFY(mass <= last);
            last = mass;
        }
        QCOMPARE(model.thumbnail(model.farthestLooking())->distantMass,
                 model.thumbnail(model.orderedHeads().front())->distantMass);
        QVERIFY(model.map({2, 1}));
        QVERIFY(!model.map({2, 2}));
        QVERIFY(!model.thumbnail({99, 0}));
    }

    void pause()
    {
        AttentionModel model;
        model.setSnapshot(madeSnapshot(1, 4096, 0, 0.5, {}));
        model.setPaused(true);
        model.setSnapshot(madeSnapshot(2, 4096, 0, 0.5, {}));
        model.setSnapshot(madeSnapshot(3, 4096, 0, 0.5, {}));
        QCOMPARE(model.snapshot()->step, 1);
        model.setPaused(false);
        QCOMPARE(model.snapshot()->step, 3);
    }

    void damagedSnapshotsAreLeftOut()
    {
        auto snapshot = std::make_shared<AttentionSnapshot>();
        snapshot->layers = 2;
        snapshot->heads = 2;
        snapshot->thumbnails.resize(3); // one short, and without cells
        snapshot->maps.push_back({0, 0, 4, 4, 64, {1, 2, 3, 4}, {0.5F}});
        AttentionModel model;
        model.setSnapshot(snapshot);
        QVERIFY(!model.thumbnail({0, 0}));
        QVERIFY(!model.thumbnail({1, 1}));
        QVERIFY(!model.map({0, 0}));
        Selection selection;
        HeadAtlas atlas(model, selection);
        atlas.resize(300, 300);
        atlas.grab();
        HeatMap map(model, selection);
        selection.setHead({0, 0});
        map.resize(300, 300);
        map.grab();
    }

    void cells()
    {
        const AttentionMap map{0, 0, 2, 3, 64, {63, 191}, {1, 0, 0, 0.25F, 0.5F, 0.25F}};
        const HeatCell cell = cellOf(map, 1, 2);
        QCOMPARE(cell.query, 191);
        QCOMPARE(cell.keyBegin, 128);
        QCOMPARE(cell.keyEnd, 192);
        QCOMPARE(cell.mass, 0.25);
        QVERIFY(isAhead(map, 0, 1));
        QVERIFY(!isAhead(map, 1, 2));
        QCOMPARE(fittingTop(map, true), 0.25); // two cells: the lower one is below the share
        QCOMPARE(fittingTop({}, false), 1e-6);
    }

    void heatWindow()
    {
        const HeatWindow all{0, 0, 400, 400};
        const HeatWindow near = all.zoomed(2, 0.5, 0.5, 400, 400);
        QCOMPARE(near.left, 100.0);
        QCOMPARE(near.width, 200.0);
        QCOMPARE(near.zoomed(0.01, 0.2, 0.9, 400, 400).width, 400.0);
        QCOMPARE(near.panned(-9, 9, 400, 400).left, 0.0);
        QCOMPARE(near.panned(-9, 9, 400, 400).top, 200.0);
        QVERIFY(all.zoomed(1e9, 0, 0, 400, 400).width >= 4);
        QCOMPARE(HeatWindow({0, 0, 2, 2}).zoomed(4, 0.5, 0.5, 2, 2).width, 2.0); // smaller than any zoom
    }

    void thumbnailPictures()
    {
        const auto snapshot = madeSnapshot(1, 4096, 0, 0.5, {});
        const AttentionThumbnail& thumbnail = snapshot->thumbnails[0];
        const QImage image = thumbnailImage(thumbnail, qRgb(1, 2, 3));
        QCOMPARE(image.size(), QSize(kThumbnailSide, kThumbnailSide));
        QCOMPARE(image.pixel(20, 10), qRgb(1, 2, 3));
        QCOMPARE(image.pixel(10, 20), heatColors()[thumbnail.cells[20 * kThumbnailSide + 10]]);
    }

    void atlasByMouseAndKeyboard()
    {
        AttentionModel model;
        Selection selection;
        HeadAtlas atlas(model, selection);
        model.setSnapshot(madeSnapshot(1, 4096, 0, 0.5, {}));
        atlas.resize(500, atlas.heightForWidth(500));
        atlas.show();
        int reachable = 0;
        HeadChoice last;
        for (int y = 0; y < atlas.height(); y += 5)
            for (int x = 0; x < atlas.width(); x += 5)
                if (const HeadChoice head = atlas.headAt({x, y}); head.isValid() && !(head == last)) {
                    last = head;
                    ++reachable;
                    QTest::mouseClick(&atlas, Qt::LeftButton, Qt::NoModifier, {x, y});
                    QCOMPARE(selection.head(), head);
                }
        QVERIFY(reachable >= kLayers * kHeads);
        selection.setHead({0, 0});
        QTest::keyClick(&atlas, Qt::Key_Right);
        QCOMPARE(selection.head(), (HeadChoice{1, 0}));
        QTest::keyClick(&atlas, Qt::Key_Down);
        QCOMPARE(selection.head(), (HeadChoice{1, 1}));
        QTest::keyClick(&atlas, Qt::Key_Up);
        QTest::keyClick(&atlas, Qt::Key_Up); // at the edge: stays
        QCOMPARE(selection.head(), (HeadChoice{1, 0}));
        QVERIFY(atlas.textTwin().startsWith("Layer 1, head 0"));
    }

    void heatMapReadout()
    {
        AttentionModel model;
        Selection selection;
        HeatMap map(model, selection);
        map.resize(500, 400);
        map.show();
        QSignalSpy said(&map, &HeatMap::readoutChanged);
        QTest::keyClick(&map, Qt::Key_Right); // nothing there yet
        QCOMPARE(said.count(), 0);
        selection.setHead({2, 1});
        const auto snapshot = madeSnapshot(1, 4096, 0, 0.5, {{2, 1}});
        model.setSnapshot(snapshot);
        map.setSinkHidden(false);
        QTest::keyClick(&map, Qt::Key_Down);
        QTest::keyClick(&map, Qt::Key_Down);
        const HeatCell cell = cellOf(snapshot->maps[0], 1, 0);
        QVERIFY(said.last().first().toString().contains(QString::number(cell.query)));
        QVERIFY(map.textTwin().contains(said.last().first().toString()));
        for (const HeatRange range : {HeatRange::Linear, HeatRange::Logarithmic}) {
            map.setRange(range);
            map.grab();
        }
        for (const Qt::Key key : {Qt::Key_Plus, Qt::Key_Plus, Qt::Key_Minus, Qt::Key_0})
            QTest::keyClick(&map, key);
        model.setSnapshot(madeSnapshot(2, 9000, 0, 0.5, {{2, 1}})); // grows under the cursor
        map.grab();
        model.setSnapshot(nullptr);
        map.grab();
    }

    void sourcesChooseATokenOnce()
    {
        AttentionModel model;
        Selection selection;
        SourceStrip strip(model, selection);
        strip.resize(400, 140);
        strip.show();
        strip.grab();
        model.setSnapshot(madeSnapshot(1, 4096, 5, 0.5, {}));
        QTest::keyClick(&strip, Qt::Key_Down);
        QTest::keyClick(&strip, Qt::Key_Down);
        QCOMPARE(selection.answerToken(), 1);
        QVERIFY(strip.textTwin().contains("Answer token 2"));
        QTest::keyClick(&strip, Qt::Key_Home);
        QCOMPARE(selection.answerToken(), -1);
        for (int i = 0; i < 9; ++i)
            QTest::keyClick(&strip, Qt::Key_Down);
        QCOMPARE(selection.answerToken(), 4);
        strip.grab();
    }
};

QTEST_MAIN(TestAttention)
#include "tst_attention_view.moc"
