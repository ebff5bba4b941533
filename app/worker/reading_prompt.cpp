#include "app/worker/reading_prompt.h"

#include <algorithm>

namespace lectern {

namespace {

// All documents as one text. One document stands alone; of several each begins with its name.
struct JoinedDocuments {
    std::string text;
    std::vector<std::uint64_t> begins; // of each document's own text
};

JoinedDocuments join(const std::vector<Document>& documents)
{
    JoinedDocuments joined;
    for (const Document& document : documents) {
        if (documents.size() > 1)
            joined.text += (joined.text.empty() ? "" : "\n\n") + document.name + "\n\n";
        joined.begins.push_back(joined.text.size());
        joined.text += document.text;
    }
    return joined;
}

std::vector<ChatMessage> chatMessages(const std::string& documents, const std::vector<Message>& earlier,
                                      const std::string& question, bool systemRole)
{
    std::vector<ChatMessage> chat;
    if (systemRole && !documents.empty())
        chat.push_back({"system", documents});
    // Only whole turns: a question whose answer failed would leave two questions in a row.
    for (std::size_t i = 0; i + 1 < earlier.size(); ++i) {
        const Message& asked = earlier[i];
        const Message& answered = earlier[i + 1];
        if (asked.role != MessageRole::User || answered.role != MessageRole::Assistant || answered.text.empty())
            continue;
        chat.push_back({"user", asked.text});
        chat.push_back({"assistant", answered.text});
    }
    chat.push_back({"user", question});
    if (!systemRole && !documents.empty())
        chat.front().content = documents + "\n\n" + chat.front().content;
    return chat;
}

Result<Prompt> render(const LoadedModel& model, std::vector<ChatMessage> chat)
{
    return model.chatTemplate().render(templateInput(model.tokenizer().vocabulary(), std::move(chat)));
}

DocumentSpan locateSource(const TokenSource& source, const JoinedDocuments& joined,
                          const std::vector<Document>& documents)
{
    if (source.message != 0)
        return {};
    for (std::size_t i = documents.size(); i-- > 0;) {
        const std::uint64_t begin = joined.begins[i];
        const std::uint64_t end = begin + documents[i].text.size();
        if (source.end <= begin || source.begin >= end)
            continue;
        return {static_cast<int>(i), std::max(source.begin, begin) - begin, std::min(source.end, end) - begin};
    }
    return {};
}

std::vector<CheckpointMark> checkpointMarks(const ReadingPrompt& reading, const std::vector<TokenSource>& sources)
{
    std::vector<CheckpointMark> marks;
    if (!reading.documentRanges.empty())
        marks.push_back({reading.documentRanges.back().second, CheckpointKind::Document});
    int message = 0; // the documents', or the first question with them
    for (std::size_t i = 0; i < sources.size(); ++i) {
        if (sources[i].message <= message)
            continue;
        message = sources[i].message;
        marks.push_back({static_cast<std::int64_t>(i), CheckpointKind::Turn});
    }
    return marks;
}

} // namespace

Result<ReadingPrompt> makeReadingPrompt(const LoadedModel& model, const std::vector<Document>& documents,
                                        const std::vector<Message>& earlier, const std::string& question)
{
    const JoinedDocuments joined = join(documents);
    auto prompt = render(model, chatMessages(joined.text, earlier, question, true));
    if (!prompt && prompt.error().code == ErrorCode::BadInput) {
        // Some templates refuse a system message: the documents then open the first question.
        auto folded = render(model, chatMessages(joined.text, earlier, question, false));
        if (folded)
            prompt = std::move(folded);
    }
    if (!prompt)
        return failed(prompt);
    auto encoded = encodePrompt(model.tokenizer(), *prompt);
    if (!encoded)
        return failed(encoded);
    ReadingPrompt reading;
    reading.ids = std::move(encoded->ids);
    for (std::size_t i = 0; i < reading.ids.size(); ++i) {
        reading.spans.push_back(locateSource(encoded->sources[i], joined, documents));
        if (reading.spans.back().document < 0)
            continue;
        const auto position = static_cast<std::int64_t>(i);
        if (reading.documentRanges.empty() || reading.documentRanges.back().second != position)
            reading.documentRanges.emplace_back(position, position);
        reading.documentRanges.back().second = position + 1;
    }
    reading.marks = checkpointMarks(reading, encoded->sources);
    return reading;
}

} // namespace lectern
