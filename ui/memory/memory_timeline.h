// KV memory while the text is read: bytes in use and allocated over the tokens read, under what full
// attention would have taken.
#pragma once

#include "ui/common/painted_view.h"
#include "ui/state/memory_model.h"

namespace lectern {

class MemoryTimeline : public PaintedView {
    Q_OBJECT
public:
    explicit MemoryTimeline(MemoryModel& model, QWidget* parent = nullptr);

    QString textTwin() const override;
    QString csv() const override { return m_model.historyCsv(); }
    QSize sizeHint() const override { return {420, minimumSizeHint().height()}; }
    QSize minimumSizeHint() const override { return {220, 13 * fontMetrics().height()}; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    MemoryModel& m_model;
};

} // namespace lectern
