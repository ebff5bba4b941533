#include "ui/chat/citation_chip.h"

#include "ui/common/color_math.h"
#include "ui/common/format.h"
#include "ui/common/theme.h"
#include "ui/common/visible_text.h"

#include <QPainter>
#include <QStyle>

#include <algorithm>

namespace lectern {

namespace {
constexpr int kPaddingX = 10, kPaddingY = 4, kGap = 8;
constexpr int kToolTipLength = 280;
} // namespace

CitationChip::CitationChip(const EvidencePassage& passage, const QString& label, QWidget* parent)
    : QAbstractButton(parent), m_passage(passage)
{
    setText(label);
    setCursor(Qt::PointingHandCursor);
    setFocusPolicy(Qt::StrongFocus);
    setAttribute(Qt::WA_Hover);
    QString excerpt = visibleLine(passage.text).simplified();
    if (excerpt.size() > kToolTipLength)
        excerpt = excerpt.left(kToolTipLength) + QStringLiteral("…");
    setToolTip(Qt::convertFromPlainText(excerpt));
    setAccessibleName(tr("Source %1, %2").arg(label, formatPercent(passage.score)));
    setAccessibleDescription(excerpt);
}

QSize CitationChip::sizeHint() const
{
    const QFontMetrics metrics = fontMetrics();
    const int width = metrics.horizontalAdvance(text()) + kGap +
                      metrics.horizontalAdvance(formatPercent(m_passage.score)) + 2 * kPaddingX;
    return {width, metrics.height() + 2 * kPaddingY + 2};
}

void CitationChip::paintEvent(QPaintEvent*)
{
    const Theme theme(palette());
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF frame = QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5);
    const bool active = isDown() || underMouse();
    painter.setPen(QPen(hasFocus() ? theme.accent : theme.line, hasFocus() ? 2 : 1));
    painter.setBrush(active ? mixColors(theme.background, theme.accent, 0.18) : theme.background);
    painter.drawRoundedRect(frame, 5, 5);

    const QRectF inner = frame.adjusted(kPaddingX, kPaddingY, -kPaddingX, -kPaddingY);
    painter.setPen(theme.text);
    painter.drawText(inner, Qt::AlignLeft | Qt::AlignVCenter, text());
    painter.setPen(theme.mutedText);
    painter.drawText(inner, Qt::AlignRight | Qt::AlignVCenter, formatPercent(m_passage.score));

    const double share = std::clamp(m_passage.score, 0.0, 1.0);
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme.headClass[int(HeadClass::Full)]);
    painter.drawRect(QRectF(frame.left() + 4, frame.bottom() - 3, (frame.width() - 8) * share, 2));
}

} // namespace lectern
