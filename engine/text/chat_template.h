// Messages to a prompt, by the Jinja template a model ships (the subset that such templates use; the rules of
// Hugging Face's apply_chat_template: trim_blocks, lstrip_blocks, loop controls, tojson without escaping).
// Templates are data from strangers: steps, depth, ranges, output and time are limited, and nothing can be
// reached but the values given here. A ChatTemplate is immutable; render() may be called from several
// threads.
#pragma once

#include "engine/base/result.h"
#include "engine/text/prompt.h"
#include "engine/text/vocabulary.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace lectern {

namespace jinja {
struct Program;
}

struct ChatMessage {
    std::string role; // "system", "user" or "assistant"
    std::string content;
};

// A named value the template may ask for, e.g. {"enable_thinking", false}.
struct TemplateVariable {
    std::string name;
    MetaValue value; // bool, number or text; other kinds are ignored
};

struct TemplateInput {
    std::vector<ChatMessage> messages;
    bool addGenerationPrompt = true; // end where the assistant's answer begins
    std::string bosToken, eosToken;  // their texts, trusted
    std::vector<TemplateVariable> variables;
    std::optional<std::int64_t> unixSeconds; // the clock of strftime_now(); absent: now
};

class ChatTemplate {
public:
    // BadInput: not a valid template; the message names the line. Unsupported: a statement outside the
    // subset.
    static Result<ChatTemplate> parse(const std::string& source);

    // The template of a model: the one in the file, else the plain layout of plainPrompt().
    // Parse errors as above; the caller may fall back to ChatTemplate().
    static Result<ChatTemplate> of(const Vocabulary& vocabulary);

    // No template at all: render() then lays messages out as plain text (plainPrompt()).
    ChatTemplate() = default;
    bool isPlain() const { return m_program == nullptr; }

    // BadInput: the template refused the messages (its own words) or used a value wrongly; TooLong: it ran
    // past a limit; Unsupported: it called a filter, test or function outside the subset. Each names the
    // template's line.
    Result<Prompt> render(const TemplateInput& input) const;

private:
    std::shared_ptr<const jinja::Program> m_program;
};

// The texts of bos and eos filled in from the vocabulary.
TemplateInput templateInput(const Vocabulary& vocabulary, std::vector<ChatMessage> messages);

// The layout for models without a template: system text and documents as they are, then
// "Question: ...\nAnswer: ..." for each turn, paragraphs apart, ending in "Answer:".
Prompt plainPrompt(const TemplateInput& input);

} // namespace lectern
