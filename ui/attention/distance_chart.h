// How far back the chosen head looks: bars of its attention by distance, the start of the text apart, and its
// retrieval score: the share that a window would lose.
#pragma once

#include "ui/common/painted_view.h"
#include "ui/state/attention_model.h"

namespace lectern {

class DistanceChart : public PaintedView {
    Q_OBJECT
public:
    DistanceChart(AttentionModel& model, Selection& selection, QWidget* parent = nullptr);

    QString textTwin() const override;
    QString csv() const override;
    QSize sizeHint() const override { return {420, minimumSizeHint().height()}; }
    QSize minimumSizeHint() const override { return {220, 8 * fontMetrics().height()}; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void refresh();

    AttentionModel& m_model;
    Selection& m_selection;
    DistanceProfile m_profile;
};

} // namespace lectern
