#include "ui/common/selection.h"

namespace lectern {

void Selection::setDocument(std::int64_t document)
{
    if (document == m_document)
        return;
    m_document = document;
    emit documentChanged(document);
}

void Selection::setHead(HeadChoice head)
{
    if (head == m_head)
        return;
    m_head = head;
    emit headChanged(head);
}

void Selection::setAnswerRange(AnswerRange range)
{
    if (range == m_answer)
        return;
    m_answer = range;
    emit answerTokenChanged(range.begin);
}

void Selection::setMarkedText(const MarkedText& marked)
{
    if (marked == m_marked || (marked.isEmpty() && m_marked.isEmpty()))
        return;
    m_marked = marked;
    emit markedTextChanged();
}

void Selection::showPassage(const EvidencePassage& passage)
{
    m_passage = passage;
    setDocument(passage.documentId);
    emit passageShown(passage);
}

} // namespace lectern
