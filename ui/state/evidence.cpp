#include "ui/state/evidence.h"

#include "ui/common/format.h"
#include "ui/common/visible_text.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QStringList>

#include <algorithm>

namespace lectern {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("Evidence", text);
}

std::uint64_t offsetOf(const QJsonValue& value)
{
    return std::uint64_t(std::max(0.0, value.toDouble()));
}

void resolveDocument(EvidencePassage& passage, const QJsonObject& object,
                     const std::vector<DocumentRow>& documents)
{
    const QJsonValue document = object.value(QLatin1String("document"));
    passage.documentId = object.value(QLatin1String("document_id")).toInteger(document.toInteger(0));
    const QString name = document.toString();
    for (const DocumentRow& row : documents) {
        if (row.id == passage.documentId ||
            (passage.documentId == 0 && !name.isEmpty() && (row.name == name || row.path == name))) {
            passage.documentId = row.id;
            passage.document = row.name.toStdString();
            return;
        }
    }
    passage.document = name.toStdString();
}

} // namespace

std::vector<EvidencePassage> evidenceFromJson(const QByteArray& json,
                                              const std::vector<DocumentRow>& documents)
{
    std::vector<EvidencePassage> passages;
    const QJsonArray array = QJsonDocument::fromJson(json).array();
    for (const QJsonValue& value : array) {
        const QJsonObject object = value.toObject();
        if (object.isEmpty())
            continue;
        EvidencePassage passage;
        passage.start = offsetOf(object.value(QLatin1String("start")));
        passage.end = std::max(passage.start, offsetOf(object.value(QLatin1String("end"))));
        passage.page = object.value(QLatin1String("page")).toInt();
        passage.line = object.value(QLatin1String("line")).toInt();
        passage.file = object.value(QLatin1String("file")).toString().toStdString();
        passage.text = object.value(QLatin1String("text")).toString().toStdString();
        passage.score = object.value(QLatin1String("score")).toDouble();
        for (const QJsonValue& range : object.value(QLatin1String("answer_ranges")).toArray())
            if (const QJsonArray pair = range.toArray(); pair.size() == 2)
                passage.answerRanges.emplace_back(offsetOf(pair[0]), offsetOf(pair[1]));
        resolveDocument(passage, object, documents);
        passages.push_back(std::move(passage));
    }
    return passages;
}

QString passageLabel(const EvidencePassage& passage, bool severalDocuments)
{
    const QString name = QFileInfo(visibleLine(passage.document)).fileName();
    if (!passage.file.empty())
        return QStringLiteral("%1:%2").arg(visibleLine(passage.file)).arg(passage.line);
    if (passage.page > 0) {
        const QString page = tr("p. %1").arg(passage.page);
        return severalDocuments ? QStringLiteral("%1, %2").arg(name, page) : page;
    }
    return passage.line > 0 ? QStringLiteral("%1:%2").arg(name).arg(passage.line) : name;
}

std::optional<AnswerFacts> factsFromJson(const QByteArray& json)
{
    const QJsonObject object = QJsonDocument::fromJson(json).object();
    if (object.isEmpty())
        return {};
    const QJsonObject times = object.value(QLatin1String("timing")).toObject();
    const QJsonObject kv = object.value(QLatin1String("kv")).toObject();
    const auto tokens = [&](const char* key) {
        return object.value(QLatin1String(key)).toInteger(times.value(QLatin1String(key)).toInteger());
    };
    AnswerFacts facts;
    facts.timing.tokenizeMs = times.value(QLatin1String("tokenize_ms")).toDouble();
    facts.timing.prefillMs = times.value(QLatin1String("prefill_ms")).toDouble();
    facts.timing.firstTokenMs = times.value(QLatin1String("first_token_ms")).toDouble();
    facts.timing.decodeMs = times.value(QLatin1String("decode_ms")).toDouble();
    facts.timing.promptTokens = tokens("prompt_tokens");
    facts.timing.reusedTokens = tokens("reused_tokens");
    facts.timing.answerTokens = tokens("answer_tokens");
    facts.kvBytes = offsetOf(kv.value(QLatin1String("bytes")));
    facts.fullAttentionBytes = offsetOf(kv.value(QLatin1String("full_attention_bytes")));
    return facts;
}

AnswerFacts factsOf(const AnswerReply& reply)
{
    return {reply.timing, reply.kv.bytes, reply.kv.fullAttentionBytes};
}

QString describe(const AnswerFacts& facts)
{
    QStringList parts;
    if (facts.timing.answerTokens > 0)
        parts += formatTokens(facts.timing.answerTokens);
    if (const QString rate = formatRate(facts.timing.decodeTokensPerSecond()); !rate.isEmpty())
        parts += rate;
    if (facts.timing.firstTokenMs > 0)
        parts += tr("first after %1").arg(formatDuration(facts.timing.firstTokenMs));
    if (facts.timing.promptTokens > 0) {
        QString read = tr("%1 read").arg(formatTokens(facts.timing.promptTokens));
        if (facts.timing.reusedTokens > 0)
            read += tr(", %1 reused").arg(formatCount(facts.timing.reusedTokens));
        parts += read;
    }
    if (facts.kvBytes > 0)
        parts += tr("KV %1").arg(formatBytes(facts.kvBytes));
    return parts.join(QStringLiteral(" · "));
}

} // namespace lectern
