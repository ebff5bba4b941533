// Icons drawn in the palette's colours when painted, so that they follow every theme without being made again.
#pragma once

#include <QColor>
#include <QIcon>
#include <QPixmap>
#include <QString>

namespace lectern {

// Makes the icons compiled into this library known to Qt; call once from main() and from tests.
void initIcons();

// `name` is a file of resources/icons without ".svg". GUI thread.
QIcon icon(const QString& name);
// The program's own, in its own colours.
QIcon applicationIcon();
// One picture in one colour, for places that paint themselves. size in device-independent pixels.
QPixmap iconPixmap(const QString& name, int size, const QColor& color, double devicePixelRatio);

} // namespace lectern
