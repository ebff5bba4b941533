// A model with everything that is needed to talk to it: weights, tokenizer, chat template and the plan its file carries.
// Immutable; any thread.
#pragma once

#include "engine/model/model.h"
#include "engine/run/answer_rules.h"
#include "engine/text/chat_template.h"
#include "engine/text/tokenizer.h"

namespace lectern {

class LoadedModel {
public:
    // A GGUF file or the folder of a Hugging Face model, with adapters in the given order.
    static Result<std::shared_ptr<const LoadedModel>> open(const std::string& path,
                                                           std::span<const AdapterChoice> adapters = {});

    const std::string& path() const { return m_path; }
    const std::string& name() const { return m_name; }   // general.name, else the file's name
    const std::string& plan() const { return m_plan; }   // lectern.plan; "" if the file has none
    // The model should stop where a sentence ends (lectern.stop = "sentence": it only ever continues a text).
    bool stopsAtSentence() const { return m_stopsAtSentence; }
    const AnswerRules& answerRules() const { return m_answerRules; }
    const std::shared_ptr<const Model>& model() const { return m_model; }
    const Tokenizer& tokenizer() const { return *m_tokenizer; }
    const ChatTemplate& chatTemplate() const { return m_template; }
    // What the person should know, e.g. that the file's chat template could not be used and a plain layout is.
    const std::vector<std::string>& warnings() const { return m_warnings; }

private:
    LoadedModel() = default;
    std::string m_path, m_name, m_plan;
    bool m_stopsAtSentence = false;
    AnswerRules m_answerRules;
    std::shared_ptr<const Model> m_model;
    std::unique_ptr<Tokenizer> m_tokenizer;
    ChatTemplate m_template;
    std::vector<std::string> m_warnings;
};

} // namespace lectern
