// Where a question is written: grows with its text, sends on Enter (or Ctrl+Enter), becomes Stop while answering.
#pragma once

#include <QFrame>

class QPlainTextEdit;
class QPushButton;

namespace lectern {

class Composer : public QFrame {
    Q_OBJECT
public:
    explicit Composer(QWidget* parent = nullptr);

    QString text() const;
    void setText(const QString& text);
    void setBusy(bool busy);
    // Enter alone sends; otherwise Ctrl+Enter does and Enter begins a new line.
    void setEnterSends(bool sends) { m_enterSends = sends; }
    void setHint(const QString& placeholder);
    void takeFocus();

signals:
    void sendWanted(const QString& text);
    void stopWanted();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    void fitHeight();
    void send();
    void showButton();

    QPlainTextEdit* m_edit = nullptr;
    QPushButton* m_button = nullptr;
    bool m_busy = false;
    bool m_enterSends = true;
};

} // namespace lectern
