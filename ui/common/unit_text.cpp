#include "ui/common/unit_text.h"

#include "ui/common/format.h"

#include <QRegularExpression>

namespace lectern {

QString deviceText(const QString& device)
{
    static const QRegularExpression cpu(QStringLiteral("^CPU, (\\d+) threads?, (.+)$"));
    const QRegularExpressionMatch match = cpu.match(device);
    if (!match.hasMatch())
        return device;
    return QStringLiteral("CPU, %1, %2")
        .arg(formatPlural(QT_TRANSLATE_NOOP("Format", "%Ln thread(s)"), match.captured(1).toLongLong()),
             match.captured(2));
}

QString keepUnits(const QString& text)
{
    static const QRegularExpression unit(
        QStringLiteral("(?<=\\d) (?=(?:[KMGT]i?B|B|ms|s|min|h|[Tt]okens?)(?![\\w])|%)|(?<=\\bKV) (?=\\d)"));
    QString kept = text;
    return kept.replace(unit, QString(QChar::Nbsp)).replace(QLatin1String("/s"), QStringLiteral("/\u2060s"));
}

} // namespace lectern
