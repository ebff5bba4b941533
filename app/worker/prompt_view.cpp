#include "app/worker/prompt_view.h"

#include "app/worker/reading_prompt.h"

namespace lectern {

PromptViewPtr makePromptView(std::int64_t session, const LoadedModel& model, const ReadingPrompt& prompt,
                             const std::vector<Document>& documents)
{
    auto view = std::make_shared<PromptView>();
    view->session = session;
    for (const Document& document : documents)
        view->documents.push_back(document.id.value);
    const std::size_t count = prompt.ids.size();
    view->ends.reserve(count);
    view->ids.reserve(count);
    view->special.reserve(count);
    view->spans.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        view->text += model.tokenizer().piece(prompt.ids[i]);
        view->ends.push_back(static_cast<std::uint32_t>(view->text.size()));
        view->ids.push_back(prompt.ids[i]);
        view->special.push_back(model.tokenizer().isSpecial(prompt.ids[i]));
        view->spans.push_back({prompt.spans[i].document, prompt.spans[i].begin, prompt.spans[i].end});
    }
    return view;
}

} // namespace lectern
