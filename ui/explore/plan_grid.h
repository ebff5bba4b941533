// What every KV head keeps, as a grid: layers across, KV heads down. A click or Space turns a head from full
// to streaming and back, Shift or the key L a whole layer; arrow keys move.
#pragma once

#include "ui/common/painted_view.h"
#include "ui/state/plan_editor.h"

namespace lectern {

class PlanGrid : public PaintedView {
    Q_OBJECT
public:
    explicit PlanGrid(PlanEditor& editor, QWidget* parent = nullptr);

    void refresh(); // the plan has changed
    QString textTwin() const override;
    QString csv() const override;
    QSize sizeHint() const override { return {360, minimumSizeHint().height()}; }
    QSize minimumSizeHint() const override;
    QRectF cellRect(int layer, int kvHead) const;
    int currentLayer() const { return m_layer; }
    int currentHead() const { return m_head; }

signals:
    void edited();
    void currentChanged(int layer, int kvHead);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    struct Cell {
        int layer = -1, head = -1;
    };
    Cell cellAt(const QPointF& at) const;
    void setCurrent(int layer, int kvHead);
    QRectF gridRect() const;

    PlanEditor& m_editor;
    int m_layer = 0, m_head = 0;
};

} // namespace lectern
