// A narrow picture of a whole document beside its text: where the passages of the answer are, how much each part was
// used, and what is in view. Click or arrow keys go there.
#pragma once

#include "ui/common/painted_view.h"

#include <vector>

namespace lectern {

class OverviewStrip : public PaintedView {
    Q_OBJECT
public:
    explicit OverviewStrip(QWidget* parent = nullptr);

    // Places as shares 0..1 of the document.
    struct Mark {
        double at = 0;
        double length = 0;
    };
    void setPassages(std::vector<Mark> passages, int current);
    void setStrengths(std::vector<float> strengths);
    void setVisibleRange(double from, double to);
    QString textTwin() const override;
    QSize sizeHint() const override { return {18, 100}; }

signals:
    void placeWanted(double share);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    std::vector<Mark> m_passages;
    std::vector<float> m_strengths;
    int m_current = -1;
    double m_from = 0, m_to = 0;
};

} // namespace lectern
