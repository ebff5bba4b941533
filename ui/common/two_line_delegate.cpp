#include "ui/common/two_line_delegate.h"

#include "ui/common/theme.h"

#include <QApplication>
#include <QPainter>

namespace lectern {

namespace {

constexpr int kPaddingX = 10, kPaddingY = 6, kGap = 2;

QFont detailFont(const QFont& font)
{
    QFont small = font;
    if (small.pointSizeF() > 0)
        small.setPointSizeF(small.pointSizeF() * 0.88);
    return small;
}

} // namespace

TwoLineDelegate::TwoLineDelegate(Roles roles, QObject* parent) : QStyledItemDelegate(parent), m_roles(roles) {}

void TwoLineDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    QStyleOptionViewItem item = option;
    initStyleOption(&item, index);
    const QString name = item.text;
    item.text.clear();
    const QStyle* style = item.widget ? item.widget->style() : QApplication::style();
    style->drawControl(QStyle::CE_ItemViewItem, &item, painter, item.widget);

    const Theme theme(item.palette);
    const bool selected = item.state & QStyle::State_Selected;
    const QRect inner = item.rect.adjusted(kPaddingX, kPaddingY, -kPaddingX, -kPaddingY);
    const QFontMetrics metrics(item.font);
    painter->save();
    painter->setFont(item.font);
    painter->setPen(selected ? item.palette.color(QPalette::HighlightedText) : theme.text);
    painter->drawText(QRect(inner.left(), inner.top(), inner.width(), metrics.height()),
                      Qt::AlignLeft | Qt::AlignVCenter, metrics.elidedText(name, Qt::ElideRight, inner.width()));
    const QFont small = detailFont(item.font);
    const QFontMetrics smallMetrics(small);
    const bool failed = m_roles.failed >= 0 && index.data(m_roles.failed).toBool();
    painter->setFont(small);
    painter->setPen(selected ? item.palette.color(QPalette::HighlightedText) : failed ? theme.bad : theme.mutedText);
    painter->drawText(
        QRect(inner.left(), inner.top() + metrics.height() + kGap, inner.width(), smallMetrics.height()),
        Qt::AlignLeft | Qt::AlignVCenter,
        smallMetrics.elidedText(index.data(m_roles.detail).toString(), Qt::ElideRight, inner.width()));
    if (const double fraction = m_roles.fraction >= 0 ? index.data(m_roles.fraction).toDouble() : -1; fraction >= 0) {
        const QRect bar(inner.left(), item.rect.bottom() - 4, inner.width(), 3);
        painter->fillRect(bar, theme.line);
        painter->fillRect(QRect(bar.topLeft(), QSize(int(bar.width() * fraction), bar.height())), theme.accent);
    }
    painter->restore();
}

QSize TwoLineDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex&) const
{
    return {120, QFontMetrics(option.font).height() + QFontMetrics(detailFont(option.font)).height() + kGap +
                     2 * kPaddingY};
}

void TwoLineDelegate::updateEditorGeometry(QWidget* editor, const QStyleOptionViewItem& option,
                                           const QModelIndex&) const
{
    const int height = editor->sizeHint().height();
    editor->setGeometry(option.rect.left() + 4, option.rect.top() + (option.rect.height() - height) / 2,
                        option.rect.width() - 8, height);
}

} // namespace lectern
