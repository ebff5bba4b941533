#include "engine/text/chat_template.h"

#include "engine/text/jinja_interpreter.h"
#include "engine/text/jinja_parser.h"

#include <algorithm>

namespace lectern {

namespace {

using jinja::kFromInput;
using jinja::kFromTemplate;
using jinja::Value;

constexpr std::size_t kMostTemplateBytes = 1 << 20;

// Roles are our own words, and templates build markers of them (<|user|>): trusted if they are plain words.
std::int32_t sourceOfRole(const std::string& role)
{
    const bool plain =
        !role.empty() && role.size() <= 32 &&
        std::all_of(role.begin(), role.end(), [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
    return plain ? kFromTemplate : kFromInput;
}

Value messagesValue(jinja::Runtime& runtime, const std::vector<ChatMessage>& messages)
{
    std::vector<Value> items;
    for (std::size_t i = 0; i < messages.size(); ++i) {
        const Value message = runtime.dict();
        message.dict->set(runtime.text("role"),
                          runtime.text(messages[i].role, sourceOfRole(messages[i].role)));
        message.dict->set(runtime.text("content"),
                          runtime.text(messages[i].content, static_cast<std::int32_t>(i)));
        items.push_back(message);
    }
    return runtime.list(std::move(items));
}

std::optional<Value> variableValue(jinja::Runtime& runtime, const MetaValue& value)
{
    if (const auto* flag = std::get_if<bool>(&value))
        return Value::of(*flag);
    if (const auto* whole = std::get_if<std::int64_t>(&value))
        return Value::of(*whole);
    if (const auto* whole = std::get_if<std::uint64_t>(&value))
        return Value::of(static_cast<std::int64_t>(*whole));
    if (const auto* real = std::get_if<double>(&value))
        return Value::of(*real);
    if (const auto* text = std::get_if<std::string>(&value))
        return runtime.text(*text, kFromInput);
    return std::nullopt;
}

std::uint64_t bytesOf(const TemplateInput& input)
{
    std::uint64_t bytes = 0;
    for (const ChatMessage& message : input.messages)
        bytes += message.content.size() + message.role.size();
    return bytes;
}

Prompt toPrompt(const jinja::Text& text)
{
    Prompt out;
    std::size_t start = 0;
    for (const jinja::Run& run : text.runs()) {
        PromptPart part;
        part.text = text.bytes().substr(start, run.bytes);
        part.trusted = run.source == kFromTemplate;
        part.message = run.source >= 0 ? run.source : -1;
        part.offset = run.source >= 0 ? run.offset : 0;
        out.parts.push_back(std::move(part));
        start += run.bytes;
    }
    return out;
}

} // namespace

Result<ChatTemplate> ChatTemplate::parse(const std::string& source)
{
    if (source.size() > kMostTemplateBytes)
        return fail(ErrorCode::TooLong, "The chat template is longer than 1 MB.",
                    "Choose another chat template.");
    auto program = jinja::parse(source);
    if (!program)
        return failed(program);
    ChatTemplate out;
    out.m_program = std::move(*program);
    return out;
}

Result<ChatTemplate> ChatTemplate::of(const Vocabulary& vocabulary)
{
    if (!vocabulary.chatTemplate.empty())
        return parse(vocabulary.chatTemplate);
    const auto named = vocabulary.namedTemplates.find("default");
    return named != vocabulary.namedTemplates.end() ? parse(named->second)
                                                    : Result<ChatTemplate>(ChatTemplate());
}

Result<Prompt> ChatTemplate::render(const TemplateInput& input) const
{
    if (isPlain())
        return plainPrompt(input);
    jinja::Runtime runtime(m_program->sourceBytes + bytesOf(input), input.unixSeconds);
    jinja::Interpreter interpreter(*m_program, runtime);
    interpreter.define("messages", messagesValue(runtime, input.messages));
    interpreter.define("add_generation_prompt", Value::of(input.addGenerationPrompt));
    interpreter.define("bos_token", runtime.text(input.bosToken));
    interpreter.define("eos_token", runtime.text(input.eosToken));
    interpreter.define("tools", Value::none());
    interpreter.define("documents", Value::none());
    for (const TemplateVariable& variable : input.variables)
        if (const auto value = variableValue(runtime, variable.value))
            interpreter.define(variable.name, *value);
    const auto text = interpreter.run();
    if (!text)
        return failed(text);
    return toPrompt(*text);
}

TemplateInput templateInput(const Vocabulary& vocabulary, std::vector<ChatMessage> messages)
{
    TemplateInput out;
    out.messages = std::move(messages);
    if (vocabulary.bos)
        out.bosToken = vocabulary.pieces[static_cast<std::size_t>(*vocabulary.bos)];
    if (vocabulary.eos)
        out.eosToken = vocabulary.pieces[static_cast<std::size_t>(*vocabulary.eos)];
    return out;
}

Prompt plainPrompt(const TemplateInput& input)
{
    Prompt out;
    const auto add = [&](std::string text, int message = -1) {
        if (!text.empty())
            out.parts.push_back({std::move(text), message < 0, message, 0});
    };
    for (std::size_t i = 0; i < input.messages.size(); ++i) {
        const ChatMessage& message = input.messages[i];
        if (message.role == "user")
            add("Question: ");
        else if (message.role == "assistant")
            add("Answer: ");
        add(message.content, static_cast<int>(i));
        add(message.role == "user" ? "\n" : "\n\n");
    }
    if (input.addGenerationPrompt)
        add("Answer:");
    return out;
}

} // namespace lectern
