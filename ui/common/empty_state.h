// What an empty view shows: an icon, what belongs here, and the action that fills it.
#pragma once

#include <QWidget>

class QLabel;
class QPushButton;
class QVBoxLayout;

namespace lectern {

class PlainLabel;

class EmptyState : public QWidget {
    Q_OBJECT
public:
    EmptyState(const QString& iconName, const QString& title, const QString& text, QWidget* parent = nullptr);
    // Buttons stand in one row, in the order they are added.
    QPushButton* addAction(const QString& text, const QString& iconName);
    void setText(const QString& title, const QString& text);

protected:
    void changeEvent(QEvent* event) override;

private:
    void drawIcon();

    QString m_iconName;
    QLabel* m_icon = nullptr;
    PlainLabel* m_title = nullptr;
    PlainLabel* m_text = nullptr;
    QVBoxLayout* m_buttons = nullptr;
};

} // namespace lectern
