// All heads at a glance: one thumbnail a head, layers across and heads down (or sorted). Click or arrow keys
// choose a head for the large map. Only what is in view is painted.
#pragma once

#include "ui/common/painted_view.h"
#include "ui/state/attention_model.h"

namespace lectern {

class HeadAtlas : public PaintedView {
    Q_OBJECT
public:
    HeadAtlas(AttentionModel& model, Selection& selection, QWidget* parent = nullptr);

    QString textTwin() const override;
    QString csv() const override;
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return {160, 60}; }
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;
    HeadChoice headAt(const QPoint& at) const; // invalid where there is none

signals:
    void readoutChanged(const QString& text);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    // Where the tiles lie for a width.
    struct Grid {
        int columns = 1, rows = 0;
        double tile = 40; // side of a tile
        double left = 0, top = 0;
        double pitch() const { return tile + 3; }
    };
    bool isByLayer() const;
    Grid gridFor(int width) const;
    // Cells of the grid count by rows; the model's order counts by layers.
    QRectF tileRect(const Grid& grid, int cell) const;
    HeadChoice headInCell(const Grid& grid, int cell) const;
    void paintLabels(QPainter& painter, const Grid& grid) const;
    QString describe(HeadChoice head) const;

    AttentionModel& m_model;
    Selection& m_selection;
};

// A thumbnail as a picture, one pixel a cell.
QImage thumbnailImage(const AttentionThumbnail& thumbnail,
                      QRgb ahead); // `ahead`: where keys follow the query

} // namespace lectern
