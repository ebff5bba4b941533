// The sources of the answer: one row an answer token, the prompt from left to right, brighter where the token
// looked. Click or arrow keys choose a token; the document's shading follows. Esc or a click left of it: the
// whole answer.
#pragma once

#include "ui/common/painted_view.h"
#include "ui/state/attention_model.h"

namespace lectern {

class SourceStrip : public PaintedView {
    Q_OBJECT
public:
    SourceStrip(AttentionModel& model, Selection& selection, QWidget* parent = nullptr);

    QString textTwin() const override;
    QString csv() const override;
    // Outlines prompt tokens [first, last): the passage a person marked; -1: none.
    void setMarked(std::int64_t first, std::int64_t last);
    QSize sizeHint() const override { return {420, 120}; }
    QSize minimumSizeHint() const override { return {220, 96}; }

signals:
    void readoutChanged(const QString& text);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    int tokenCount() const;
    void choose(int token);
    QRectF plotRect() const;

    AttentionModel& m_model;
    Selection& m_selection;
    std::int64_t m_markedFirst = -1, m_markedLast = -1;
};

} // namespace lectern
