// Answers, token by token: why they end, what text they give, and that a stopped one can go on. The model
// says its pieces in a fixed order.
#include "engine/run/generate.h"
#include "engine/run/loaded_model.h"
#include "tests/engine/run/chain_model.h"
#include "tests/engine/run/session_support.h"

#include <QtTest>

using namespace lectern;
using namespace lectern::test;

namespace {

// "The code is 3.5! Next" and the end; "café", a line's end, then "on" for ever.
const Chain kChain{{"▁The", "▁code"},  {"▁code", "▁is"},     {"▁is", "▁3"},        {"▁3", "."},
                   {".", "5"},         {"5", "!"},           {"!", "▁Next"},       {"▁Next", "</s>"},
                   {"▁caf", "<0xC3>"}, {"<0xC3>", "<0xA9>"}, {"<0xA9>", "<0x0A>"}, {"<0x0A>", "▁on"},
                   {"▁on", "▁on"},     {"▁half", "<0xE2>"},  {"<0xE2>", "</s>"}};

struct Answer {
    Generation generation;
    std::string told; // what onToken was given, joined
    int calls = 0;
};

} // namespace

class TestGenerate : public QObject {
    Q_OBJECT

private slots:
    void initTestCase();
    void loadedModelTellsItsKeys();
    void answers_data();
    void answers();
    void noAnswerMustLeadByItsThreshold();
    void fullContextStops();
    void cancelKeepsWhatWasWritten();
    void answerIsPartOfTheSession();
    void brokenNumbersAreAnError();
    void stopReasonsHaveNames();

private:
    std::shared_ptr<const LoadedModel> load(const RandomGguf& file);
    std::unique_ptr<EngineSession> prompted(const LoadedModel& model, const std::string& piece,
                                            std::int64_t context);
    Answer answer(EngineSession& session, const GenerateSettings& settings, const CancelToken& cancel = {},
                  int cancelAfter = -1);

    QTemporaryDir m_folder;
    int m_files = 0;
    std::shared_ptr<const LoadedModel> m_model;
};

std::shared_ptr<const LoadedModel> TestGenerate::load(const RandomGguf& file)
{
    // A name of its own: a model's file must not change while it is open.
    const std::string path = m_folder.filePath(QString("chain%1.gguf").arg(++m_files)).toStdString();
    const std::string wrong = file.write(path);
    const auto model = LoadedModel::open(path);
    if (!wrong.empty() || !model)
        qWarning("%s %s", wrong.c_str(), model ? "" : model.error().message.c_str());
    return model ? *model : nullptr;
}

void TestGenerate::initTestCase()
{
    RandomGguf file = chainModel(kChain);
    file.keys["lectern.plan"] = std::string("longgen:window=64");
    file.keys["lectern.stop"] = std::string("sentence");
    file.keys["lectern.answers"] = std::string("spans");
    file.keys["lectern.no_answer.text"] = std::string("code.");
    file.keys["lectern.no_answer.threshold"] = 2.5f;
    m_model = load(file);
    QVERIFY(m_model);
}

std::unique_ptr<EngineSession> TestGenerate::prompted(const LoadedModel& model, const std::string& piece,
                                                      std::int64_t context)
{
    SessionSettings settings;
    settings.context = context;
    auto session =
        EngineSession::open(model.model(), model.plan(), std::make_shared<ThreadPool>(1), settings).value();
    const std::vector<TokenId> prompt{1, chainToken(kChain, piece)};
    return session->read(prompt, {}, CancelToken()) ? std::move(session) : nullptr;
}

Answer TestGenerate::answer(EngineSession& session, const GenerateSettings& settings,
                            const CancelToken& cancel, int cancelAfter)
{
    Answer answer;
    const auto onToken = [&](TokenId, const std::string& text) {
        answer.told += text;
        if (++answer.calls == cancelAfter)
            cancel.cancel();
    };
    answer.generation = generate(session, m_model->tokenizer(), settings, onToken, cancel).value();
    return answer;
}

void TestGenerate::loadedModelTellsItsKeys()
{
    QCOMPARE(m_model->name(), std::string("Chain"));
    QCOMPARE(m_model->plan(), std::string("longgen:window=64"));
    QVERIFY(m_model->stopsAtSentence());
    const AnswerRules& rules = m_model->answerRules();
    QVERIFY(rules.spansOnly);
    QCOMPARE(rules.noAnswer, std::string("code."));
    QCOMPARE(rules.noAnswerFirst, m_model->tokenizer().encode(" code.", Trust::Text).value().front());
    QCOMPARE(rules.noAnswerThreshold, 2.5);
    QCOMPARE(m_model->tokenizer().vocabularySize(), kChain.size() + 3);
    QVERIFY(m_model->warnings().empty());
    QCOMPARE(prompted(*m_model, "▁The", 100)->plan().text, std::string("longgen:window=64"));

    RandomGguf plain = chainModel(kChain);
    plain.keys.erase("general.name");
    const auto other = load(plain);
    QVERIFY(other);
    QCOMPARE(other->name(), std::string("chain2.gguf"));
    QCOMPARE(other->plan(), std::string());
    QVERIFY(!other->stopsAtSentence());
    QVERIFY(!other->answerRules().spansOnly);
    QCOMPARE(other->answerRules().noAnswerFirst, TokenId(-1));
}

void TestGenerate::answers_data()
{
    QTest::addColumn<QString>("prompt");
    QTest::addColumn<int>("maxTokens");
    QTest::addColumn<bool>("sentence");
    QTest::addColumn<QString>("text");
    QTest::addColumn<int>("tokens");
    QTest::addColumn<int>("stop");
    const int end = int(StopReason::EndOfAnswer), most = int(StopReason::MaxTokens);
    QTest::newRow("to the end") << "▁The" << 100 << false << " code is 3.5! Next" << 7 << end;
    // A point inside a number ends no sentence; the mark and the space after it do.
    QTest::newRow("to the sentence's end") << "▁The" << 100 << true << " code is 3.5!" << 7 << end;
    QTest::newRow("to the most tokens") << "▁The" << 3 << false << " code is 3" << 3 << most;
    QTest::newRow("no tokens") << "▁The" << 0 << false << "" << 0 << most;
    QTest::newRow("nothing to say") << "▁Next" << 100 << false << "" << 0 << end;
    QTest::newRow("for ever") << "▁on" << 50 << false << QString(" on").repeated(50) << 50 << most;
    QTest::newRow("characters of two tokens") << "▁caf" << 5 << false << "é\n on on" << 5 << most;
    QTest::newRow("to the line's end") << "▁caf" << 100 << true << "é" << 3 << end;
    QTest::newRow("half a character at the end") << "▁half" << 9 << false << "\uFFFD" << 1 << end;
    QTest::newRow("half a character at the most") << "▁caf" << 1 << false << "\uFFFD" << 1 << most;
}

void TestGenerate::answers()
{
    QFETCH(QString, prompt);
    QFETCH(int, maxTokens);
    QFETCH(bool, sentence);
    QFETCH(QString, text);
    QFETCH(int, tokens);
    QFETCH(int, stop);
    GenerateSettings settings;
    settings.maxTokens = maxTokens;
    settings.stopAtSentence = sentence;
    const auto session = prompted(*m_model, prompt.toStdString(), 200);
    QVERIFY(session);
    const Answer got = answer(*session, settings);
    QCOMPARE(QString::fromStdString(got.generation.text), text);
    QCOMPARE(got.told, got.generation.text);
    QCOMPARE(int(got.generation.ids.size()), tokens);
    QCOMPARE(int(got.generation.stop), stop);
}

// "The" is followed by "code", which leads by some margin: below it nothing changes, above it another token is taken,
// and only the first token is held to it.
void TestGenerate::noAnswerMustLeadByItsThreshold()
{
    const auto begun = prompted(*m_model, "▁The", 100);
    const std::vector<float> logits(begun->logits().begin(), begun->logits().end());
    const TokenId code = chainToken(kChain, "▁code");
    float next = -1e30F;
    for (std::size_t i = 0; i < logits.size(); ++i)
        if (TokenId(i) != code)
            next = std::max(next, logits[i]);
    const double lead = logits[std::size_t(code)] - next;
    QVERIFY(lead > 0);
    GenerateSettings settings;
    settings.maxTokens = 2;
    settings.rules.noAnswerFirst = code;
    settings.rules.noAnswerThreshold = lead * 0.99;
    QCOMPARE(answer(*begun, settings).generation.text, std::string(" code is"));
    settings.rules.noAnswerThreshold = lead * 1.01;
    QVERIFY(answer(*prompted(*m_model, "▁The", 100), settings).generation.ids.front() != code);
    settings.rules.noAnswerFirst = chainToken(kChain, "▁is");
    settings.rules.noAnswerThreshold = 1e6;
    QCOMPARE(answer(*prompted(*m_model, "▁The", 100), settings).generation.text, std::string(" code is"));
    settings.rules.noAnswerFirst = TokenId(logits.size()); // of a file that lies: no token is held to anything
    QCOMPARE(answer(*prompted(*m_model, "▁The", 100), settings).generation.text, std::string(" code is"));
}

void TestGenerate::fullContextStops()
{
    const auto session = prompted(*m_model, "▁on", 10);
    const Answer got = answer(*session, {});
    QCOMPARE(got.generation.stop, StopReason::ContextFull);
    QCOMPARE(got.generation.ids.size(),
             std::size_t(9)); // two of the prompt, eight that fit, one that does not
    QCOMPARE(session->tokens().size(), std::size_t(10));
}

void TestGenerate::cancelKeepsWhatWasWritten()
{
    const auto session = prompted(*m_model, "▁The", 100);
    const Answer stopped = answer(*session, {}, CancelToken(), 3);
    QCOMPARE(stopped.generation.stop, StopReason::Cancelled);
    QCOMPARE(stopped.generation.text, std::string(" code is 3"));
    QCOMPARE(stopped.told, stopped.generation.text);
    // The prompt with what was written, read again, goes on where it was stopped.
    std::vector<TokenId> text{1, chainToken(kChain, "▁The")};
    text.insert(text.end(), stopped.generation.ids.begin(), stopped.generation.ids.end());
    QVERIFY(session->read(text, {}, CancelToken()).value() >= 4);
    QCOMPARE(answer(*session, {}).generation.text, std::string(".5! Next"));
}

void TestGenerate::answerIsPartOfTheSession()
{
    const auto session = prompted(*m_model, "▁The", 100);
    const Answer got = answer(*session, {});
    std::vector<TokenId> wanted{1, chainToken(kChain, "▁The")};
    wanted.insert(wanted.end(), got.generation.ids.begin(), got.generation.ids.end());
    QVERIFY(session->tokens() == wanted);
    // A follow-up question finds all of it in the cache.
    wanted.push_back(chainToken(kChain, "▁on"));
    QCOMPARE(session->read(wanted, {}, CancelToken()).value(), std::int64_t(wanted.size() - 1));
}

void TestGenerate::brokenNumbersAreAnError()
{
    RandomGguf file = chainModel(kChain);
    std::vector<std::byte>& norm = file.tensors["output_norm.weight"].bytes;
    norm.assign(norm.size(), std::byte{0xff}); // every float a NaN
    const auto model = load(file);
    QVERIFY(model);
    const auto session = prompted(*model, "▁The", 100);
    QVERIFY(session);
    const auto ignored = [](TokenId, const std::string&) {};
    for (const double temperature : {0.0, 1.0}) {
        GenerateSettings settings;
        settings.sampler.temperature = temperature;
        const auto got = generate(*session, m_model->tokenizer(), settings, ignored, CancelToken());
        QVERIFY(!got);
        QCOMPARE(got.error().code, ErrorCode::Internal);
    }
}

void TestGenerate::stopReasonsHaveNames()
{
    QSet<QString> names;
    for (const StopReason reason : {StopReason::EndOfAnswer, StopReason::MaxTokens, StopReason::Cancelled,
                                    StopReason::ContextFull, StopReason::Failed})
        names.insert(stopReasonName(reason));
    QCOMPARE(names, (QSet<QString>{"end", "max_tokens", "cancelled", "context_full", "failed"}));
}

QTEST_GUILESS_MAIN(TestGenerate)
#include "tst_generate.moc"
