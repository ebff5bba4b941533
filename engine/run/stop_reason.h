// Why an answer ended.
#pragma once

namespace lectern {

enum class StopReason { EndOfAnswer, MaxTokens, Cancelled, ContextFull, Failed };

// "end", "max_tokens", "cancelled", "context_full", "failed".
const char* stopReasonName(StopReason reason);

} // namespace lectern
