// The colours of everything Lectern paints, derived from a palette so that light, dark and high-contrast themes all
// work. Recompute on QEvent::PaletteChange; nothing here is cached.
#pragma once

#include "engine/telemetry/kv_usage.h"

#include <QColor>
#include <QPalette>

#include <array>

namespace lectern {

struct Theme {
    explicit Theme(const QPalette& palette);

    bool dark = false;
    QColor background;  // of charts and text
    QColor text;
    QColor mutedText;   // captions and axis labels: at least 4.5 : 1 on the background
    QColor line;        // axes, frames: at least 1.6 : 1
    QColor grid;
    QColor accent;      // selection, focus
    QColor card;        // a raised or sunk panel on the window colour
    QColor good, warning, bad; // at least 4.5 : 1 on the background
    QColor reference;   // the "full attention would need" line
    std::array<QColor, kHeadClassCount> headClass; // by HeadClass; at least 3 : 1 on the background, apart for the colour-blind
    QColor evidence;         // behind the passage an answer rests on; text stays readable
    QColor evidenceCurrent;  // the one just clicked
    QColor findMatch;

    // The text or the background colour, whichever reads better on `marker`.
    QColor textOn(const QColor& marker) const;
    // Colour behind text for attention strength 0..1; 0 is the background.
    QColor attentionShade(double strength) const;
};

} // namespace lectern
