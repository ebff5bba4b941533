#include "ui/common/export_picture.h"

#include <QBuffer>
#include <QCoreApplication>
#include <QPainter>
#include <QPixmap>
#include <QSaveFile>
#include <QSvgGenerator>
#include <QWidget>

namespace lectern {

Status saveBytes(const QString& path, const QByteArray& bytes)
{
    QSaveFile file(path);
    if (file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size() && file.commit())
        return {};
    return fail(ErrorCode::Disk, file.errorString().toStdString(),
                QCoreApplication::translate("Export", "Choose another place.").toStdString());
}

Status savePicture(QWidget& widget, const QString& path)
{
    QBuffer buffer;
    if (path.endsWith(QLatin1String(".svg"), Qt::CaseInsensitive)) {
        QSvgGenerator svg;
        svg.setOutputDevice(&buffer);
        svg.setSize(widget.size());
        svg.setViewBox(widget.rect());
        svg.setTitle(widget.accessibleName());
        QPainter painter(&svg);
        widget.render(&painter, QPoint(), QRegion(), QWidget::DrawChildren | QWidget::DrawWindowBackground);
        painter.end();
    } else if (!buffer.open(QIODevice::WriteOnly) || !widget.grab().save(&buffer, "PNG")) {
        return fail(ErrorCode::Internal,
                    QCoreApplication::translate("Export", "The picture could not be made.").toStdString());
    }
    return saveBytes(path, buffer.data());
}

} // namespace lectern
