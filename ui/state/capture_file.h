// Capture files (.lectern-capture): what the views showed of a session, to be opened again without a model:
// the conversation, the documents it was about, the KV memory and the attention step by step. Format: the 16
// bytes "LECTERN-CAPTURE\n", then zlib data (Qt's, with its 4-byte big-endian size) of one CBOR map (RFC
// 8949) with "version" 1. Numbers of arrays are little-endian float32 or int64. Everything is checked on
// reading: a damaged file is an error, never half a capture.
#pragma once

#include "app/worker/values.h"
#include "engine/base/result.h"
#include "ui/state/chat_model.h"
#include "ui/state/memory_model.h"
#include "ui/state/prompt_map.h"
#include "ui/state/recording.h"

namespace lectern {

struct Capture {
    QString session, model, plan;
    std::int64_t measuredAnswer = 0; // id of the message that the attention belongs to
    std::vector<ChatMessage> messages;
    std::vector<DocumentRow> documents;
    std::vector<DocumentText> texts; // of the documents, in order
    std::vector<PromptSpan> spans;
    std::vector<MemoryPoint> memory;
    std::vector<RecordedStep> steps;
};

QByteArray captureToBytes(const Capture& capture);
Result<Capture> captureFromBytes(const QByteArray& bytes);

Status saveCapture(const QString& path, const Capture& capture);
Result<Capture> loadCapture(const QString& path);

} // namespace lectern
