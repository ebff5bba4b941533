// Gathers what the heads look at while a session reads and answers, pooled as it arrives: small maps of all heads, larger
// maps of chosen ones, and for the answer the share of attention that each token of the documents got.
// Lives in the engine's thread; snapshot() makes a value for others. Costs nothing for what nobody asked for.
#pragma once

#include "engine/model/decoder.h"
#include "engine/telemetry/attention_view.h"

#include <utility>

namespace lectern {

class AttentionRecorder : public AttentionObserver {
public:
    AttentionRecorder(int layers, int heads);

    // Thumbnails of all heads and maps of the chosen (layer, head) pairs, from the next text on.
    void watch(bool thumbnails, std::vector<std::pair<int, int>> heads);
    // Where the documents lie in the prompt: token ranges [begin, end). Empty: no evidence is gathered.
    void setDocumentRanges(std::vector<std::pair<std::int64_t, std::int64_t>> ranges);

    // A text of so many tokens is read: clears everything gathered.
    void beginText(std::int64_t tokens);
    // The chunk's last query produces an answer token.
    void setFinalChunk(bool final) { m_finalChunk = final; }

    bool wants(int layer, int tokens) const override;
    void onLayer(const LayerAttention& attention) override;

    // By token position in the prompt: attention from the answer's tokens through the full-attention heads, weighted by
    // how sharply each head looked. Sums to at most the number of answer tokens.
    const std::vector<float>& documentMass() const { return m_documentMass; }
    int answerTokens() const { return m_answerTokens; }
    AttentionSnapshotPtr snapshot();

private:
    // Rows and columns of pooled mass for one head.
    struct Pool {
        std::int64_t tokensPerCell = 64;
        int side = 0;
        std::vector<float> cells;      // [side][side], sums over rowCount rows
        std::vector<int> rowCount;     // [side]
        void reset(std::int64_t tokens, int mostCells);
        void add(const PageMass& mass);
    };
    struct HeadShare {
        double sink = 0, local = 0, distant = 0;
        int rows = 0;
    };

    Pool* mapOf(int layer, int head);
    void addShare(HeadShare& share, const PageMass& mass) const;
    void addEvidence(const LayerAttention& attention, const PageMass& mass);
    bool inDocuments(std::int64_t position) const;

    int m_layers, m_heads;
    bool m_thumbnails = false;
    std::vector<std::pair<int, int>> m_chosen;
    std::vector<Pool> m_thumbnailPools; // [layers * heads], empty unless watched
    std::vector<Pool> m_mapPools;       // one a chosen head
    std::vector<HeadShare> m_shares;
    std::vector<std::pair<std::int64_t, std::int64_t>> m_ranges;
    std::vector<float> m_documentMass;
    std::vector<float> m_tokenBlocks; // of the answer token being written
    double m_tokenWeight = 0;
    std::vector<TokenSources> m_sources;
    std::int64_t m_tokens = 0, m_position = 0, m_step = 0;
    int m_answerTokens = 0;
    bool m_finalChunk = false;
};

} // namespace lectern
