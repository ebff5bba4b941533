// Labels for text that is not ours (file names, titles, model names): never read as HTML, hidden characters shown.
#pragma once

#include <QLabel>

namespace lectern {

// Word-wrapped or not, always Qt::PlainText.
class PlainLabel : public QLabel {
    Q_OBJECT
public:
    explicit PlainLabel(const QString& text = {}, QWidget* parent = nullptr);
    // In the palette's caption colour, re-read on theme changes.
    void setMuted(bool muted);
    // scale 1 is the widget font; bold for titles.
    void setFontScale(double scale, bool bold = false);

protected:
    void changeEvent(QEvent* event) override;

private:
    void applyColor();
    bool m_muted = false;
};

// One line that ends in "..." where there is no room; the whole text is its tool tip.
class ElidedLabel : public PlainLabel {
    Q_OBJECT
public:
    explicit ElidedLabel(const QString& text = {}, QWidget* parent = nullptr);
    void setFullText(const QString& text);
    QString fullText() const { return m_full; }
    QSize minimumSizeHint() const override;
    QSize sizeHint() const override;

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void elide();
    QString m_full;
};

} // namespace lectern
