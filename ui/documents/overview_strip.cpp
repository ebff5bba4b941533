#include "ui/documents/overview_strip.h"

#include "ui/common/format.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>

namespace lectern {

OverviewStrip::OverviewStrip(QWidget* parent) : PaintedView(tr("Document overview"), parent)
{
    setFixedWidth(sizeHint().width());
    setToolTip(tr("The whole document: passages of the answer, and how much each part was used"));
}

void OverviewStrip::setPassages(std::vector<Mark> passages, int current)
{
    m_passages = std::move(passages);
    m_current = current;
    update();
    textChanged();
}

void OverviewStrip::setStrengths(std::vector<float> strengths)
{
    m_strengths = std::move(strengths);
    update();
}

void OverviewStrip::setVisibleRange(double from, double to)
{
    m_from = from;
    m_to = to;
    update();
}

QString OverviewStrip::textTwin() const
{
    QStringList places;
    for (const Mark& mark : m_passages)
        places += formatPercent(mark.at);
    if (places.isEmpty())
        return tr("No passages are marked in this document.");
    return tr("Passages at %1 of the document.").arg(places.join(QStringLiteral(", ")));
}

void OverviewStrip::paintEvent(QPaintEvent*)
{
    const Theme colors = theme();
    QPainter painter(this);
    painter.fillRect(rect(), colors.card);
    const double h = height();
    for (int y = 0; y < height() && !m_strengths.empty(); ++y) {
        const auto first = std::size_t(double(y) / h * double(m_strengths.size()));
        const auto last = std::max(first + 1, std::size_t(double(y + 1) / h * double(m_strengths.size())));
        const float most = *std::max_element(m_strengths.begin() + std::ptrdiff_t(first),
                                             m_strengths.begin() + std::ptrdiff_t(std::min(last, m_strengths.size())));
        if (most > 0.02F)
            painter.fillRect(QRectF(0, y, width(), 1), colors.attentionShade(double(most)));
    }
    painter.setPen(Qt::NoPen);
    for (int i = 0; i < int(m_passages.size()); ++i) {
        const Mark& mark = m_passages[std::size_t(i)];
        const double top = mark.at * (h - 4);
        painter.setBrush(i == m_current ? colors.text : colors.warning);
        painter.drawRect(QRectF(3, top, width() - 6, std::max(4.0, mark.length * h)));
    }
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(colors.mutedText, 1));
    if (m_to > m_from)
        painter.drawRect(QRectF(0.5, m_from * h + 0.5, width() - 1, std::max(6.0, (m_to - m_from) * h) - 1));
    paintFocusRing(painter);
}

void OverviewStrip::mousePressEvent(QMouseEvent* event)
{
    emit placeWanted(std::clamp(event->position().y() / std::max(1, height()), 0.0, 1.0));
}

void OverviewStrip::mouseMoveEvent(QMouseEvent* event)
{
    if (event->buttons() & Qt::LeftButton)
        emit placeWanted(std::clamp(event->position().y() / std::max(1, height()), 0.0, 1.0));
}

void OverviewStrip::keyPressEvent(QKeyEvent* event)
{
    const double middle = (m_from + m_to) / 2;
    if (event->key() == Qt::Key_Down || event->key() == Qt::Key_Up)
        emit placeWanted(std::clamp(middle + (event->key() == Qt::Key_Down ? 0.02 : -0.02), 0.0, 1.0));
    else
        PaintedView::keyPressEvent(event);
}

} // namespace lectern
