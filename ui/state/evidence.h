// Passages an answer rests on: from the store's JSON, and as the labels of citation chips.
#pragma once

#include "app/worker/values.h"
#include "ui/state/library.h"

#include <QByteArray>
#include <QString>

#include <optional>
#include <vector>

namespace lectern {

// Damaged or unknown parts are left out. `documents` gives ids to passages that carry only a name.
std::vector<EvidencePassage> evidenceFromJson(const QByteArray& json, const std::vector<DocumentRow>& documents);

// "p. 12", "src/a.cc:40", "annals.txt:120". With several documents a page is told by its document too.
QString passageLabel(const EvidencePassage& passage, bool severalDocuments);

// What an answer cost, from the store's JSON (lectern-cli's fields); nothing where there is none.
struct AnswerFacts {
    StepTimings timing;
    std::uint64_t kvBytes = 0, fullAttentionBytes = 0;
};
std::optional<AnswerFacts> factsFromJson(const QByteArray& json);
AnswerFacts factsOf(const AnswerReply& reply);

// "120 answer tokens · 41.2 tokens/s · first after 340 ms · 28,900 read, 8,192 reused · KV 12.3 MiB"
QString describe(const AnswerFacts& facts);

} // namespace lectern
