// Saves what a widget shows as a picture: PNG at the screen's resolution, or SVG with text as text. GUI
// thread.
#pragma once

#include "engine/base/result.h"

#include <QByteArray>
#include <QString>

class QWidget;

namespace lectern {

// By the name's end: .svg, else PNG.
Status savePicture(QWidget& widget, const QString& path);
Status saveBytes(const QString& path, const QByteArray& bytes);

} // namespace lectern
