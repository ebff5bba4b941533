// What is selected, once for the whole window: every view reads it and writes it, so that a click in one
// moves the others. GUI thread.
#pragma once

#include "app/worker/values.h"

#include <QObject>

namespace lectern {

struct HeadChoice {
    int layer = -1;
    int head = -1;
    bool isValid() const { return layer >= 0 && head >= 0; }
    bool operator==(const HeadChoice&) const = default;
};

// Tokens [begin, end) of the newest answer; begin -1: all of it.
struct AnswerRange {
    int begin = -1, end = -1;
    bool isAll() const { return begin < 0; }
    bool operator==(const AnswerRange&) const = default;
};

// Bytes [begin, end) of a document's text, marked by a person.
struct MarkedText {
    std::int64_t document = 0;
    std::uint64_t begin = 0, end = 0;
    bool isEmpty() const { return end <= begin; }
    bool operator==(const MarkedText&) const = default;
};

class Selection : public QObject {
    Q_OBJECT
public:
    using QObject::QObject;

    std::int64_t document() const { return m_document; }
    HeadChoice head() const { return m_head; }
    int answerToken() const { return m_answer.begin; } // the first one chosen; -1: the whole answer
    AnswerRange answerRange() const { return m_answer; }
    const MarkedText& markedText() const { return m_marked; }
    const EvidencePassage& passage() const { return m_passage; }

    void setDocument(std::int64_t document);
    void setHead(HeadChoice head);
    void setAnswerToken(int index) { setAnswerRange({index, index < 0 ? -1 : index + 1}); }
    void setAnswerRange(AnswerRange range);
    void setMarkedText(const MarkedText& marked);
    // Also selects its document.
    void showPassage(const EvidencePassage& passage);

signals:
    void documentChanged(std::int64_t document);
    void headChanged(lectern::HeadChoice head);
    void answerTokenChanged(int index); // the range may hold more: answerRange()
    void markedTextChanged();
    void passageShown(const lectern::EvidencePassage& passage); // each time, also for the same one

private:
    std::int64_t m_document = 0;
    HeadChoice m_head;
    AnswerRange m_answer;
    MarkedText m_marked;
    EvidencePassage m_passage;
};

} // namespace lectern
