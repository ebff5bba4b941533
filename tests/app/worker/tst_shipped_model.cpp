// The model that ships: its logits against another forward pass over the same file, and twenty fixed
// questions on the sample document.
#include "engine/run/engine_session.h"
#include "resources/sample/annals_generator.h"
#include "tests/app/worker/bench_fixture.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

#include <algorithm>
#include <cmath>

using namespace lectern;
using namespace lectern::test;

namespace {

// The engine keeps keys and values in f16; the other pass rounds nothing.
constexpr double kError = 0.01;
// Questions of the twenty that the shipped file answers rightly, less two for other processors' rounding.
constexpr int kRightAnswers = 9;

struct SampleQuestion {
    const char* question;
    const char* answer; // words of the right answer; "" where the document does not say
};

// In the words of a reader, on the sample's first pages.
constexpr SampleQuestion kQuestions[] = {
    {"Who wrote The Needle and the Juniper?", "Rosek Stoneworth"},
    {"What is the name of the great bell of Harbor Sundstow?", "Her Second Husband"},
    {"When does the yearly market of Old Rillemar open?", "tenth day of Thawing"},
    {"How many witnesses were there when the charter of Old Rillemar was sealed?", "nine"},
    {"Where was Nevora Heatherburn born?", "Junmoor Green"},
    {"In what year was Nevora Heatherburn born?", "71"},
    {"What is the archive mark of Ormgate?", "KX-905"},
    {"What did Rosek Stoneworth build?", "instruments"},
    {"Who was the rival of Nevora Heatherburn?", "Anora Knollander"},
    {"What was Edessa Emberstane?", "notary"},
    {"Under which tree does Edessa Emberstane lie?", "White Turnip"},
    {"What is the vault code of Upper Yststow?", "9-94-53"},
    {"How high is the watchtower of Upper Yststow?", "ninety-three"},
    {"Who was the foreman of the miners?", "Anin Crowley"},
    {"How many days did the council sit in the year 104?", "nineteen"},
    {"Who built the stone bridge at Castle Frithavin?", "Rosek Inglestane"},
    {"Where was Alo Pikeow born?", "Long Karavin"},
    {"To whom did Alo Pikeow write?", "Queen Sunnessa"},
    {"What is the telephone number of the mint?", ""},
    {"Who won the football match at Ormgate?", ""},
};
constexpr std::size_t kExcerpt = 5300;

QJsonObject golden()
{
    QFile file(QStringLiteral(LECTERN_SOURCE_DIR "/tests/golden/lectern-mini.json"));
    return file.open(QIODevice::ReadOnly) ? QJsonDocument::fromJson(file.readAll()).object() : QJsonObject();
}

} // namespace

class TestShippedModel : public QObject {
    Q_OBJECT

private slots:
    void logitsAgreeWithAnotherPass();
    void answersOnTheSample();
};

void TestShippedModel::logitsAgreeWithAnotherPass()
{
    BenchFixture fixture;
    QCOMPARE(fixture.open("lectern-mini.gguf"), std::string());
    const QJsonObject file = golden();
    std::vector<TokenId> ids;
    for (const QJsonValue& id : file["ids"].toArray())
        ids.push_back(TokenId(id.toInt()));
    QVERIFY2(ids.size() > 1200, "the golden file is missing");
    std::vector<std::int64_t> positions;
    for (const QJsonValue& row : file["rows"].toArray())
        positions.push_back(row["position"].toInt());

    const LoadedModel& model = *fixture.bench->model();
    SessionSettings settings;
    const auto session =
        EngineSession::open(model.model(), model.plan(), std::make_shared<ThreadPool>(2), settings);
    QVERIFY2(session, session ? "" : session.error().message.c_str());
    int at = 0, seen = 0;
    const auto compare = [&](std::int64_t position, std::span<const float> row) {
        const QJsonObject wanted = file["rows"].toArray()[at++].toObject();
        QCOMPARE(int(position), wanted["position"].toInt());
        const QJsonArray values = wanted["logits"].toArray();
        double difference = 0, norm = 0;
        for (int i = 0; i < values.size(); ++i) {
            const double value = values[i].toDouble();
            difference += std::pow(double(row[std::size_t(i * file["every"].toInt())]) - value, 2);
            norm += value * value;
        }
        const double error = std::sqrt(difference / norm);
        qInfo("position %d: error %.4f", int(position), error);
        QVERIFY2(error < kError, qPrintable(QString::number(error)));
        const float most = *std::max_element(row.begin(), row.end());
        QVERIFY(row[std::size_t(wanted["top"].toInt())] > most - 0.3f);
        ++seen;
    };
    QVERIFY((*session)->readWithLogits(ids, positions, compare, {}, CancelToken()));
    QCOMPARE(seen, int(positions.size()));
}

void TestShippedModel::answersOnTheSample()
{
    BenchFixture fixture;
    QCOMPARE(fixture.open("lectern-mini.gguf"), std::string());
    const SessionId session = fixture.sessionOn(generateAnnals().text.substr(0, kExcerpt), "annals.txt");
    int right = 0;
    for (const SampleQuestion& row : kQuestions) {
        const auto reply = fixture.ask(session, row.question, 24);
        QVERIFY2(reply, reply ? "" : reply.error().message.c_str());
        const std::string wanted = *row.answer != 0 ? row.answer : "The document does not say.";
        const bool correct = reply->answer.find(wanted) != std::string::npos;
        right += correct;
        qInfo("%s %s -> %s", correct ? "right" : "WRONG", row.question, reply->answer.c_str());
    }
    qInfo("%d of %d", right, int(std::size(kQuestions)));
    QVERIFY2(right >= kRightAnswers, qPrintable(QString::number(right)));
}

QTEST_GUILESS_MAIN(TestShippedModel)
#include "tst_shipped_model.moc"
