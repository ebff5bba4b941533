// A small button under an answer that leads to a passage it rests on; its bar shows the passage's share.
#pragma once

#include "app/worker/values.h"

#include <QAbstractButton>

namespace lectern {

class CitationChip : public QAbstractButton {
    Q_OBJECT
public:
    CitationChip(const EvidencePassage& passage, const QString& label, QWidget* parent = nullptr);

    const EvidencePassage& passage() const { return m_passage; }
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    EvidencePassage m_passage;
};

} // namespace lectern
