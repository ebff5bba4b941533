#include "ui/state/capture_parts.h"

#include "ui/state/cbor_helpers.h"

namespace lectern {

namespace {

QString text(const std::string& utf8)
{
    return QString::fromStdString(utf8);
}

QCborValue toCbor(const AnswerFacts& facts)
{
    const StepTimings& t = facts.timing;
    QCborArray array = cborRow({t.promptTokens, t.reusedTokens, t.answerTokens, std::int64_t(facts.kvBytes),
                                std::int64_t(facts.fullAttentionBytes)});
    for (const double ms : {t.tokenizeMs, t.prefillMs, t.firstTokenMs, t.decodeMs})
        array.append(ms);
    return array;
}

std::optional<AnswerFacts> factsFrom(const QCborValue& value)
{
    if (!isRowOf(value, 9))
        return {};
    const QCborArray array = value.toArray();
    AnswerFacts facts;
    facts.timing.promptTokens = array[0].toInteger();
    facts.timing.reusedTokens = array[1].toInteger();
    facts.timing.answerTokens = array[2].toInteger();
    facts.kvBytes = std::uint64_t(array[3].toInteger());
    facts.fullAttentionBytes = std::uint64_t(array[4].toInteger());
    facts.timing.tokenizeMs = array[5].toDouble();
    facts.timing.prefillMs = array[6].toDouble();
    facts.timing.firstTokenMs = array[7].toDouble();
    facts.timing.decodeMs = array[8].toDouble();
    return facts;
}

} // namespace

QCborValue toCbor(const EvidencePassage& passage)
{
    QCborArray ranges;
    for (const auto& [begin, end] : passage.answerRanges)
        ranges.append(cborRow({std::int64_t(begin), std::int64_t(end)}));
    QCborArray array = cborRow({passage.documentId, std::int64_t(passage.start), std::int64_t(passage.end),
                                passage.page, passage.line});
    array.append(text(passage.document));
    array.append(text(passage.file));
    array.append(text(passage.text));
    array.append(passage.score);
    array.append(ranges);
    return array;
}

bool fromCbor(const QCborValue& value, EvidencePassage& passage)
{
    if (!isRowOf(value, 10))
        return false;
    const QCborArray array = value.toArray();
    passage.documentId = array[0].toInteger();
    passage.start = std::uint64_t(array[1].toInteger());
    passage.end = std::uint64_t(array[2].toInteger());
    passage.page = int(array[3].toInteger());
    passage.line = int(array[4].toInteger());
    passage.document = array[5].toString().toStdString();
    passage.file = array[6].toString().toStdString();
    passage.text = array[7].toString().toStdString();
    passage.score = array[8].toDouble();
    for (const QCborValue& range : array[9].toArray())
        if (isRowOf(range, 2))
            passage.answerRanges.emplace_back(range.toArray()[0].toInteger(), range.toArray()[1].toInteger());
    return passage.start <= passage.end;
}

QCborValue toCbor(const ChatMessage& message)
{
    QCborArray evidence;
    for (const EvidencePassage& passage : message.evidence)
        evidence.append(toCbor(passage));
    QCborArray array = cborRow({message.id, std::int64_t(message.kind), std::int64_t(message.state)});
    array.append(message.text);
    array.append(evidence);
    array.append(packed(message.tokenEnds));
    array.append(message.facts ? toCbor(*message.facts) : QCborValue());
    array.append(message.note);
    return array;
}

bool fromCbor(const QCborValue& value, ChatMessage& message)
{
    if (!isRowOf(value, 8))
        return false;
    const QCborArray array = value.toArray();
    const qint64 kind = array[1].toInteger(), state = array[2].toInteger();
    if (kind < 0 || kind > qint64(MessageKind::Answer) || state < 0 || state > qint64(AnswerState::Failed))
        return false;
    message.id = array[0].toInteger();
    message.kind = MessageKind(kind);
    message.state = AnswerState(state);
    message.text = array[3].toString();
    message.facts = factsFrom(array[6]);
    message.note = array[7].toString();
    return listFromCbor(array[4], message.evidence) && unpack(array[5], message.tokenEnds);
}

QCborValue toCbor(const DocumentRow& document)
{
    QCborArray array = cborRow({document.id, std::int64_t(document.bytes), std::int64_t(document.textBytes),
                                document.tokens, document.pages});
    array.append(document.name);
    array.append(document.kind);
    return array;
}

bool fromCbor(const QCborValue& value, DocumentRow& document)
{
    if (!isRowOf(value, 7))
        return false;
    const QCborArray array = value.toArray();
    document.id = array[0].toInteger();
    document.bytes = std::uint64_t(array[1].toInteger());
    document.textBytes = std::uint64_t(array[2].toInteger());
    document.tokens = array[3].toInteger();
    document.pages = int(array[4].toInteger());
    document.name = array[5].toString();
    document.kind = array[6].toString();
    return true;
}

QCborValue toCbor(const DocumentText& document)
{
    QCborArray pages, files;
    for (const PagePlace& page : document.pages)
        pages.append(cborRow({page.page, std::int64_t(page.byte)}));
    for (const FilePlace& file : document.files)
        files.append(QCborArray{file.path, qint64(file.byte), qint64(file.length), file.firstLine});
    return QCborArray{qint64(document.id), document.name, QByteArray::fromStdString(document.utf8), pages,
                      files};
}

bool fromCbor(const QCborValue& value, DocumentText& document)
{
    if (!isRowOf(value, 5))
        return false;
    const QCborArray array = value.toArray();
    document.id = array[0].toInteger();
    document.name = array[1].toString();
    document.utf8 = array[2].toByteArray().toStdString();
    for (const QCborValue& page : array[3].toArray())
        if (isRowOf(page, 2))
            document.pages.push_back(
                {int(page.toArray()[0].toInteger()), std::uint64_t(page.toArray()[1].toInteger())});
    for (const QCborValue& file : array[4].toArray())
        if (isRowOf(file, 4))
            document.files.push_back(
                {file.toArray()[0].toString(), std::uint64_t(file.toArray()[1].toInteger()),
                 std::uint64_t(file.toArray()[2].toInteger()), int(file.toArray()[3].toInteger())});
    return true;
}

QCborValue toCbor(const PromptSpan& span)
{
    return cborRow({span.tokenBegin, span.tokenEnd, span.document, std::int64_t(span.byteBegin),
                    std::int64_t(span.byteEnd)});
}

bool fromCbor(const QCborValue& value, PromptSpan& span)
{
    if (!isRowOf(value, 5))
        return false;
    const QCborArray array = value.toArray();
    span = {array[0].toInteger(), array[1].toInteger(), array[2].toInteger(),
            std::uint64_t(array[3].toInteger()), std::uint64_t(array[4].toInteger())};
    return span.tokenBegin >= 0 && span.tokenBegin <= span.tokenEnd && span.byteBegin <= span.byteEnd;
}

QCborValue toCbor(const MemoryPoint& point)
{
    return cborRow({point.position, std::int64_t(point.allocated), std::int64_t(point.used),
                    std::int64_t(point.fullAttention)});
}

bool fromCbor(const QCborValue& value, MemoryPoint& point)
{
    if (!isRowOf(value, 4))
        return false;
    const QCborArray array = value.toArray();
    point = {array[0].toInteger(), std::uint64_t(array[1].toInteger()), std::uint64_t(array[2].toInteger()),
             std::uint64_t(array[3].toInteger())};
    return true;
}

QCborValue toCbor(const KvUsage& usage)
{
    QCborArray layers;
    for (const KvLayerUsage& layer : usage.layers) {
        QCborArray array =
            cborRow({layer.layer, layer.tokens, std::int64_t(layer.usedBytes), layer.windowBegin});
        for (const std::uint64_t bytes : layer.bytes)
            array.append(qint64(bytes));
        array.append(text(layer.kind));
        layers.append(array);
    }
    QCborArray array = cborRow({usage.position, usage.context, usage.reusedTokens, std::int64_t(usage.bytes),
                                std::int64_t(usage.fullAttentionBytes)});
    array.append(layers);
    return array;
}

bool fromCbor(const QCborValue& value, KvUsage& usage)
{
    if (!isRowOf(value, 6))
        return false;
    const QCborArray array = value.toArray();
    usage.position = array[0].toInteger();
    usage.context = array[1].toInteger();
    usage.reusedTokens = array[2].toInteger();
    usage.bytes = std::uint64_t(array[3].toInteger());
    usage.fullAttentionBytes = std::uint64_t(array[4].toInteger());
    for (const QCborValue& item : array[5].toArray()) {
        if (!isRowOf(item, 5 + kHeadClassCount))
            return false;
        const QCborArray numbers = item.toArray();
        KvLayerUsage& layer = usage.layers.emplace_back();
        layer.layer = std::int32_t(numbers[0].toInteger());
        layer.tokens = numbers[1].toInteger();
        layer.usedBytes = std::uint64_t(numbers[2].toInteger());
        layer.windowBegin = numbers[3].toInteger();
        for (int c = 0; c < kHeadClassCount; ++c)
            layer.bytes[c] = std::uint64_t(numbers[4 + c].toInteger());
        layer.kind = numbers[4 + kHeadClassCount].toString().toStdString();
    }
    return true;
}

} // namespace lectern
