// One head large: rows are sampled queries, columns are blocks of keys. Axes in tokens, a colour scale, and
// the value under the cursor; arrow keys move the cursor, + and - zoom, the wheel zooms at the pointer,
// dragging pans.
#pragma once

#include "app/worker/plan_price.h"
#include "ui/common/painted_view.h"
#include "ui/state/attention_model.h"

#include <QImage>

#include <functional>
#include <optional>

namespace lectern {

// The part of a map in view, in cells. Plain values, tested without a window.
struct HeatWindow {
    double left = 0, top = 0, width = 1, height = 1;

    // Zooms by `factor` (> 1: closer) keeping the cell at (x, y), in shares of the window, where it is.
    HeatWindow zoomed(double factor, double x, double y, int cols, int rows) const;
    HeatWindow panned(double dx, double dy, int cols, int rows) const; // by shares of the window
};

class HeatMap : public PaintedView {
    Q_OBJECT
public:
    HeatMap(AttentionModel& model, Selection& selection, QWidget* parent = nullptr);

    void setRange(HeatRange range);
    void setSinkHidden(bool hidden);
    // What the head may see under its plan: drawn as an outline. Nothing: no outline.
    void setPattern(const HeadPattern* pattern);
    // The text of tokens [begin, end), for the readout.
    void setTokenText(std::function<QString(std::int64_t begin, std::int64_t end)> text)
    {
        m_tokenText = std::move(text);
    }
    QString csv() const override;
    const HeatScale& scale() const { return m_scale; }
    QString textTwin() const override;
    QSize sizeHint() const override { return {420, 340}; }
    QSize minimumSizeHint() const override { return {240, 220}; }

signals:
    void readoutChanged(const QString& text);

protected:
    void paintEvent(QPaintEvent* event) override;
    void changeEvent(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    const AttentionMap* map() const { return m_model.map(m_selection.head()); }
    void refresh(); // a new map or another head
    void makeImage();
    void showAll();
    void setCursor(int row, int col);
    const AttentionThumbnail* coarse() const; // shown where there is no map
    void paintCoarse(QPainter& painter, const AttentionThumbnail& thumbnail) const;
    void paintAxes(QPainter& painter, const AttentionMap& map);
    void paintScale(QPainter& painter);
    void paintPattern(QPainter& painter, const AttentionMap& map) const;
    void placePlot();
    QString readout() const;
    QString coarseText() const;

    AttentionModel& m_model;
    Selection& m_selection;
    HeatScale m_scale;
    HeatWindow m_window;
    QImage m_image; // one pixel a cell
    QRectF m_plot;
    QPointF m_dragFrom;
    int m_cols = 0, m_rows = 0; // of the map last shown
    int m_row = -1, m_col = -1; // the cursor; -1: none
    bool m_sinkHidden = true;
    std::optional<HeadPattern> m_pattern;
    std::function<QString(std::int64_t begin, std::int64_t end)> m_tokenText;
};

} // namespace lectern
