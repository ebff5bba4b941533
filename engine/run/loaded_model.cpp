#include "engine/run/loaded_model.h"

#include "engine/text/hf_vocabulary.h"

namespace lectern {

namespace {

Result<AnswerRules> readAnswerRules(const Metadata& metadata, const Tokenizer& tokenizer)
{
    const auto answers = metadata.textOr("lectern.answers", "");
    const auto text = metadata.textOr("lectern.no_answer.text", "");
    for (const auto* value : {&answers, &text})
        if (!*value)
            return failed(*value);
    const auto threshold = metadata.numberOr("lectern.no_answer.threshold", 0.0);
    if (!threshold)
        return failed(threshold);
    AnswerRules rules;
    rules.spansOnly = *answers == "spans";
    rules.noAnswer = *text;
    rules.noAnswerThreshold = *threshold;
    // Answers begin with a space, as the words of a running text do.
    const auto ids = tokenizer.encode(" " + *text, Trust::Text);
    if (!text->empty() && ids && !ids->empty())
        rules.noAnswerFirst = ids->front();
    return rules;
}

} // namespace

Result<std::shared_ptr<const LoadedModel>> LoadedModel::open(const std::string& path,
                                                                    std::span<const AdapterChoice> adapters)
{
    auto model = Model::open(path, adapters);
    if (!model)
        return failed(model);
    const Metadata& metadata = (*model)->file()->metadata();
    const std::string tokenizerFolder = (*model)->file()->tokenizerFolder();
    auto vocabulary = tokenizerFolder.empty()
                          ? readVocabulary(metadata)
                          : readHfVocabulary(tokenizerFolder, std::size_t((*model)->spec().vocabulary));
    if (!vocabulary)
        return failed(vocabulary);
    const auto name = metadata.textOr("general.name", path.substr(path.find_last_of('/') + 1));
    const auto plan = metadata.textOr("lectern.plan", "");
    const auto stop = metadata.textOr("lectern.stop", "");
    for (const auto* text : {&name, &plan, &stop})
        if (!*text)
            return failed(*text);

    std::shared_ptr<LoadedModel> loaded(new LoadedModel);
    loaded->m_path = path;
    loaded->m_name = *name;
    loaded->m_plan = *plan;
    loaded->m_stopsAtSentence = *stop == "sentence";
    loaded->m_warnings = (*model)->warnings();
    loaded->m_warnings.insert(loaded->m_warnings.end(), vocabulary->warnings.begin(), vocabulary->warnings.end());
    auto chatTemplate = ChatTemplate::of(*vocabulary);
    if (chatTemplate)
        loaded->m_template = std::move(*chatTemplate);
    else
        loaded->m_warnings.push_back("The model's chat template cannot be used (" + chatTemplate.error().message +
                                     "); a plain question-and-answer layout is used instead.");
    auto tokenizer = Tokenizer::create(std::move(*vocabulary));
    if (!tokenizer)
        return failed(tokenizer);
    if ((*tokenizer)->vocabularySize() != static_cast<std::size_t>((*model)->spec().vocabulary))
        loaded->m_warnings.push_back("The tokenizer has " + std::to_string((*tokenizer)->vocabularySize()) +
                                     " tokens, the weights " + std::to_string((*model)->spec().vocabulary) + ".");
    auto rules = readAnswerRules(metadata, **tokenizer);
    if (!rules)
        return failed(rules);
    loaded->m_answerRules = std::move(*rules);
    loaded->m_tokenizer = std::move(*tokenizer);
    loaded->m_model = std::move(*model);
    return loaded;
}

} // namespace lectern
