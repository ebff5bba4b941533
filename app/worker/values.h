// The values that cross the thread boundary between the window (or the command line) and the engine: requests
// go in, replies come out, nothing is shared. All text is UTF-8; byte offsets are into the stored text of a
// document.
#pragma once

#include "app/documents/document.h"
#include "engine/base/error.h"
#include "engine/model/adapter_choice.h"
#include "engine/run/stop_reason.h"
#include "engine/telemetry/attention_view.h"
#include "engine/telemetry/kv_usage.h"
#include "engine/telemetry/timings.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace lectern {

struct EngineSettings {
    std::string device = "auto"; // auto, cpu, cuda, cuda:N
    int threads = 0;             // 0: as many as the process may use
    std::string plan = "auto";   // a plan string of interfaces.md
    std::string positions = "auto"; // a position method of interfaces.md; auto: as the plan or the model says
    std::string kvType = "auto"; // auto: as the plan says, else f16
    std::int64_t context = 0;    // tokens; 0: as long as the documents and one answer need
    std::int64_t kvBudget = -1;  // bytes on disk for the snapshots of all sessions; 0: none; -1: a default
    std::vector<AdapterChoice> adapters; // LoRA, opened with the model, in this order
};

struct GenerationSettings {
    int maxTokens = 256;
    double temperature = 0; // 0: greedy, repeatable
    int topK = 40;
    double topP = 0.95;
    double minP = 0.05;
    double repetitionPenalty = 1.0;
    std::uint64_t seed = 1;
};

// What the window shows of an opened model.
struct ModelFacts {
    std::string path, name, architecture, tokenizer, plan; // plan: resolved from "auto"
    std::uint64_t parameters = 0, fileBytes = 0, weightsBytes = 0;
    std::int64_t contextLength = 0;
    int layers = 0, heads = 0, kvHeads = 0, headDim = 0, embeddingLength = 0;
    std::int64_t vocabularySize = 0;
    bool hasChatTemplate = false;
    std::vector<std::string> adapters; // one line each: path, strength, what it changes
    std::vector<std::string> warnings; // one sentence each: what of the files is not used
    std::string device; // what it really runs on, e.g. "CPU, 2 threads, AVX-512"
    std::string ownPlan;               // what "auto" stands for; "" = full
    std::vector<std::int64_t> windows; // keys each layer sees at most, 0: all; empty: all layers see all
    std::uint64_t activationBytes = 0; // of one reading step
};

struct EvidencePassage {
    std::int64_t documentId = 0;
    std::string document;             // its name
    std::uint64_t start = 0, end = 0; // bytes in the document's text
    int page = 0;                     // 1-based; 0 where the format has no pages
    int line = 0;                     // 1-based, in `file` if set
    std::string file;                 // inside a packed folder; else empty
    std::string text;                 // the passage, word for word
    double score = 0; // 0..1: share of the look-back attention, of the answer or of a sentence of it
    // Sentences of the answer that rest on it, bytes [begin, end) of the answer (answer_sentences.h).
    std::vector<std::pair<std::uint64_t, std::uint64_t>> answerRanges{};
};

struct AnswerReply {
    std::int64_t sessionId = 0, questionId = 0, answerId = 0; // message ids in the store
    std::string answer;
    std::vector<EvidencePassage> evidence; // best first; empty: no confident source
    std::vector<std::uint64_t> tokenEnds;  // byte of the answer where the text of each of its tokens ends
    StopReason stopReason = StopReason::EndOfAnswer;
    StepTimings timing;
    KvUsage kv;
};

struct IngestProgress {
    std::string path; // the path given, or the file of a folder being read
    std::uint64_t doneBytes = 0, totalBytes = 0;
    int page = 0;
};

struct IngestedDocument {
    std::int64_t id = 0;
    std::string path, name, kind;
    std::uint64_t bytes = 0, characters = 0;
    std::int64_t tokens = 0; // exact, with the open model's tokenizer; 0 while no model is open
    int pages = 0;
    std::string status;  // "ready" or "failed"
    std::string message; // warnings, or why it failed
};

struct IngestReply {
    std::int64_t sessionId = 0;
    std::vector<IngestedDocument> documents;
    std::vector<SkippedPath> skipped;
};

// Which heads the attention view wants as full maps; thumbnails come for all heads while `enabled`.
struct AttentionWish {
    bool enabled = false;
    std::vector<std::pair<std::int32_t, std::int32_t>> heads; // (layer, head)
};

} // namespace lectern
