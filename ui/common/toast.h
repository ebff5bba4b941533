// A short notice over the bottom of a window that leaves by itself, with Undo where something can be undone.
#pragma once

#include <QFrame>
#include <QTimer>

#include <functional>

class QPushButton;

namespace lectern {

class PlainLabel;

class Toast : public QFrame {
    Q_OBJECT
public:
    // Floats over `host`, `clearance` pixels above its bottom edge.
    Toast(QWidget* host, int clearance);

    void notify(const QString& text);
    void notifyUndoable(const QString& text, std::function<void()> undo);
    QString text() const;

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void enterEvent(QEnterEvent* event) override;
    void leaveEvent(QEvent* event) override;

private:
    void place();

    int m_clearance = 0;
    PlainLabel* m_label = nullptr;
    QPushButton* m_undo = nullptr;
    QTimer m_timer;
    std::function<void()> m_undoAction;
};

} // namespace lectern
