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

void Selection::setAnswerToken(int index)
{
    if (index == m_answerToken)
        return;
    m_answerToken = index;
    emit answerTokenChanged(index);
}

void Selection::showPassage(const EvidencePassage& passage)
{
    m_passage = passage;
    setDocument(passage.documentId);
    emit passageShown(passage);
}

} // namespace lectern
