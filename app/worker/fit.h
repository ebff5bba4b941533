// Whether a question with its documents fits the model and the memory, counted exactly before anything is read; and where
// it does not, what would, with its numbers. Nothing is ever cut silently.
#pragma once

#include "app/worker/reading_prompt.h"
#include "app/worker/values.h"

#include <string>
#include <vector>

namespace lectern {

struct FitChoice {
    enum class Kind {
        Plan,           // another attention plan, and perhaps another KV type
        KvType,         // another type of cached keys and values
        FewerDocuments, // without `documents`
        FewerFiles,     // of a folder, without `files`
        FewerPages,     // of the one document, only to page `pages`
        LongerContext,  // beyond what the model was made for: answers may suffer
    };
    Kind kind = Kind::Plan;
    std::string label; // one clause for a person, with its numbers
    std::string plan, kvType;
    std::vector<std::int64_t> documents; // ids
    std::vector<std::string> files;
    int pages = 0;
    std::int64_t tokens = 0;      // of the prompt then
    std::uint64_t totalBytes = 0; // weights, KV and workspace then
};

struct FitReport {
    bool fitsContext = true;
    bool fitsMemory = true;
    std::int64_t promptTokens = 0; // exact
    std::int64_t contextTokens = 0; // the most this model and these settings read
    std::uint64_t totalBytes = 0;   // that the session will take
    std::uint64_t availableBytes = 0;
    std::vector<std::int64_t> documentTokens; // by document, as given
    std::vector<FitChoice> choices;           // only where it does not fit; each of them does
    bool fits() const { return fitsContext && fitsMemory; }
};

// `availableBytes` 0: what the system has left now. Errors: those of the plan and KV type in `settings`.
Result<FitReport> measureFit(const LoadedModel& model, const EngineSettings& settings, const ReadingPrompt& prompt,
                             const std::vector<Document>& documents, int answerTokens,
                             std::uint64_t availableBytes = 0);

// The report as an error with its choices in the hint: TooLong or OutOfMemory.
Error fitError(const FitReport& report, const std::string& modelName);

} // namespace lectern
