#include "ui/chat/message_list.h"

#include "ui/chat/message_widget.h"

#include <QCoreApplication>
#include <QEvent>
#include <QScrollBar>

#include <algorithm>

namespace lectern {

namespace {
constexpr int kColumnMargin = 12, kGap = 14;
constexpr int kFirstHeight = 120; // of a message never measured
constexpr int kSliceMs = 5;       // of measuring what is out of view
constexpr int kPauseMs = 15;      // between two slices
} // namespace

MessageList::MessageList(QWidget* parent) : QScrollArea(parent)
{
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setAccessibleName(tr("Questions and answers"));
    m_page = new QWidget(this);
    m_page->setBackgroundRole(QPalette::Base);
    m_page->setAutoFillBackground(true);
    setWidget(m_page);
    viewport()->setBackgroundRole(QPalette::Base);
    m_page->installEventFilter(this);
    verticalScrollBar()->setSingleStep(20);
    connect(verticalScrollBar(), &QScrollBar::actionTriggered, this, [this] {
        m_follow = verticalScrollBar()->sliderPosition() >= verticalScrollBar()->maximum() - 4;
    });
    connect(verticalScrollBar(), &QScrollBar::valueChanged, this, &MessageList::arrange);
    m_rest.setSingleShot(true);
    connect(&m_rest, &QTimer::timeout, this, &MessageList::measureMore);
    viewport()->installEventFilter(this);
}

void MessageList::insert(int row, MessageWidget* message)
{
    message->setParent(m_page);
    message->installEventFilter(this);
    m_messages.insert(m_messages.begin() + row, message);
    m_rows.insert(m_rows.begin() + row, Row{0, kFirstHeight, -1});
    message->show();
    arrange();
}

void MessageList::clear()
{
    for (MessageWidget* message : m_messages) {
        message->hide();
        message->deleteLater();
    }
    m_messages.clear();
    m_rows.clear();
    arrange();
}

bool MessageList::isMeasured() const
{
    const int width = columnWidth();
    return std::all_of(m_rows.begin(), m_rows.end(), [width](const Row& row) { return row.width == width; });
}

void MessageList::followEnd()
{
    m_follow = true;
    arrange();
}

void MessageList::measure(MessageWidget* message)
{
    const auto at = std::find(m_messages.begin(), m_messages.end(), message) - m_messages.begin();
    if (at < qsizetype(m_rows.size()) && m_rows[std::size_t(at)].width != columnWidth()) {
        measureRow(std::size_t(at));
        arrange();
    }
}

void MessageList::change(MessageWidget* message)
{
    const auto at = std::find(m_messages.begin(), m_messages.end(), message) - m_messages.begin();
    if (at == qsizetype(m_rows.size()))
        return;
    m_rows[std::size_t(at)].width = -1;
    arrange(); // at once: it would be painted once more at its old height
}

void MessageList::showPlace(MessageWidget* message, int y)
{
    m_follow = false;
    measure(message);
    ensureVisible(message->x(), message->y() + y, 0, 80);
}

bool MessageList::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::LayoutRequest && watched == m_page)
        arrange();
    else if (event->type() == QEvent::LayoutRequest)
        for (std::size_t row = 0; row < m_messages.size(); ++row)
            if (m_messages[row] == watched) {
                m_rows[row].width = -1; // arranged once all that changed have told so
                QCoreApplication::postEvent(m_page, new QEvent(QEvent::LayoutRequest));
            }
    if (watched == viewport() && event->type() == QEvent::Wheel)
        QMetaObject::invokeMethod(
            this, [this] { m_follow = verticalScrollBar()->value() >= verticalScrollBar()->maximum() - 4; },
            Qt::QueuedConnection);
    return QScrollArea::eventFilter(watched, event);
}

void MessageList::resizeEvent(QResizeEvent* event)
{
    QScrollArea::resizeEvent(event);
    arrange();
}

int MessageList::columnWidth() const
{
    return std::clamp(viewport()->width() - 2 * kColumnMargin, 1, int(kWidth));
}

void MessageList::measureRow(std::size_t row)
{
    Row& measured = m_rows[row];
    measured.width = columnWidth();
    measured.height = m_messages[row]->takeWidth(measured.width);
    ++m_measuredCount;
}

void MessageList::arrange()
{
    if (m_arranging)
        return;
    m_arranging = true;
    const int top = verticalScrollBar()->value();
    std::size_t anchor = 0; // the first message in view
    while (anchor + 1 < m_rows.size() && m_rows[anchor].y + m_rows[anchor].height < top)
        ++anchor;
    const int offset = m_rows.empty() ? 0 : top - m_rows[anchor].y;
    // What is measured moves what is below it: once more where that brought others into view.
    for (bool changed = true; changed;) {
        placeAll();
        keepPlace(anchor, offset);
        const std::int64_t before = m_measuredCount;
        measureView();
        changed = m_measuredCount != before;
    }
    m_arranging = false;
    if (!isMeasured() && !m_rest.isActive())
        m_rest.start(kPauseMs);
}

void MessageList::measureView()
{
    const int top = verticalScrollBar()->value(), width = columnWidth();
    for (std::size_t row = 0; row < m_rows.size(); ++row) {
        const Row& at = m_rows[row];
        const bool inView = at.y + at.height >= top && at.y <= top + viewport()->height();
        if (at.width != width && inView)
            measureRow(row);
    }
}

void MessageList::placeAll()
{
    const int width = columnWidth(), x = (viewport()->width() - width) / 2;
    int y = kColumnMargin;
    for (std::size_t row = 0; row < m_rows.size(); ++row) {
        m_rows[row].y = y;
        MessageWidget& message = *m_messages[row];
        if (m_rows[row].width == width)
            message.setGeometry(x, y, width, m_rows[row].height);
        else
            message.move(x, y); // keeps its old layout until it is measured
        y += m_rows[row].height + kGap;
    }
    m_page->resize(viewport()->width(), std::max(y - kGap + kColumnMargin, viewport()->height()));
}

void MessageList::keepPlace(std::size_t anchor, int offset)
{
    QScrollBar& bar = *verticalScrollBar();
    if (m_follow)
        bar.setValue(bar.maximum());
    else if (anchor < m_rows.size())
        bar.setValue(m_rows[anchor].y + offset);
}

void MessageList::measureMore()
{
    QElapsedTimer clock;
    clock.start();
    const int width = columnWidth();
    // From the end: that is where the next look goes.
    for (std::size_t row = m_rows.size(); row-- > 0 && clock.elapsed() < kSliceMs;)
        if (m_rows[row].width != width)
            measureRow(row);
    arrange();
}

} // namespace lectern
