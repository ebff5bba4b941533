#include "engine/run/generate.h"

#include "engine/run/span_constraint.h"
#include "engine/text/detokenizer.h"

#include <optional>

namespace lectern {

const char* stopReasonName(StopReason reason)
{
    switch (reason) {
    case StopReason::EndOfAnswer: return "end";
    case StopReason::MaxTokens: return "max_tokens";
    case StopReason::Cancelled: return "cancelled";
    case StopReason::ContextFull: return "context_full";
    case StopReason::Failed: return "failed";
    }
    return "failed";
}

namespace {

// A sentence has ended once something follows its mark: "3.14" and "a.b" do not end one. Returns the end of the text to
// keep, or npos.
std::size_t sentenceEnd(const std::string& text)
{
    for (std::size_t i = 1; i < text.size(); ++i) {
        if (text[i] == '\n')
            return i;
        const char mark = text[i - 1];
        if (text[i] == ' ' && (mark == '.' || mark == '!' || mark == '?'))
            return i;
    }
    return std::string::npos;
}

} // namespace

Result<Generation> generate(EngineSession& session, const Tokenizer& tokenizer, const GenerateSettings& settings,
                            const OnToken& onToken, const CancelToken& cancel)
{
    Generation generation;
    Sampler sampler(settings.sampler);
    Detokenizer detokenizer(tokenizer, TextStart::Continuation);
    generation.stop = StopReason::MaxTokens;
    const auto finish = [&](StopReason reason) {
        generation.stop = reason;
        return generation;
    };
    const AnswerRules& rules = settings.rules;
    if (rules.noAnswerFirst >= 0 && std::size_t(rules.noAnswerFirst) < session.logits().size())
        session.logits()[std::size_t(rules.noAnswerFirst)] -= float(rules.noAnswerThreshold);
    std::optional<SpanConstraint> spans;
    if (rules.spansOnly && settings.sampler.temperature == 0)
        spans.emplace(tokenizer, session.tokens(), rules.noAnswer);
    while (static_cast<int>(generation.ids.size()) < settings.maxTokens) {
        if (spans && !spans->hold(session.logits())) {
            finish(StopReason::EndOfAnswer);
            break;
        }
        const auto token = sampler.pick(session.logits());
        if (!token)
            return failed(token);
        if (tokenizer.isEndOfGeneration(*token)) {
            finish(StopReason::EndOfAnswer);
            break;
        }
        std::string text = detokenizer.push(*token);
        generation.ids.push_back(*token);
        const std::size_t before = generation.text.size();
        generation.text += text;
        const std::size_t end = settings.stopAtSentence ? sentenceEnd(generation.text) : std::string::npos;
        if (end != std::string::npos) {
            generation.text.resize(end);
            text = end > before ? generation.text.substr(before) : std::string();
        }
        onToken(*token, text);
        if (end != std::string::npos)
            return finish(StopReason::EndOfAnswer);
        sampler.accept(*token);
        if (spans)
            spans->accept(*token);
        if (static_cast<std::int64_t>(session.tokens().size()) >= session.context()) {
            finish(StopReason::ContextFull);
            break;
        }
        if (auto appended = session.append(*token, cancel); !appended) {
            if (appended.error().code != ErrorCode::Cancelled)
                return failed(appended);
            finish(StopReason::Cancelled);
            break;
        }
    }
    const std::string rest = detokenizer.flush();
    if (!rest.empty()) {
        generation.text += rest;
        onToken(-1, rest);
    }
    return generation;
}

} // namespace lectern
