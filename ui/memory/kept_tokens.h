// Which part of the text each layer still holds: one row a layer, the text from left to right. Sparse layers
// show their sink and their ring, moving on as the text is read; the part reused from before is marked under
// the rows.
#pragma once

#include "ui/common/painted_view.h"
#include "ui/state/memory_model.h"

namespace lectern {

class KeptTokens : public PaintedView {
    Q_OBJECT
public:
    explicit KeptTokens(MemoryModel& model, QWidget* parent = nullptr);

    QString textTwin() const override;
    QString csv() const override { return m_model.isEmpty() ? QString() : m_model.toCsv(); }
    QSize sizeHint() const override { return {420, minimumSizeHint().height()}; }
    QSize minimumSizeHint() const override { return {220, 12 * fontMetrics().height()}; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    MemoryModel& m_model;
};

} // namespace lectern
