// What the memory and attention views showed, step after step: kept within a budget while the engine works,
// shown again by a scrubber, and saved as a capture file (capture_file.h). No window needed. GUI thread.
#pragma once

#include "engine/telemetry/attention_view.h"
#include "engine/telemetry/kv_usage.h"

#include <cstddef>
#include <vector>

namespace lectern {

struct RecordedStep {
    std::int64_t position = 0; // tokens read
    int answerTokens = 0;      // of the answer, at that step
    AttentionSnapshotPtr attention;
    KvUsage usage;
};

class Recording {
public:
    // Bytes of attention kept; over it every second step is dropped, the newest stays.
    static constexpr std::size_t kBudget = std::size_t{96} << 20;

    void clear();
    // Joined to the newest step where the position is the same.
    void add(AttentionSnapshotPtr attention);
    void add(const KvUsage& usage);
    void set(std::vector<RecordedStep> steps);

    const std::vector<RecordedStep>& steps() const { return m_steps; }
    std::size_t bytes() const { return m_bytes; }
    const KvUsage& newestUsage() const { return m_usage; } // position 0: none yet
    // The first step that had written answer token `index` (from 0); the last where none had.
    int stepOfAnswerToken(int index) const;

private:
    void thin();

    std::vector<RecordedStep> m_steps;
    std::size_t m_bytes = 0;
    KvUsage m_usage; // newest
};

std::size_t attentionBytes(const AttentionSnapshot& snapshot);

} // namespace lectern
