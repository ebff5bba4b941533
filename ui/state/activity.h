// What the engine is doing now, as the status line and the chat say it. Plain values, tested without a window.
#pragma once

#include "app/worker/values.h"

#include <QString>

namespace lectern {

struct Activity {
    enum class Kind { Idle, LoadingModel, ReadingFiles, ReadingPrompt, Answering };

    Kind kind = Kind::Idle;
    double fraction = -1;       // 0..1; below 0 where it can not be known
    QString subject;            // the file being read or opened
    double tokensPerSecond = 0;
    double secondsLeft = -1;    // below 0: not known yet
    std::int64_t doneTokens = 0, totalTokens = 0, reusedTokens = 0;

    bool isIdle() const { return kind == Kind::Idle; }
};

Activity activityOf(const PrefillProgress& progress);
Activity activityOf(const IngestProgress& progress);

// One line, e.g. "Reading 43 % · 12,400 of 28,900 tokens · 1,450 tokens/s · about 11 s left · 8,192 reused".
QString describe(const Activity& activity);
// The first part only: "Reading 43 %".
QString describeShortly(const Activity& activity);

} // namespace lectern
