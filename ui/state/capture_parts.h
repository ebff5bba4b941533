// The parts of a capture file as CBOR (capture_file.h). Each fromCbor returns false where a part is missing
// or wrong.
#pragma once

#include "ui/state/chat_model.h"
#include "ui/state/memory_model.h"
#include "ui/state/prompt_map.h"
#include "ui/state/recording.h"

#include <QCborArray>
#include <QCborMap>
#include <QCborValue>

namespace lectern {

QCborValue toCbor(const EvidencePassage& passage);
bool fromCbor(const QCborValue& value, EvidencePassage& passage);
bool fromCbor(const QCborValue& value, AttentionThumbnail& thumbnail);
bool fromCbor(const QCborValue& value, AttentionMap& map);
QCborValue toCbor(const ChatMessage& message);
bool fromCbor(const QCborValue& value, ChatMessage& message);
QCborValue toCbor(const DocumentRow& row);
bool fromCbor(const QCborValue& value, DocumentRow& row);
QCborValue toCbor(const DocumentText& text);
bool fromCbor(const QCborValue& value, DocumentText& text);
QCborValue toCbor(const PromptSpan& span);
bool fromCbor(const QCborValue& value, PromptSpan& span);
QCborValue toCbor(const MemoryPoint& point);
bool fromCbor(const QCborValue& value, MemoryPoint& point);
QCborValue toCbor(const KvUsage& usage);
bool fromCbor(const QCborValue& value, KvUsage& usage);

// The sources of an answer only grow: they are kept once, and each step says how many it had.
QCborValue stepsToCbor(const std::vector<RecordedStep>& steps);
bool stepsFromCbor(const QCborValue& value, std::vector<RecordedStep>& steps);

template <typename T> QCborArray listToCbor(const std::vector<T>& list)
{
    QCborArray array;
    for (const T& item : list)
        array.append(toCbor(item));
    return array;
}

template <typename T> bool listFromCbor(const QCborValue& value, std::vector<T>& list)
{
    if (!value.isArray())
        return false;
    for (const QCborValue& item : value.toArray())
        if (!fromCbor(item, list.emplace_back()))
            return false;
    return true;
}

} // namespace lectern
