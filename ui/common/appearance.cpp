#include "ui/common/appearance.h"

#include "ui/common/contrast_style.h"

#include <QApplication>
#include <QLibraryInfo>
#include <QLocale>
#include <QStyle>
#include <QStyleFactory>
#include <QTranslator>

#include <memory>

#ifdef LECTERN_HAS_TRANSLATIONS
// Outside of every namespace, as Q_INIT_RESOURCE asks.
static void initTranslations()
{
    Q_INIT_RESOURCE(translations);
}
#else
static void initTranslations() {}
#endif

namespace lectern {

namespace {

// One text has one translation, wherever it stands: the files have a single context.
class Translator : public QTranslator {
public:
    QString translate(const char*, const char* text, const char*, int n) const override
    {
        return QTranslator::translate("Lectern", text, nullptr, n);
    }
};

struct ThemeColors {
    const char* name;
    QRgb window, base, text, accent, onAccent;
};

// Everything else is derived from these, here and in Theme.
constexpr ThemeColors kThemes[] = {
    {"light", 0xffeff0f1, 0xffffffff, 0xff232629, 0xff2d6eaf, 0xffffffff},
    {"dark", 0xff2a2e32, 0xff1b1e20, 0xffebedee, 0xff3d8cc8, 0xffffffff},
    {"contrast", 0xff000000, 0xff000000, 0xffffffff, 0xffffff00, 0xff000000},
};

QPalette paletteOf(const ThemeColors& colors)
{
    const QColor window(colors.window), base(colors.base), text(colors.text);
    QPalette palette(text, window, window.lighter(120), window.darker(140), window.darker(120), text, text,
                     base, window);
    palette.setColor(QPalette::Button, window);
    palette.setColor(QPalette::Highlight, QColor(colors.accent));
    palette.setColor(QPalette::HighlightedText, QColor(colors.onAccent));
    palette.setColor(QPalette::AlternateBase, window);
    palette.setColor(QPalette::ToolTipBase, base);
    palette.setColor(QPalette::ToolTipText, text);
    palette.setColor(QPalette::Link, QColor(colors.accent));
    QColor faint = text;
    faint.setAlphaF(0.55F);
    palette.setColor(QPalette::PlaceholderText, faint);
    for (const QPalette::ColorRole role : {QPalette::Text, QPalette::ButtonText, QPalette::WindowText})
        palette.setColor(QPalette::Disabled, role, faint);
    return palette;
}

} // namespace

QPalette themePalette(const QString& name)
{
    for (const ThemeColors& theme : kThemes)
        if (name == QLatin1String(theme.name))
            return paletteOf(theme);
    return QApplication::style()->standardPalette();
}

void applyTheme(const QString& name)
{
    static bool chosen = false; // the system's own palette stays untouched until a person chooses another
    if (!chosen && name.isEmpty())
        return;
    chosen = true;
    static const QString ownStyle = QApplication::style()->name();
    const bool contrast = name == QLatin1String("contrast");
    if (contrast != (dynamic_cast<const ContrastStyle*>(QApplication::style()) != nullptr))
        QApplication::setStyle(contrast ? new ContrastStyle : QStyleFactory::create(ownStyle));
    QApplication::setPalette(name.isEmpty() ? QPalette() : themePalette(name));
}

std::vector<Language> languages()
{
    return {{QStringLiteral("en"), QStringLiteral("English")},
            {QStringLiteral("de"), QStringLiteral("Deutsch")}};
}

void applyLanguage(const QString& code)
{
    initTranslations();
    static std::unique_ptr<QTranslator> ours, qts; // Qt's own: its dialogs' buttons
    ours = std::make_unique<Translator>();         // the one before leaves the application as it goes
    qts = std::make_unique<QTranslator>();
    const QLocale locale = code.isEmpty() ? QLocale::system() : QLocale(code);
    QLocale::setDefault(locale);
    if (qts->load(locale, QStringLiteral("qtbase"), QStringLiteral("_"),
                  QLibraryInfo::path(QLibraryInfo::TranslationsPath)))
        QApplication::installTranslator(qts.get());
    if (ours->load(QStringLiteral(":/translations/lectern_") + locale.name().section(QLatin1Char('_'), 0, 0)))
        QApplication::installTranslator(ours.get());
}

} // namespace lectern
