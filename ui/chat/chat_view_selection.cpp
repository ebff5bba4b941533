// How the conversation and the selection move each other: sentences of the newest answer, and what a marked
// passage was used for.
#include "app/worker/answer_sentences.h"
#include "ui/chat/answer_text.h"
#include "ui/chat/chat_view.h"
#include "ui/chat/message_widget.h"

#include <algorithm>

namespace lectern {

MessageWidget* ChatView::measuredWidget() const
{
    for (int row = messageCount() - 1; row >= 0; --row)
        if (const ChatMessage& message = m_workspace.chat().message(row);
            message.kind == MessageKind::Answer && message.id == m_workspace.measuredAnswer() &&
            message.id != 0)
            return messageWidget(row);
    return nullptr;
}

// A sentence of the newest answer: its tokens become the selection, so that the document shows what they
// looked at. Of an older answer only the passage is known.
void ChatView::chooseSentence(MessageWidget* widget, std::uint64_t begin, std::uint64_t end)
{
    const ChatMessage& message = m_workspace.chat().message(rowOf(widget));
    if (widget == measuredWidget())
        m_workspace.selection().setAnswerRange(tokensOfAnswer(message, begin, end));
    if (end <= begin)
        return;
    for (const EvidencePassage& passage : message.evidence)
        for (const auto& range : passage.answerRanges)
            if (range.first < end && begin < range.second) {
                m_workspace.selection().showPassage(passage);
                return;
            }
}

void ChatView::stepSentence(int step)
{
    MessageWidget* widget = measuredWidget();
    const ChatMessage* message = m_workspace.chat().find(m_workspace.measuredAnswer());
    if (!widget || !message)
        return;
    const auto sentences = answerSentences(message->text.toStdString());
    const int count = int(sentences.size());
    int now = step > 0 ? -1 : count;
    for (int i = 0; i < count; ++i)
        if (const AnswerRange range =
                tokensOfAnswer(*message, sentences[std::size_t(i)].first, sentences[std::size_t(i)].second);
            !range.isAll() && range == m_workspace.selection().answerRange())
            now = i;
    const int next = now + step;
    if (next >= 0 && next < count)
        chooseSentence(widget, sentences[std::size_t(next)].first, sentences[std::size_t(next)].second);
    else
        m_workspace.selection().setAnswerToken(-1);
}

void ChatView::showUse()
{
    MessageWidget* measured = measuredWidget();
    const MarkedText& marked = m_workspace.selection().markedText();
    std::vector<float> use;
    if (const auto& snapshot = m_workspace.attention().snapshot(); snapshot && !marked.isEmpty()) {
        const auto [first, last] =
            m_workspace.promptMap().tokensOfBytes(marked.document, marked.begin, marked.end);
        use = useOfTokens(snapshot->sources, first, last);
    }
    for (MessageWidget* widget : messageWidgets())
        if (AnswerText* answer = widget->answer())
            answer->setUse(widget == measured ? use : std::vector<float>());
}

void ChatView::showChosen()
{
    MessageWidget* measured = measuredWidget();
    const ChatMessage* message = m_workspace.chat().find(m_workspace.measuredAnswer());
    const AnswerRange range = m_workspace.selection().answerRange();
    for (MessageWidget* widget : messageWidgets()) {
        AnswerText* answer = widget->answer();
        if (!answer)
            continue;
        const bool shown =
            widget == measured && message && !range.isAll() && range.end <= int(message->tokenEnds.size());
        answer->setChosen(shown && range.begin > 0 ? message->tokenEnds[std::size_t(range.begin - 1)] : 0,
                          shown ? message->tokenEnds[std::size_t(range.end - 1)] : 0);
    }
}

} // namespace lectern
