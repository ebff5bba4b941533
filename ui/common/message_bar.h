// The bar above the conversation that says what went wrong, why, and what to do. Stays until closed or replaced.
#pragma once

#include "engine/base/error.h"

#include <QFrame>

#include <functional>

class QLabel;
class QPushButton;
class QToolButton;

namespace lectern {

class PlainLabel;

class MessageBar : public QFrame {
    Q_OBJECT
public:
    enum class Kind { Information, Warning, Problem };

    explicit MessageBar(QWidget* parent = nullptr);

    // title: the effect ("The model could not be opened"); details: why and what to do. An action is optional.
    void tell(Kind kind, const QString& title, const QString& details);
    void setAction(const QString& text, std::function<void()> action); // an empty text removes it
    QString title() const;
    QString details() const;

signals:
    void closed();

protected:
    void changeEvent(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    void drawIcon();

    Kind m_kind = Kind::Information;
    QLabel* m_icon = nullptr;
    PlainLabel* m_title = nullptr;
    PlainLabel* m_details = nullptr;
    QPushButton* m_button = nullptr;
    QToolButton* m_close = nullptr;
    std::function<void()> m_action;
};

// The lines of an error as a person reads them: "why. what to do."
QString errorDetails(const Error& error);

} // namespace lectern
