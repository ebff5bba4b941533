// A layout that fills a line from the left and goes on in the next: rows of chips and legends.
#pragma once

#include <QLayout>
#include <QList>

namespace lectern {

class FlowLayout : public QLayout {
    Q_OBJECT
public:
    explicit FlowLayout(QWidget* parent = nullptr, int spacing = 6);
    ~FlowLayout() override;

    void addItem(QLayoutItem* item) override;
    int count() const override { return int(m_items.size()); }
    QLayoutItem* itemAt(int index) const override;
    QLayoutItem* takeAt(int index) override;
    Qt::Orientations expandingDirections() const override { return {}; }
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;
    QSize minimumSize() const override;
    QSize sizeHint() const override { return minimumSize(); }
    void setGeometry(const QRect& rect) override;

private:
    // Returns the height; places the items unless `measureOnly`.
    int arrange(const QRect& rect, bool measureOnly) const;

    QList<QLayoutItem*> m_items;
};

} // namespace lectern
