// What the recorder shows of attention, against probabilities worked out in float64.
#include "engine/run/attention_recorder.h"
#include "tests/support/attention_case.h"

#include <QtTest>

#include <cmath>
#include <numeric>

using namespace lectern;
using namespace lectern::test;

namespace {

using Ranges = std::vector<std::pair<std::int64_t, std::int64_t>>;

constexpr int kLayers = 2;

// 4/2 heads of 16: KV head 0 sees everything, KV head 1 a window.
AttentionCase twoKinds(int tokens, double sharpness, unsigned seed)
{
    return {{4, 2, 16}, {fullCase(), sinkBlocksCase(64, 64, 1)}, tokens, sharpness, seed};
}

// Reads the case through the recorder, as the same attention in both layers. The last `answers` chunks each
// give an answer token.
void record(AttentionCase& layer, const std::vector<int>& chunks, int answers, AttentionRecorder& recorder)
{
    ThreadPool pool(2);
    const int first = static_cast<int>(chunks.size()) - answers;
    int chunk = 0;
    layer.run(chunks, pool, true, [&](const AttentionJob& job, const std::vector<PageMass>& masses) {
        recorder.setFinalChunk(chunk++ >= first);
        for (int index = 0; index < kLayers; ++index)
            if (recorder.wants(index, job.tokens))
                recorder.onLayer({index, &layer.shape(), &job, &masses});
    });
}

bool inside(const Ranges& ranges, std::size_t position)
{
    return position >= 4 && std::any_of(ranges.begin(), ranges.end(), [&](const auto& range) {
               return std::int64_t(position) >= range.first && std::int64_t(position) < range.second;
           });
}

// One answer token's evidence: each full head's shares of the documents, times its largest.
struct Evidence {
    std::vector<double> mass;
    double weight = 0;
};

Evidence evidenceOf(const AttentionCase& layer, int position, const Ranges& ranges, std::size_t promptTokens)
{
    Evidence evidence{std::vector<double>(promptTokens, 0.0)};
    for (int head = 0; head < 2; ++head) { // the heads of the full KV head
        std::vector<double> p = layer.reference(head, position).probabilities;
        p.resize(promptTokens);
        for (std::size_t key = 0; key < promptTokens; ++key)
            p[key] = inside(ranges, key) ? p[key] : 0.0;
        const double peak = *std::max_element(p.begin(), p.end());
        evidence.weight += kLayers * peak;
        for (std::size_t key = 0; key < promptTokens; ++key)
            evidence.mass[key] += kLayers * peak * p[key];
    }
    return evidence;
}

} // namespace

class TestAttentionRecorder : public QObject {
    Q_OBJECT

private slots:
    void mapsAreProbabilities();
    void thumbnailsAreTheirRoots();
    void documentMassIsTheAnswersAttention();
    void nothingIsGatheredUnasked();
    void longTextsArePooled_data();
    void longTextsArePooled();
    void beginTextClears();
};

void TestAttentionRecorder::mapsAreProbabilities()
{
    AttentionCase layer = twoKinds(300, 2.0, 1);
    AttentionRecorder recorder(kLayers, 4);
    recorder.watch(true);
    recorder.beginText(300);
    record(layer, {128, 128, 44}, 0, recorder);
    const AttentionSnapshotPtr snapshot = recorder.snapshot({{0, 0}, {1, 3}, {2, 0}, {0, 4}, {-1, 0}});
    QCOMPARE(int(snapshot->maps.size()), 2); // heads that do not exist are left out
    QCOMPARE(snapshot->position, std::int64_t(299));
    QCOMPARE(snapshot->layers, kLayers);
    QCOMPARE(int(snapshot->thumbnails.size()), kLayers * 4);
    for (const AttentionMap& map : snapshot->maps) {
        QCOMPARE(map.rows, 5);
        QCOMPARE(map.cols, 5);
        QCOMPARE(map.tokensPerCol, std::int64_t(64));
        for (int row = 0; row < map.rows; ++row) {
            const int query = std::min(299, row * 64 + 63); // the last of its block
            const std::vector<double> p = layer.reference(map.head, query).probabilities;
            double sum = 0;
            for (int col = 0; col < map.cols; ++col) {
                double wanted = 0;
                for (int key = col * 64; key < std::min(int(p.size()), col * 64 + 64); ++key)
                    wanted += p[std::size_t(key)];
                const float cell = map.cells[std::size_t(row * map.cols + col)];
                QVERIFY(std::abs(cell - wanted) <= 1e-5);
                sum += cell;
            }
            QVERIFY(std::abs(sum - 1) <= 1e-5);
            QVERIFY(row == 0 || map.rowPosition[std::size_t(row)] > map.rowPosition[std::size_t(row - 1)]);
            QCOMPARE(map.rowPosition[std::size_t(row)] / 64, std::int64_t(query / 64));
        }
    }
    QVERIFY(recorder.snapshot({})->step > snapshot->step);
}

void TestAttentionRecorder::thumbnailsAreTheirRoots()
{
    AttentionCase layer = twoKinds(1300, 2.0, 2);
    AttentionRecorder recorder(kLayers, 4);
    recorder.watch(true);
    recorder.beginText(1300);
    record(layer, {640, 660}, 0, recorder);
    const AttentionSnapshotPtr snapshot = recorder.snapshot({});
    for (const AttentionThumbnail& thumbnail : snapshot->thumbnails) {
        QCOMPARE(thumbnail.side, 21);
        QCOMPARE(thumbnail.cells.size(), std::size_t(21 * 21));
        double sink = 0, local = 0, distant = 0;
        for (int row = 0; row < 21; ++row) {
            const int query = std::min(1299, row * 64 + 63);
            std::vector<double> pages(21, 0.0);
            const std::vector<double> p = layer.reference(thumbnail.head, query).probabilities;
            for (std::size_t key = 0; key < p.size(); ++key)
                pages[key / 64] += p[key];
            for (int col = 0; col < 21; ++col) {
                const double wanted = 255 * std::sqrt(pages[std::size_t(col)]);
                QVERIFY(std::abs(thumbnail.cells[std::size_t(row * 21 + col)] - wanted) <= 0.51);
                (row - col < 16 ? local : col == 0 ? sink : distant) += pages[std::size_t(col)] / 21;
            }
        }
        QVERIFY(std::abs(thumbnail.sinkMass - sink) <= 1e-5);
        QVERIFY(std::abs(thumbnail.localMass - local) <= 1e-5);
        QVERIFY(std::abs(thumbnail.distantMass - distant) <= 1e-5);
        // A window of one block has nothing between itself and the sink.
        QVERIFY(thumbnail.head < 2 ? distant > 0.01 : distant == 0);
    }
}

// The text has at most four pages, so that every page is looked at token by token.
void TestAttentionRecorder::documentMassIsTheAnswersAttention()
{
    for (unsigned seed = 0; seed < 12; ++seed) {
        std::mt19937 random(seed);
        const auto prompt = static_cast<int>(drawn(random, 20, 230));
        const auto answers = static_cast<int>(drawn(random, 1, 20));
        const std::int64_t border = drawn(random, 2, prompt - 4);
        const Ranges ranges =
            seed % 2 ? Ranges{{border, prompt - 2}} : Ranges{{0, border / 2}, {border, prompt}};
        AttentionCase layer = twoKinds(prompt + answers - 1, 3.0, seed);
        AttentionRecorder recorder(kLayers, 4);
        recorder.setDocumentRanges(ranges);
        recorder.beginText(prompt);
        std::vector<int> chunks(std::size_t(answers), 1);
        chunks.front() = prompt; // its last token gives the first answer token
        record(layer, chunks, answers, recorder);

        QCOMPARE(recorder.answerTokens(), answers);
        const std::vector<TokenSources> sources = recorder.snapshot({})->sources;
        QCOMPARE(int(sources.size()), answers);
        std::vector<double> wanted(std::size_t(prompt), 0.0);
        for (int i = 0; i < answers; ++i) {
            const Evidence evidence = evidenceOf(layer, prompt - 1 + i, ranges, std::size_t(prompt));
            QCOMPARE(sources[std::size_t(i)].position, std::int64_t(prompt - 1 + i));
            std::vector<double> blocks(sources[std::size_t(i)].blockMass.size(), 0.0);
            for (std::size_t key = 0; key < wanted.size(); ++key) {
                wanted[key] += evidence.mass[key];
                blocks.at(key / 64) += evidence.mass[key] / evidence.weight;
            }
            for (std::size_t block = 0; block < blocks.size(); ++block)
                QVERIFY(std::abs(sources[std::size_t(i)].blockMass[block] - blocks[block]) <= 1e-4);
        }
        const std::vector<float>& mass = recorder.documentMass();
        QCOMPARE(mass.size(), wanted.size());
        for (std::size_t key = 0; key < wanted.size(); ++key) {
            QVERIFY(std::abs(mass[key] - wanted[key]) <= 1e-4);
            QVERIFY(inside(ranges, key) || mass[key] == 0);
        }
    }
}

void TestAttentionRecorder::nothingIsGatheredUnasked()
{
    AttentionRecorder recorder(kLayers, 4);
    recorder.beginText(300);
    recorder.setFinalChunk(true);
    QVERIFY(!recorder.wants(0, 1));
    recorder.setDocumentRanges({{0, 100}});
    QVERIFY(recorder.wants(0, 1));
    recorder.setFinalChunk(false);
    QVERIFY(!recorder.wants(0, 512));
    recorder.watch(true);
    QVERIFY(recorder.wants(1, 512));
    recorder.watch(false);
    QVERIFY(!recorder.wants(1, 512));
    QVERIFY(recorder.snapshot({})->maps.empty());
}

void TestAttentionRecorder::longTextsArePooled_data()
{
    QTest::addColumn<int>("tokens");
    for (const int tokens : {1, 64, 65, 48 * 64, 49 * 64, 192 * 64, 193 * 64, 131072, 524288})
        QTest::addRow("%d tokens", tokens) << tokens;
}

// Masses made by hand: maps stay small, rows still sum to 1, and answers past the text's end do no harm.
void TestAttentionRecorder::longTextsArePooled()
{
    QFETCH(int, tokens);
    AttentionRecorder recorder(1, 2);
    recorder.watch(true);
    recorder.beginText(tokens);
    const HeadPages pages{HeadPattern(FullPattern{}), KvPageLayout{KvType::F16, 16}};
    const AttentionShape shape{2, 1, 16};
    std::mt19937 random(1);
    const auto record = [&](std::int64_t position) {
        AttentionJob job;
        job.firstPosition = position;
        job.tokens = 1;
        job.kv = {&pages};
        std::vector<PageMass> masses;
        for (int head = 0; head < 2; ++head) {
            PageMass mass{head, position, std::vector<float>(std::size_t(position / 64 + 1), 0.0f)};
            for (int i = 0; i < 10; ++i)
                mass.mass[std::size_t(drawn(random, 0, position / 64))] += 0.1f;
            masses.push_back(std::move(mass));
        }
        recorder.onLayer({0, &shape, &job, &masses});
    };
    for (std::int64_t position = 63; position < tokens; position += 64)
        record(position);
    for (int i = 0; i < 200; ++i)
        record(tokens - 1 + i);
    const AttentionSnapshotPtr snapshot = recorder.snapshot({{0, 0}, {0, 1}});
    for (const AttentionMap& map : snapshot->maps) {
        QVERIFY(map.cols >= 1 && map.cols <= 192 && map.rows <= map.cols);
        QVERIFY(map.cols * map.tokensPerCol >= tokens && (map.cols - 1) * map.tokensPerCol < tokens);
        for (int row = 0; row < map.rows; ++row) {
            const auto from = map.cells.begin() + row * map.cols;
            QVERIFY(std::abs(std::accumulate(from, from + map.cols, 0.0) - 1) <= 1e-4);
        }
    }
    for (const AttentionThumbnail& thumbnail : snapshot->thumbnails) {
        QVERIFY(thumbnail.side >= 1 && thumbnail.side <= kThumbnailSide);
        QCOMPARE(thumbnail.cells.size(), std::size_t(thumbnail.side * thumbnail.side));
        QVERIFY(std::abs(thumbnail.sinkMass + thumbnail.localMass + thumbnail.distantMass - 1) <= 1e-4);
        // Causal: nothing above the diagonal.
        for (int row = 0; row < thumbnail.side; ++row)
            for (int col = row + 1; col < thumbnail.side; ++col)
                QCOMPARE(int(thumbnail.cells[std::size_t(row * thumbnail.side + col)]), 0);
    }
}

void TestAttentionRecorder::beginTextClears()
{
    AttentionCase layer = twoKinds(200, 2.0, 3);
    AttentionRecorder recorder(kLayers, 4);
    recorder.watch(true);
    recorder.setDocumentRanges({{0, 200}});
    recorder.beginText(200);
    record(layer, {200}, 1, recorder);
    QVERIFY(recorder.snapshot({{0, 0}})->maps[0].rows > 0);
    QVERIFY(*std::max_element(recorder.documentMass().begin(), recorder.documentMass().end()) > 0);
    recorder.beginText(100);
    QCOMPARE(recorder.snapshot({{0, 0}})->maps[0].rows, 0);
    QCOMPARE(recorder.documentMass(), std::vector<float>(100, 0.0f));
    QCOMPARE(recorder.answerTokens(), 0);
    QVERIFY(recorder.snapshot({})->sources.empty());
}

QTEST_GUILESS_MAIN(TestAttentionRecorder)
#include "tst_attention_recorder.moc"
