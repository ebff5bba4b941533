// What a session takes of the memory that is free: weights, KV cache and workspace in one bar against the
// room there is.
#pragma once

#include "app/worker/plan_price.h"
#include "ui/common/painted_view.h"

#include <optional>

namespace lectern {

class MemoryBar : public PaintedView {
    Q_OBJECT
public:
    explicit MemoryBar(QWidget* parent = nullptr);

    void setPrice(std::optional<PlanPrice> price);
    QString textTwin() const override;
    QString csv() const override;
    QSize sizeHint() const override { return {320, minimumSizeHint().height()}; }
    QSize minimumSizeHint() const override { return {200, 5 * fontMetrics().height() + 16}; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    std::optional<PlanPrice> m_price;
};

} // namespace lectern
