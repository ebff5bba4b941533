// What is selected, once for the whole window: every view reads it and writes it, so that a click in one moves the
// others. GUI thread.
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

class Selection : public QObject {
    Q_OBJECT
public:
    using QObject::QObject;

    std::int64_t document() const { return m_document; }
    HeadChoice head() const { return m_head; }
    int answerToken() const { return m_answerToken; } // -1: the whole answer
    const EvidencePassage& passage() const { return m_passage; }

    void setDocument(std::int64_t document);
    void setHead(HeadChoice head);
    void setAnswerToken(int index);
    // Also selects its document.
    void showPassage(const EvidencePassage& passage);

signals:
    void documentChanged(std::int64_t document);
    void headChanged(lectern::HeadChoice head);
    void answerTokenChanged(int index);
    void passageShown(const lectern::EvidencePassage& passage); // each time, also for the same one

private:
    std::int64_t m_document = 0;
    HeadChoice m_head;
    int m_answerToken = -1;
    EvidencePassage m_passage;
};

} // namespace lectern
