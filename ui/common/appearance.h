// How the window looks as a whole: the palette of a theme, and the language. Both at run time. GUI thread.
#pragma once

#include <QPalette>
#include <QString>

#include <vector>

namespace lectern {

// "light", "dark" or "contrast"; anything else follows the system.
void applyTheme(const QString& name);
QPalette themePalette(const QString& name);

struct Language {
    QString code; // "en", "de"
    QString name; // in itself
};
std::vector<Language> languages();
// Empty: the system's language where there is one, else English. Numbers follow it too. Widgets made before
// keep theirs.
void applyLanguage(const QString& code);

} // namespace lectern
