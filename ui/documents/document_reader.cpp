#include "ui/documents/document_reader.h"

#include "ui/common/format.h"
#include "ui/common/visible_text.h"

#include <QEvent>
#include <QPainter>
#include <QScrollBar>
#include <QTextBlock>

#include <algorithm>

namespace lectern {

namespace {
constexpr int kMaxMatches = 10000;  // of a search: more tells a reader nothing
constexpr int kMarkedMatches = 200; // around the current one; marks cost paint time
constexpr int kGutterPadding = 8;
} // namespace

// The column of line numbers; a child widget, as it must not scroll sideways with the text.
class ReaderGutter : public QWidget {
public:
    explicit ReaderGutter(DocumentReader* reader) : QWidget(reader), m_reader(reader)
    {
        setAccessibleName(DocumentReader::tr("Line numbers"));
    }

protected:
    void paintEvent(QPaintEvent* event) override
    {
        QPainter painter(this);
        m_reader->paintGutter(painter, event->rect());
    }

private:
    DocumentReader* m_reader;
};

DocumentReader::DocumentReader(QWidget* parent) : QPlainTextEdit(parent), m_gutter(new ReaderGutter(this))
{
    setReadOnly(true);
    setUndoRedoEnabled(false);
    setFrameShape(QFrame::NoFrame);
    setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    setAccessibleName(tr("Document text"));
    setTabChangesFocus(true);
    setAcceptDrops(false);
    // Always there: text laid out while it is away would run under it.
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOn);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    connect(this, &QPlainTextEdit::selectionChanged, this, [this] {
        const QTextCursor cursor = textCursor();
        emit marked(m_display.byteOfPosition(cursor.selectionStart()),
                    m_display.byteOfPosition(cursor.selectionEnd()));
    });
    connect(this, &QPlainTextEdit::updateRequest, this, [this](const QRect& area, int dy) {
        dy ? m_gutter->scroll(0, dy) : m_gutter->update(0, area.y(), m_gutter->width(), area.height());
    });
    connect(verticalScrollBar(), &QScrollBar::valueChanged, this, &DocumentReader::placeChanged);
}

void DocumentReader::setDocumentText(DocumentText document)
{
    m_display = DisplayText(std::move(document));
    m_passages.clear();
    m_strengths.clear();
    m_matches.clear();
    m_findText.clear();
    m_currentPassage = m_currentMatch = -1;
    setPlainText(m_display.text());
    placeGutter();
    showMarks();
    emit placeChanged();
}

void DocumentReader::clearDocument()
{
    setDocumentText({});
}

void DocumentReader::setPassages(std::vector<ByteRange> passages, int current)
{
    m_passages = std::move(passages);
    m_currentPassage = current;
    showMarks();
}

void DocumentReader::scrollToByte(std::uint64_t byte)
{
    QTextCursor cursor(document());
    cursor.setPosition(m_display.positionOfByte(byte));
    setTextCursor(cursor);
    centerCursor();
    emit placeChanged();
}

void DocumentReader::setStrengths(std::vector<float> strengths)
{
    m_strengths = std::move(strengths);
    viewport()->update();
}

DocumentReader::FindResult DocumentReader::find(const QString& text, int step)
{
    if (text != m_findText) {
        m_findText = text;
        m_matches.clear();
        const QString& all = m_display.text();
        for (qsizetype at = 0; !text.isEmpty() && int(m_matches.size()) < kMaxMatches; at += text.size()) {
            at = all.indexOf(text, at, Qt::CaseInsensitive);
            if (at < 0)
                break;
            m_matches.push_back(int(at));
        }
        const int from = textCursor().selectionStart();
        m_currentMatch = int(std::lower_bound(m_matches.begin(), m_matches.end(), from) - m_matches.begin());
    } else {
        m_currentMatch += step;
    }
    const int total = int(m_matches.size());
    m_currentMatch = total ? (m_currentMatch % total + total) % total : -1;
    if (total) {
        QTextCursor cursor(document());
        cursor.setPosition(m_matches[std::size_t(m_currentMatch)]);
        setTextCursor(cursor);
        centerCursor();
    }
    showMarks();
    return {m_currentMatch + 1, total};
}

void DocumentReader::showMarks()
{
    const Theme theme(palette());
    QList<QTextEdit::ExtraSelection> marks;
    const auto mark = [&](int from, int to, const QColor& color) {
        QTextEdit::ExtraSelection selection;
        selection.cursor = QTextCursor(document());
        selection.cursor.setPosition(from);
        selection.cursor.setPosition(to, QTextCursor::KeepAnchor);
        selection.format.setBackground(color);
        selection.format.setForeground(theme.textOn(color));
        marks.append(selection);
    };
    for (int i = 0; i < int(m_passages.size()); ++i) {
        const ByteRange& range = m_passages[std::size_t(i)];
        mark(m_display.positionOfByte(range.start), m_display.positionOfByte(range.end),
             i == m_currentPassage ? theme.evidenceCurrent : theme.evidence);
    }
    const int first = std::max(0, m_currentMatch - kMarkedMatches / 2);
    const int last = std::min(int(m_matches.size()), first + kMarkedMatches);
    for (int i = first; i < last; ++i) {
        const int at = m_matches[std::size_t(i)];
        mark(at, at + int(m_findText.size()), i == m_currentMatch ? theme.evidenceCurrent : theme.findMatch);
    }
    setExtraSelections(marks);
}

void DocumentReader::paintEvent(QPaintEvent* event)
{
    if (!m_strengths.empty()) {
        QPainter painter(viewport());
        paintShades(painter);
    }
    QPlainTextEdit::paintEvent(event);
}

void DocumentReader::paintShades(QPainter& painter)
{
    const Theme theme(palette());
    const double bytes = std::max<double>(1, double(m_display.document().utf8.size()));
    for (QTextBlock block = firstVisibleBlock(); block.isValid(); block = block.next()) {
        const QRectF area = blockBoundingGeometry(block).translated(contentOffset());
        if (area.top() > viewport()->height())
            break;
        const QTextLayout* layout = block.layout();
        for (int i = 0; i < layout->lineCount(); ++i) {
            const QTextLine line = layout->lineAt(i);
            const auto byte =
                m_display.byteOfPosition(block.position() + line.textStart() + line.textLength() / 2);
            const auto bin = std::min(m_strengths.size() - 1,
                                      std::size_t(double(byte) / bytes * double(m_strengths.size())));
            if (const float strength = m_strengths[bin]; strength > 0.02F && line.textLength() > 0)
                painter.fillRect(QRectF(0, area.top() + line.y(), viewport()->width(), line.height()),
                                 theme.attentionShade(double(strength)));
        }
    }
}

QString DocumentReader::gutterLabel(int line) const
{
    if (m_display.isContinuation(line))
        return {};
    const LinePlace place = m_display.place(line);
    if (place.page > 0 && place.line == 1)
        return tr("p. %1").arg(place.page);
    return place.line > 0 ? QString::number(place.line) : QString();
}

void DocumentReader::paintGutter(QPainter& painter, const QRect& area)
{
    const Theme theme(palette());
    painter.fillRect(area, theme.card);
    painter.setFont(font());
    const int width = m_gutter->width() - kGutterPadding;
    for (QTextBlock block = firstVisibleBlock(); block.isValid(); block = block.next()) {
        const QRectF box = blockBoundingGeometry(block).translated(contentOffset());
        if (box.top() > area.bottom())
            break;
        const LinePlace place = m_display.place(block.blockNumber());
        const bool pageStart =
            place.page > 0 && place.line == 1 && !m_display.isContinuation(block.blockNumber());
        painter.setPen(pageStart ? theme.text : theme.mutedText);
        painter.drawText(QRectF(0, box.top(), width, fontMetrics().height()), Qt::AlignRight | Qt::AlignTop,
                         gutterLabel(block.blockNumber()));
        if (pageStart && block.blockNumber() > 0) {
            painter.setPen(theme.line);
            painter.drawLine(QPointF(0, box.top()), QPointF(m_gutter->width(), box.top()));
        }
    }
}

int DocumentReader::gutterWidth() const
{
    const QString widest = m_display.document().pages.empty()
                               ? QString::number(std::max(100, m_display.lineCount()))
                               : tr("p. %1").arg(m_display.document().pages.back().page);
    return fontMetrics().horizontalAdvance(widest) + 2 * kGutterPadding;
}

QString DocumentReader::placeLabel() const
{
    if (m_display.text().isEmpty())
        return {};
    const QTextBlock block = firstVisibleBlock();
    const LinePlace place = m_display.place(block.isValid() ? block.blockNumber() : 0);
    const QString line = tr("line %1").arg(formatCount(place.line));
    if (place.page > 0)
        return tr("p. %1").arg(place.page) + QStringLiteral(" · ") + line;
    if (place.file >= 0)
        return visibleLine(m_display.document().files[std::size_t(place.file)].path) + QStringLiteral(" · ") +
               line;
    return line;
}

void DocumentReader::resizeEvent(QResizeEvent* event)
{
    QPlainTextEdit::resizeEvent(event);
    placeGutter();
}

void DocumentReader::showEvent(QShowEvent* event)
{
    QPlainTextEdit::showEvent(event);
    placeGutter();
    // Lines made while hidden kept the width of then.
    setLineWrapMode(QPlainTextEdit::NoWrap);
    setLineWrapMode(QPlainTextEdit::WidgetWidth);
}

void DocumentReader::changeEvent(QEvent* event)
{
    QPlainTextEdit::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        showMarks();
    if (event->type() == QEvent::FontChange)
        placeGutter();
}

void DocumentReader::placeGutter()
{
    if (!m_gutter)
        return;
    const int width = gutterWidth();
    setViewportMargins(width, 0, 0, 0);
    const QRect area = contentsRect();
    m_gutter->setGeometry(area.left(), area.top(), width, area.height());
}

} // namespace lectern
