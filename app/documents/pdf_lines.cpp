#include "app/documents/pdf_lines.h"

#include <algorithm>
#include <cmath>
#include <QPdfSelection>
#include <QRectF>

namespace lectern {

namespace {

enum class Direction { Unknown, Across, Turned };

// Points; the letters of a line are lower than this.
constexpr double kTallLine = 30;

bool besideEachOther(const QRectF& a, const QRectF& b, double share)
{
    return std::abs(a.center().y() - b.center().y()) < share * std::max(a.height(), b.height());
}
bool aboveEachOther(const QRectF& a, const QRectF& b, double share)
{
    return std::abs(a.center().x() - b.center().x()) < share * std::max(a.width(), b.width());
}

// Boxes hold one letter, one word or one line, as the file has them.
bool continuesLine(const QRectF& a, const QRectF& b)
{
    const auto isTurnedLine = [](const QRectF& box) {
        return box.height() > kTallLine && box.height() > 3 * box.width();
    };
    if (!isTurnedLine(a) && !isTurnedLine(b) && besideEachOther(a, b, 0.9))
        return true;
    const double gap = std::max(a.top(), b.top()) - std::min(a.bottom(), b.bottom());
    return aboveEachOther(a, b, 0.9) && gap < std::min(a.width(), b.width());
}

// Whether the boxes make clearly more lines than the text has.
bool lacksLineEnds(const QList<QPolygonF>& boxes, qsizetype linesOfText)
{
    qsizetype lines = boxes.isEmpty() ? 0 : 1;
    for (qsizetype i = 1; i < boxes.size(); ++i)
        lines += continuesLine(boxes[i - 1].boundingRect(), boxes[i].boundingRect()) ? 0 : 1;
    return 2 * lines > 3 * linesOfText + 2;
}

Direction directionOf(const QRectF& word, qsizetype letters)
{
    constexpr double kClearly = 1.5;
    if (letters < 3)
        return Direction::Unknown;
    return word.width() > kClearly * word.height()   ? Direction::Across
           : word.height() > kClearly * word.width() ? Direction::Turned
                                                     : Direction::Unknown;
}

// Walks over the words of a page and makes line ends of the spaces between lines.
class LineFinder {
public:
    LineFinder(QPdfDocument& pdf, int page, int& wordLooks) : m_pdf(pdf), m_page(page), m_wordLooks(wordLooks) {}

    QString apply(const QString& text, const CancelToken& cancel)
    {
        QString lines = text;
        qsizetype at = 0;
        while (at < text.size() && !cancel.isCancelled()) {
            qsizetype end = at;
            while (end < text.size() && !text[end].isSpace())
                ++end;
            if (end > at && (m_wordLooks-- <= 0 || !takeWord(text, at, end, lines)))
                return text;
            at = end + 1;
        }
        return lines;
    }

private:
    // False where QtPdf counts letters in another way than the text does.
    bool takeWord(const QString& text, qsizetype begin, qsizetype end, QString& lines)
    {
        const auto letters = end - begin;
        const QPdfSelection word = m_pdf.getSelectionAtIndex(m_page, int(begin), int(letters));
        if (word.text() != QStringView(text).sliced(begin, letters))
            return false;
        const QRectF box = word.boundingRectangle();
        const Direction own = directionOf(box, letters);
        m_direction = own == Direction::Unknown ? m_direction : own;
        const bool afterSpace = begin > 0 && text[begin - 1] == QLatin1Char(' ');
        if (afterSpace && !m_last.isNull() && beginsLine(box))
            lines[begin - 1] = QLatin1Char('\n');
        m_last = box;
        return true;
    }

    bool beginsLine(const QRectF& box) const
    {
        switch (m_direction) {
        case Direction::Unknown:
            return false;
        case Direction::Across:
            return !besideEachOther(m_last, box, 0.6);
        case Direction::Turned:
            return !aboveEachOther(m_last, box, 0.6);
        }
        return false;
    }

    QPdfDocument& m_pdf;
    const int m_page;
    int& m_wordLooks;
    QRectF m_last;
    Direction m_direction = Direction::Unknown;
};

} // namespace

QString pdfPageText(QPdfDocument& pdf, int page, int& wordLooks, const CancelToken& cancel)
{
    const QPdfSelection all = pdf.getAllText(page);
    const QString text = all.text();
    if (wordLooks <= 0 || !lacksLineEnds(all.bounds(), text.count(QLatin1Char('\n')) + 1))
        return text;
    return LineFinder(pdf, page, wordLooks).apply(text, cancel);
}

} // namespace lectern
