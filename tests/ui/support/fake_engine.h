// An engine the test plays by hand: requests are recorded, replies come when the test says so. Its KV usage
// and attention are made up, but consistent: they add up as the real ones do.
#pragma once

#include "app/worker/engine_port.h"
#include "tests/ui/support/fake_library.h"

#include <QStringList>

namespace lectern::test {

constexpr int kLayers = 12, kHeads = 8;
constexpr std::int64_t kSink = 64, kWindow = 2048;

KvUsage longgenUsage(std::int64_t position, std::int64_t context, std::int64_t reused = 0);
// Heads of several kinds: sink, local, induction-like spots, broad. `answerTokens` sources are at the share
// `focus`.
AttentionSnapshotPtr madeSnapshot(std::int64_t step, std::int64_t position, int answerTokens, double focus,
                                  std::vector<std::pair<std::int32_t, std::int32_t>> heads);
ModelFacts madeModel();

class FakeEngine : public EnginePort {
    Q_OBJECT
public:
    explicit FakeEngine(FakeLibrary& library) : m_library(library) {}

    void openModel(const QString& path, const EngineSettings& settings) override;
    void ingest(std::int64_t sessionId, const QStringList& paths) override;
    void ask(std::int64_t sessionId, const QString& question, const GenerationSettings& settings) override;
    void comparePlans(std::int64_t sessionId, const QString& question,
                      const PlanComparisonSettings& settings) override;
    void findNeedles(const NeedleSettings& settings) override;
    void askInstead(std::int64_t sessionId, std::int64_t messageId, const QString& question,
                    const GenerationSettings& settings) override;
    void cancel() override;
    bool isBusy() const override { return m_busy; }
    void setAttentionWish(const AttentionWish& wish) override { lastWish = wish; }

    void finishModel();
    void progressIngest(double fraction);
    void finishIngest(); // reads the files as plain text into the library
    void failRequest(const QString& request, const Error& error);
    void prefill(double fraction, std::int64_t reused = 0);
    void write(const QString& text);
    void finishAnswer(std::vector<EvidencePassage> evidence, StopReason reason = StopReason::EndOfAnswer);

    QStringList ingestPaths, modelPaths, questions;
    EngineSettings lastSettings;
    GenerationSettings lastGeneration;
    AttentionWish lastWish;
    PlanComparisonSettings lastComparison;
    NeedleSettings lastNeedles;
    int cancels = 0;
    std::int64_t session = 0, question = 0, answer = 0, instead = 0;
    std::int64_t promptTokens = 28'900;
    double focus = 0.37; // share of the prompt that answers look at

private:
    void setBusy(bool busy);
    PromptViewPtr madePrompt() const;

    std::vector<std::uint64_t> m_tokenEnds;
    FakeLibrary& m_library;
    QString m_answer;
    std::int64_t m_step = 0;
    int m_tokens = 0;
    bool m_busy = false;
};

} // namespace lectern::test
