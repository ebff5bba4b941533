// Whether a question fits is known before anything is read, and every choice offered really fits.
#include "app/worker/changed_sources.h"
#include "app/worker/fit.h"
#include "tests/app/worker/bench_fixture.h"

#include <fstream>
#include <QTest>
#include <unistd.h>

using namespace lectern;
using namespace lectern::test;

namespace {

constexpr std::uint64_t kPlenty = std::uint64_t(1) << 50;

std::string sentences(int count)
{
    std::string text;
    for (int i = 0; i < count; ++i)
        text += "The code of gate " + std::to_string(i) + " is " + std::to_string(i * 7) + ". ";
    return text;
}

Document documentOf(std::string text, std::int64_t id, const std::string& name = "d")
{
    Document document;
    document.id = DocumentId(id);
    document.name = name;
    document.text = std::move(text);
    return document;
}

} // namespace

class TestFit : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void countsAreThoseOfThePrompt();
    void offersPlansAndTypesForMemory();
    void offersPages();
    void offersDocuments();
    void offersFiles();
    void asksBeforeReadingAgain();

private:
    Result<FitReport> fit(const std::vector<Document>& documents, EngineSettings settings = {},
                          std::uint64_t available = kPlenty) const
    {
        const auto prompt = makeReadingPrompt(*m_model, documents, {}, "Which code?");
        if (!prompt)
            return failed(prompt);
        return measureFit(*m_model, settings, *prompt, documents, 64, available);
    }
    // The choice of this kind; the default where there is none.
    static FitChoice choice(const FitReport& report, FitChoice::Kind kind)
    {
        for (const FitChoice& candidate : report.choices)
            if (candidate.kind == kind)
                return candidate;
        return {};
    }

    BenchFixture m_fixture;
    std::shared_ptr<const LoadedModel> m_model;
    std::int64_t m_context = 0;
};

void TestFit::initTestCase()
{
    QCOMPARE(m_fixture.open("lectern-mini.gguf"), std::string());
    m_model = m_fixture.bench->model();
    m_context = m_model->model()->spec().contextLength;
}

void TestFit::countsAreThoseOfThePrompt()
{
    const std::vector<Document> documents = {documentOf(sentences(50), 1), documentOf(sentences(20), 2)};
    const auto report = fit(documents);
    QVERIFY2(report, report ? "" : report.error().message.c_str());
    QVERIFY(report->fits());
    QVERIFY(report->choices.empty());
    const auto prompt = makeReadingPrompt(*m_model, documents, {}, "Which code?");
    QCOMPARE(report->promptTokens, std::int64_t(prompt->ids.size()));
    QVERIFY(report->documentTokens[0] > 2 * report->documentTokens[1]);
    QVERIFY(report->documentTokens[0] + report->documentTokens[1] < report->promptTokens);
}

void TestFit::offersPlansAndTypesForMemory()
{
    EngineSettings full;
    full.plan = "full";
    const std::vector<Document> documents = {documentOf(sentences(1500), 1)};
    const auto plenty = fit(documents, full);
    QVERIFY(plenty && plenty->fits());
    const std::uint64_t tight = plenty->totalBytes - 1;
    const auto report = fit(documents, full, tight);
    QVERIFY(report);
    QVERIFY(!report->fitsMemory && report->fitsContext);
    QCOMPARE(choice(*report, FitChoice::Kind::KvType).kvType, std::string("q8_0"));
    QCOMPARE(choice(*report, FitChoice::Kind::Plan).plan, std::string("longgen"));
    for (const FitChoice& offered : report->choices) {
        QVERIFY2(offered.totalBytes <= tight, offered.label.c_str());
        EngineSettings then;
        then.plan = offered.plan;
        then.kvType = offered.kvType;
        const auto again = fit(documents, then, tight);
        QVERIFY2(again && (again->fits() || offered.kind >= FitChoice::Kind::FewerDocuments), offered.label.c_str());
    }
    const Error error = fitError(*report, "mini");
    QCOMPARE(int(error.code), int(ErrorCode::OutOfMemory));
    QVERIFY2(error.hint.find("q8_0") != std::string::npos && error.hint.find("longgen") != std::string::npos,
             error.hint.c_str());
    QCOMPARE(error.bytesFree, tight);
}

void TestFit::offersPages()
{
    Document book = documentOf({}, 1);
    for (std::uint32_t page = 1; page <= 400; ++page) {
        book.pages.push_back({page, book.text.size()});
        book.text += sentences(20) + "\n";
    }
    const auto report = fit({book});
    QVERIFY(report && !report->fitsContext);
    const FitChoice offered = choice(*report, FitChoice::Kind::FewerPages);
    QVERIFY(offered.pages > 0 && offered.pages < 400);
    // Cut there it fits; one page more does not.
    const auto cutTo = [&](int pages) {
        Document cut = book;
        cut.text.resize(book.pages[std::size_t(pages)].offset);
        cut.pages.resize(std::size_t(pages));
        return fit({cut})->fits();
    };
    QVERIFY(cutTo(offered.pages));
    QVERIFY(!cutTo(offered.pages + 1));
    const Error error = fitError(*report, "mini");
    QCOMPARE(int(error.code), int(ErrorCode::TooLong));
    QVERIFY2(error.hint.find("read only to page " + std::to_string(offered.pages) + " of 400") != std::string::npos,
             error.hint.c_str());
    QVERIFY(choice(*report, FitChoice::Kind::LongerContext).tokens == report->promptTokens);
}

void TestFit::offersDocuments()
{
    const std::vector<Document> documents = {documentOf(sentences(10), 7, "small"), documentOf(sentences(8000), 8, "large")};
    const auto report = fit(documents);
    QVERIFY(report && !report->fitsContext);
    const FitChoice offered = choice(*report, FitChoice::Kind::FewerDocuments);
    QCOMPARE(offered.documents, std::vector<std::int64_t>{8});
    QVERIFY(offered.tokens < m_context);
    QVERIFY(offered.label.find("large") != std::string::npos);
}

void TestFit::offersFiles()
{
    Document folder = documentOf("Folder: p\n\n", 1);
    folder.kind = "folder";
    for (int i = 0; i < 300; ++i) {
        const std::string path = "f" + std::to_string(i) + ".txt";
        folder.text += fileHeader(path);
        const std::string body = sentences(30);
        folder.files.push_back({path, folder.text.size(), body.size(), 1});
        folder.text += body + "\n\n";
    }
    const auto report = fit({folder});
    QVERIFY(report && !report->fitsContext);
    const FitChoice offered = choice(*report, FitChoice::Kind::FewerFiles);
    QVERIFY(!offered.files.empty() && offered.files.size() < 300);
    QCOMPARE(offered.files.front(), std::string("f0.txt"));
    QVERIFY(offered.tokens < m_context);
}

void TestFit::asksBeforeReadingAgain()
{
    const SessionId session = m_fixture.sessionOn("The first text.\n", "changing.txt");
    SharedStore& store = *m_fixture.store;
    const auto changed = [&] { return store.run([&](SessionStore& s) { return changedSources(s, session); }); };
    QVERIFY(changed()->empty());
    const DocumentInfo info = store.run([&](SessionStore& s) { return s.documents(session); })->front();
    std::ofstream(info.path) << "Another, longer text.\n";
    const auto now = changed();
    QVERIFY(now);
    QCOMPARE(now->size(), std::size_t(1));
    QVERIFY(!now->front().gone);
    const auto row = m_fixture.bench->readAgain(session, info.id, {}, {});
    QVERIFY2(row, row ? "" : row.error().message.c_str());
    const DocumentInfo fresh = store.run([&](SessionStore& s) { return s.documents(session); })->front();
    QCOMPARE(fresh.id.value, row->id);
    QCOMPARE(store.run([&](SessionStore& s) { return s.document(fresh.id); })->text, std::string("Another, longer text.\n"));
    QVERIFY(changed()->empty());
    ::unlink(info.path.c_str());
    QVERIFY(changed()->front().gone);
}

QTEST_GUILESS_MAIN(TestFit)
#include "tst_fit.moc"
