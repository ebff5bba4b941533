// Texts about machines and amounts, fit to be shown. Pure functions.
#pragma once

#include <QString>

namespace lectern {

// The engine's name of what a model runs on, "CPU, 2 threads, AVX2", in the person's language.
QString deviceText(const QString& device);
// With spaces that do not break between a number and its unit: for text that wraps.
QString keepUnits(const QString& text);

} // namespace lectern
