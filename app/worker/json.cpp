#include "app/worker/json.h"

namespace lectern {

Json toJson(const StepTimings& timing)
{
    return {{"tokenize_ms", timing.tokenizeMs},
            {"prefill_ms", timing.prefillMs},
            {"first_token_ms", timing.firstTokenMs},
            {"decode_ms", timing.decodeMs},
            {"prefill_tokens_per_second", timing.prefillTokensPerSecond()},
            {"decode_tokens_per_second", timing.decodeTokensPerSecond()}};
}

Json toJson(const KvUsage& kv)
{
    Json layers = Json::array();
    for (const KvLayerUsage& layer : kv.layers)
        layers.push_back({{"layer", layer.layer},
                          {"kind", layer.kind},
                          {"tokens", layer.tokens},
                          {"bytes", layer.totalBytes()},
                          {"used_bytes", layer.usedBytes}});
    return {{"bytes", kv.bytes},
            {"full_attention_bytes", kv.fullAttentionBytes},
            {"checkpoint_bytes", kv.checkpointBytes},
            {"disk_bytes", kv.diskBytes},
            {"saved_fraction", kv.savedFraction()},
            {"context", kv.context},
            {"position", kv.position},
            {"layers", std::move(layers)}};
}

Json toJson(const EvidencePassage& passage)
{
    Json json = {{"document", passage.document}, {"start", passage.start}, {"end", passage.end},
                 {"page", passage.page},         {"line", passage.line},   {"text", passage.text},
                 {"score", passage.score}};
    if (!passage.file.empty())
        json["file"] = passage.file;
    json["document_id"] = passage.documentId;
    if (!passage.answerRanges.empty())
        json["answer_ranges"] = passage.answerRanges;
    return json;
}

Json evidenceJson(const std::vector<EvidencePassage>& evidence)
{
    Json list = Json::array();
    for (const EvidencePassage& passage : evidence)
        list.push_back(toJson(passage));
    return list;
}

Json toJson(const IngestReply& reply)
{
    Json documents = Json::array();
    for (const IngestedDocument& row : reply.documents)
        documents.push_back({{"id", row.id},
                             {"path", row.path},
                             {"name", row.name},
                             {"kind", row.kind},
                             {"bytes", row.bytes},
                             {"characters", row.characters},
                             {"tokens", row.tokens},
                             {"pages", row.pages},
                             {"status", row.status},
                             {"message", row.message}});
    Json skipped = Json::array();
    for (const SkippedPath& path : reply.skipped)
        skipped.push_back({{"path", path.path}, {"reason", path.reason}});
    return {
        {"session", reply.sessionId}, {"documents", std::move(documents)}, {"skipped", std::move(skipped)}};
}

Json statsJson(const AnswerReply& reply)
{
    return {{"prompt_tokens", reply.timing.promptTokens},
            {"reused_tokens", reply.timing.reusedTokens},
            {"answer_tokens", reply.timing.answerTokens},
            {"stop_reason", stopReasonName(reply.stopReason)},
            {"timing", toJson(reply.timing)},
            {"kv", toJson(reply.kv)}};
}

Json toJson(const AnswerReply& reply)
{
    Json json = {
        {"session", reply.sessionId}, {"answer", reply.answer}, {"evidence", evidenceJson(reply.evidence)}};
    json.update(statsJson(reply));
    return json;
}

Json toJson(const Error& error)
{
    return {
        {"error", {{"code", errorCodeName(error.code)}, {"message", error.message}, {"hint", error.hint}}}};
}

std::string dumpJson(const Json& json, bool pretty)
{
    return json.dump(pretty ? 2 : -1, ' ', false, Json::error_handler_t::replace);
}

} // namespace lectern
