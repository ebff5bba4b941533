// One text being read by one model under one plan: the KV cache and the tokens in it. Not thread-safe: one thread owns it;
// snapshots handed out are plain values.
#pragma once

#include "engine/base/cancel.h"
#include "engine/model/decoder.h"
#include "engine/run/attention_recorder.h"
#include "engine/run/loaded_model.h"
#include "engine/run/session_image.h"
#include "engine/telemetry/timings.h"

#include <functional>

namespace lectern {

struct SessionSettings {
    std::string plan = "auto";
    std::string positions = "auto"; // positions.h
    std::string kvType = "auto"; // kv_layouts.h; auto: as the plan says, else f16
    std::int64_t context = 4096; // tokens there is room for; grows with reserve()
    int chunkTokens = 512;       // prefill step; a multiple of the page keeps tiles whole
};

class EngineSession {
public:
    using Progress = std::function<void(const PrefillProgress&)>;
    // `row`: vocabulary floats, which the callee may not keep.
    using OnRow = std::function<void(std::int64_t position, std::span<const float> row)>;

    ~EngineSession(); // waits for those who read an image

    static Result<std::unique_ptr<EngineSession>> open(std::shared_ptr<const Model> model, const std::string& modelPlan,
                                                       std::shared_ptr<ThreadPool> pool,
                                                       const SessionSettings& settings);

    // Makes room for `context` tokens in all. OutOfMemory leaves the session as it was. What was read is forgotten where
    // the model turns keys by other angles in the larger context.
    Status reserve(std::int64_t context);

    // Makes the cache hold exactly `tokens` (at least one): of the prefix it holds already, what rings and checkpoints
    // allow to go back to is kept; the rest is computed. Checkpoints are taken at `marks`, at regular distances and at
    // the end. Returns the number of tokens reused. Cancelled keeps what was read so far.
    Result<std::int64_t> read(std::span<const TokenId> tokens, const Progress& progress, const CancelToken& cancel,
                              std::span<const CheckpointMark> marks = {});
    // Appends one token and computes the next logits.
    Status append(TokenId token, const CancelToken& cancel);
    // Of the next token, after read() or append(): vocabulary floats. The caller may change them.
    std::span<float> logits() { return m_logits; }
    // Reads the text anew and hands out the logits after each of `positions` (ascending, within the text), in
    // order. The session then stands as after read().
    Status readWithLogits(std::span<const TokenId> tokens, std::span<const std::int64_t> positions,
                          const OnRow& onRow, const Progress& progress, const CancelToken& cancel);
    // The same for every token.
    Status logitsOfAll(std::span<const TokenId> tokens, const CancelToken& cancel, const OnRow& onRow);

    // Makes the present position one to go back to exactly. False where memory is short: then it may not be.
    bool checkpoint(CheckpointKind kind) { return m_checkpoints.take(*m_cache, kind); }
    // Tokens that read() would not compute again.
    std::int64_t wouldReuse(std::span<const TokenId> tokens) const
    {
        return m_checkpoints.rewindTarget(*m_cache, commonWith(tokens));
    }

    // What the cache holds now. Columns of tokens before `unchangedTo` come without their pages. The pages may be read
    // in another thread, through the lease, while this session goes on or ends.
    Result<SessionImage> image(std::int64_t unchangedTo);
    // Replaces the text by one that was written to a file. After an error the session holds nothing.
    Status restore(const SavedText& text, const LoadColumn& load);

    const std::vector<TokenId>& tokens() const { return m_tokens; }
    std::int64_t context() const { return m_cache->context(); }
    const LayerPlan& plan() const { return m_cache->plan(); }
    // The plan with the position method and KV types as they were settled: what a record of the session keeps.
    const LayerPlan& settledPlan() const { return m_settledPlan; }
    KvUsage kvUsage() const;
    std::uint64_t workspaceBytes() const { return m_decoder->workspaceBytes() + m_cache->scratchBytes(); }
    AttentionRecorder& recorder() { return m_recorder; }

private:
    EngineSession(std::shared_ptr<const Model> model, std::shared_ptr<ThreadPool> pool);
    // Tokens that the cache holds of the text, its last one not counted.
    std::int64_t commonWith(std::span<const TokenId> tokens) const;
    void keepPrefix(std::size_t length);
    void boundCheckpoints();
    void cutLeases(std::int64_t position);
    void setMarks(std::span<const CheckpointMark> marks, std::int64_t end);
    std::int64_t nextMark() const;
    void keepCheckpoint();
    Status restoreColumn(const ColumnPlace& place, const std::function<Status(std::span<std::byte>)>& load);
    Status step(std::span<const TokenId> chunk, const CancelToken& cancel);
    Status checkFits(std::span<const TokenId> tokens) const;
    // Computes what the cache does not hold of `tokens`; `onChunk` sees each chunk's place right after its
    // step.
    Status readOn(std::span<const TokenId> tokens, const Progress& progress, const CancelToken& cancel,
                  const std::function<void(std::size_t at, std::size_t count)>& onChunk);

    std::shared_ptr<const Model> m_model;
    std::shared_ptr<ThreadPool> m_pool;
    LayerPlan m_settledPlan;
    std::unique_ptr<Decoder> m_decoder;
    std::unique_ptr<KvCache> m_cache;
    AttentionRecorder m_recorder;
    RingCheckpoints m_checkpoints;
    bool m_hasRings = false;
    std::vector<std::weak_ptr<PageLease>> m_leases; // of those who read images
    std::vector<TokenId> m_tokens;
    std::vector<CheckpointMark> m_marks; // of the text being read
    std::vector<float> m_logits;
    std::int64_t m_reused = 0;
};

} // namespace lectern
