// Covers the window while files are held over it and says what letting go does.
#pragma once

#include <QWidget>

namespace lectern {

class DropHint : public QWidget {
    Q_OBJECT
public:
    explicit DropHint(QWidget* parent);
    void setText(const QString& text);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QString m_text;
};

} // namespace lectern
