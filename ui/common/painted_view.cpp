#include "ui/common/painted_view.h"

#include "ui/common/export_picture.h"

#include <QAccessible>
#include <QAccessibleWidget>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QFileDialog>
#include <QGuiApplication>
#include <QMenu>
#include <QPainter>

namespace lectern {

namespace {

class AccessiblePaintedView : public QAccessibleWidget {
public:
    explicit AccessiblePaintedView(PaintedView* view) : QAccessibleWidget(view, QAccessible::Chart) {}

    QString text(QAccessible::Text kind) const override
    {
        if (kind == QAccessible::Value || kind == QAccessible::Description)
            return static_cast<const PaintedView*>(widget())->textTwin();
        return QAccessibleWidget::text(kind);
    }
};

QAccessibleInterface* makeInterface(const QString&, QObject* object)
{
    if (auto* view = qobject_cast<PaintedView*>(object))
        return new AccessiblePaintedView(view);
    return nullptr;
}

} // namespace

PaintedView::PaintedView(const QString& accessibleName, QWidget* parent) : QWidget(parent)
{
    setAccessibleName(accessibleName);
    setFocusPolicy(Qt::StrongFocus);
}

void PaintedView::textChanged()
{
    if (!QAccessible::isActive())
        return;
    QAccessibleValueChangeEvent event(this, textTwin());
    QAccessible::updateAccessibility(&event);
}

void PaintedView::paintFocusRing(QPainter& painter) const
{
    if (!hasFocus())
        return;
    painter.save();
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(theme().accent, 2));
    painter.drawRect(QRectF(rect()).adjusted(1, 1, -1, -1));
    painter.restore();
}

void PaintedView::focusInEvent(QFocusEvent* event)
{
    QWidget::focusInEvent(event);
    update();
}

void PaintedView::focusOutEvent(QFocusEvent* event)
{
    QWidget::focusOutEvent(event);
    update();
}

void PaintedView::contextMenuEvent(QContextMenuEvent* event)
{
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addAction(tr("Save the &picture…"), this, &PaintedView::savePictureAs);
    menu->addAction(tr("Save the &numbers as CSV…"), this, &PaintedView::saveNumbersAs)
        ->setEnabled(!csv().isEmpty());
    menu->addAction(tr("&Copy the picture"), this, [this] {
        QGuiApplication::clipboard()->setPixmap(grab());
        emit exported(tr("Picture copied"));
    });
    menu->addAction(tr("Copy what it says as &text"), this, [this] {
        QGuiApplication::clipboard()->setText(textTwin());
        emit exported(tr("Text copied"));
    });
    menu->popup(event->reason() == QContextMenuEvent::Keyboard ? mapToGlobal(rect().center())
                                                               : event->globalPos());
}

void PaintedView::savePictureAs()
{
    auto* dialog = new QFileDialog(window(), tr("Save the picture"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setNameFilters({tr("Picture (*.png)"), tr("Drawing (*.svg)")});
    dialog->setDefaultSuffix(QStringLiteral("png"));
    connect(dialog, &QFileDialog::filterSelected, dialog, [dialog](const QString& filter) {
        dialog->setDefaultSuffix(filter.contains(QLatin1String("svg")) ? QStringLiteral("svg")
                                                                       : QStringLiteral("png"));
    });
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& path) {
        if (const Status saved = savePicture(*this, path); saved)
            emit exported(tr("Picture saved"));
        else
            emit exportFailed(tr("The picture could not be saved"),
                              QString::fromStdString(saved.error().message));
    });
    dialog->open();
}

void PaintedView::saveNumbersAs()
{
    auto* dialog = new QFileDialog(window(), tr("Save the numbers"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setNameFilters({tr("Table (*.csv)")});
    dialog->setDefaultSuffix(QStringLiteral("csv"));
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& path) {
        if (const Status saved = saveBytes(path, csv().toUtf8()); saved)
            emit exported(tr("Numbers saved"));
        else
            emit exportFailed(tr("The numbers could not be saved"),
                              QString::fromStdString(saved.error().message));
    });
    dialog->open();
}

void initPaintedViewAccessibility()
{
    QAccessible::installFactory(makeInterface);
}

} // namespace lectern
