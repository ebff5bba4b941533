#include "app/documents/pdf_lines.h"

#include <algorithm>
#include <cmath>
#include <optional>
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

// Where the words of a page stand.
class WordBoxes {
public:
    WordBoxes(QPdfDocument& pdf, int page, const QPdfSelection& all, int& looks)
        : m_pdf(pdf), m_page(page), m_text(all.text()), m_boxes(all.bounds()), m_looks(looks)
    {
        const auto letters = std::count_if(m_text.begin(), m_text.end(), [](QChar c) { return !c.isSpace(); });
        m_boxPerLetter = letters == m_boxes.size();
    }

    // Of the letters from `begin` to `end`; to be asked for in order. Nothing where there are no looks left, or QtPdf counts
    // letters in another way than its text does.
    std::optional<QRectF> box(qsizetype begin, qsizetype end)
    {
        if (m_boxPerLetter) {
            QRectF joined;
            for (; begin < end; ++begin)
                joined |= m_boxes[m_lettersBefore++].boundingRect();
            return joined;
        }
        if (m_looks-- <= 0)
            return std::nullopt;
        const QPdfSelection word = m_pdf.getSelectionAtIndex(m_page, int(begin), int(end - begin));
        return word.text() == QStringView(m_text).sliced(begin, end - begin) ? std::optional(word.boundingRectangle())
                                                                            : std::nullopt;
    }

    bool lackLineEnds() const { return lacksLineEnds(m_boxes, m_text.count(QLatin1Char('\n')) + 1); }
    const QString& text() const { return m_text; }

private:
    QPdfDocument& m_pdf;
    const int m_page;
    const QString m_text;
    const QList<QPolygonF> m_boxes;
    int& m_looks;
    bool m_boxPerLetter = false;
    qsizetype m_lettersBefore = 0;
};

bool beginsLine(const QRectF& before, const QRectF& word, Direction direction)
{
    constexpr double kNear = 0.6;
    switch (direction) {
    case Direction::Unknown:
        return false;
    case Direction::Across:
        return !besideEachOther(before, word, kNear);
    case Direction::Turned:
        return !aboveEachOther(before, word, kNear);
    }
    return false;
}

// Line ends in place of the spaces between words of different lines; the text as it is where the words can not be found.
QString withLineEnds(WordBoxes& words, const CancelToken& cancel)
{
    const QString& text = words.text();
    QString lines = text;
    QRectF before;
    Direction direction = Direction::Unknown;
    for (qsizetype at = 0, end = 0; at < text.size() && !cancel.isCancelled(); at = end + 1) {
        end = at;
        while (end < text.size() && !text[end].isSpace())
            ++end;
        if (end == at)
            continue;
        const std::optional<QRectF> box = words.box(at, end);
        if (!box)
            return text;
        const Direction own = directionOf(*box, end - at);
        direction = own == Direction::Unknown ? direction : own;
        const bool afterSpace = at > 0 && text[at - 1] == QLatin1Char(' ');
        if (afterSpace && !before.isNull() && beginsLine(before, *box, direction))
            lines[at - 1] = QLatin1Char('\n');
        before = *box;
    }
    return lines;
}

} // namespace

QString pdfPageText(QPdfDocument& pdf, int page, int& wordLooks, const CancelToken& cancel)
{
    WordBoxes words(pdf, page, pdf.getAllText(page), wordLooks);
    return words.lackLineEnds() ? withLineEnds(words, cancel) : words.text();
}

} // namespace lectern
