// KV bytes of each layer as stacked bars by head class, under the line of what full attention would need a
// layer.
#pragma once

#include "ui/common/painted_view.h"
#include "ui/state/memory_model.h"

namespace lectern {

class LayerBars : public PaintedView {
    Q_OBJECT
public:
    explicit LayerBars(MemoryModel& model, QWidget* parent = nullptr);

    QString textTwin() const override;
    QString csv() const override { return m_model.isEmpty() ? QString() : m_model.toCsv(); }
    QSize sizeHint() const override { return {420, minimumSizeHint().height()}; }
    QSize minimumSizeHint() const override { return {220, 13 * fontMetrics().height()}; }
    int currentLayer() const { return m_layer; } // -1: none

signals:
    void readoutChanged(const QString& text);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void setLayer(int layer);
    QString readout(int layer) const;

    MemoryModel& m_model;
    QRectF m_plot;
    int m_layer = -1;
};

} // namespace lectern
