// The heat map of a needle test: lengths across, depths down, a block for each plan. A cell fills when it has
// run; its number is the share found. Arrow keys and the mouse read cells out.
#pragma once

#include "ui/common/painted_view.h"
#include "ui/state/experiments.h"

namespace lectern {

class NeedleMap : public PaintedView {
    Q_OBJECT
public:
    explicit NeedleMap(NeedleModel& model, QWidget* parent = nullptr);

    QString textTwin() const override;
    QString csv() const override { return m_model.cells().empty() ? QString() : m_model.toCsv(); }
    QSize sizeHint() const override { return {420, minimumSizeHint().height()}; }
    QSize minimumSizeHint() const override;
    QRectF cellRect(int plan, int context, int depth) const;

signals:
    void readoutChanged(const QString& text);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    QRectF planRect(int plan) const;
    void setCurrent(int plan, int context, int depth);
    QString readout() const;

    NeedleModel& m_model;
    int m_plan = 0, m_context = 0, m_depth = 0;
};

} // namespace lectern
