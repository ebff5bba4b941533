// Gathers what the heads look at while a session reads and answers, pooled as it arrives: a map of every head, and for the
// answer the share of attention that each token of the documents got.
// Lives in the engine's thread; snapshot() makes a value for others. Costs nothing for what nobody asked for.
#pragma once

#include "engine/model/decoder.h"
#include "engine/telemetry/attention_view.h"

#include <utility>

namespace lectern {

class AttentionRecorder : public AttentionObserver {
public:
    AttentionRecorder(int layers, int heads);

    // Gathers maps of all heads, from now on. Off: nothing is gathered, what was stays until the next text.
    void watch(bool enabled);
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
    // Thumbnails of all heads, and the maps of the chosen (layer, head) pairs.
    AttentionSnapshotPtr snapshot(const std::vector<std::pair<std::int32_t, std::int32_t>>& heads);

private:
    // Pooled mass of one head, [m_side][m_side] sums over rowCount[row] queries; and where its mass lies.
    struct HeadMap {
        std::vector<float> cells;
        std::vector<int> rowCount;
        double sink = 0, local = 0, distant = 0;
        int rows = 0;
    };

    void clearMaps();
    void addToMap(HeadMap& map, const PageMass& mass) const;
    AttentionThumbnail thumbnail(int layer, int head) const;
    AttentionMap map(int layer, int head) const;
    const HeadMap& headMap(int layer, int head) const { return m_maps[std::size_t(layer * m_heads + head)]; }
    void addEvidence(const LayerAttention& attention, const PageMass& mass);
    bool inDocuments(std::int64_t position) const;

    int m_layers, m_heads;
    bool m_watching = false;
    std::vector<HeadMap> m_maps; // [layers * heads], empty until watched
    int m_side = 0;              // cells of a map's side
    std::int64_t m_tokensPerCell = kPageTokens;
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
