// Shows one document's text with its line numbers and pages, scrolls to and marks passages, and shades the
// text by how much the answer used it. Only what is in view is painted, so that books of several MB stay
// quick.
#pragma once

#include "ui/common/theme.h"
#include "ui/state/display_text.h"

#include <QPlainTextEdit>

#include <vector>

namespace lectern {

// Bytes [start, end) of the stored text.
struct ByteRange {
    std::uint64_t start = 0, end = 0;
};

class DocumentReader : public QPlainTextEdit {
    Q_OBJECT
public:
    explicit DocumentReader(QWidget* parent = nullptr);

    void setDocumentText(DocumentText document);
    void clearDocument();
    const DisplayText& display() const { return m_display; }

    // The passages of an answer; `current` (an index, or -1) is marked strongly.
    void setPassages(std::vector<ByteRange> passages, int current);
    void scrollToByte(std::uint64_t byte);
    // 0..1 for equal stretches of the document's bytes; empty removes the shading.
    void setStrengths(std::vector<float> strengths);

    // Matches of a text, all of them counted, one current. step 0 starts at the cursor.
    struct FindResult {
        int current = 0, total = 0; // current from 1; total is capped
    };
    FindResult find(const QString& text, int step);

    int gutterWidth() const;
    QString placeLabel() const; // of the first line in view: "p. 12 · line 4", "src/a.cc · line 40"

signals:
    void placeChanged();
    void marked(std::uint64_t begin, std::uint64_t end); // bytes a person selected; empty: nothing

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;
    void showEvent(QShowEvent* event) override;

private:
    friend class ReaderGutter;
    void paintGutter(QPainter& painter, const QRect& area);
    void paintShades(QPainter& painter);
    void showMarks();
    void placeGutter();
    QString gutterLabel(int line) const;

    DisplayText m_display;
    QWidget* m_gutter = nullptr;
    std::vector<ByteRange> m_passages;
    std::vector<float> m_strengths;
    std::vector<int> m_matches; // positions, ascending
    QString m_findText;
    int m_currentPassage = -1;
    int m_currentMatch = -1;
};

} // namespace lectern
