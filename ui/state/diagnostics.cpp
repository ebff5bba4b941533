#include "ui/state/diagnostics.h"

#include "ui/common/format.h"
#include "ui/common/unit_text.h"
#include "ui/common/visible_text.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QRegularExpression>

#include <cstdlib>

namespace lectern {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("Diagnostics", text);
}

// Names that app/worker gives; here so that translations know them.
[[maybe_unused]] constexpr const char* kSystemNames[] = {
    QT_TRANSLATE_NOOP("Diagnostics", "Processor"), QT_TRANSLATE_NOOP("Diagnostics", "Cores"),
    QT_TRANSLATE_NOOP("Diagnostics", "Kernels"),   QT_TRANSLATE_NOOP("Diagnostics", "Memory free"),
    QT_TRANSLATE_NOOP("Diagnostics", "System"),    QT_TRANSLATE_NOOP("Diagnostics", "NVIDIA driver"),
    QT_TRANSLATE_NOOP("Diagnostics", "Linux"),
};

QString factText(const std::string& name, const std::string& value)
{
    if (name == "Memory free")
        return formatBytes(std::strtoull(value.c_str(), nullptr, 10));
    return value == "none" ? tr("none") : visibleLine(value);
}

} // namespace

std::vector<std::pair<QString, QString>> diagnosticFacts(Workspace& workspace)
{
    std::vector<std::pair<QString, QString>> facts;
    const auto add = [&facts](const QString& what, const QString& value) { facts.emplace_back(what, value); };
    add(tr("Lectern"), QCoreApplication::applicationVersion());
    add(tr("Qt"), QString::fromLatin1(qVersion()));
    for (const auto& [name, value] : systemFacts())
        add(tr(name.c_str()), factText(name, value));
    if (const auto& model = workspace.model()) {
        add(tr("Model"), visibleLine(model->name));
        add(tr("Architecture"), visibleLine(model->architecture));
        add(tr("Runs on"), deviceText(visibleLine(model->device)));
        add(tr("Attention plan"), visibleLine(model->plan));
        add(tr("Weights in memory"), formatBytes(model->weightsBytes));
    } else {
        add(tr("Model"), tr("None is open"));
    }
    const KvUsage& kv = workspace.memory().usage();
    add(tr("KV memory"), workspace.memory().isEmpty() ? tr("None in use") : workspace.memory().summary());
    add(tr("Tokens in it"), formatCount(kv.position));
    const Recording& recording = workspace.attention().recording();
    add(tr("Recorded steps"),
        QStringLiteral("%1 (%2)").arg(recording.steps().size()).arg(formatBytes(recording.bytes())));
    return facts;
}

QString redacted(const QString& text)
{
    QString plain = text;
    const QString home = QDir::homePath();
    if (home.size() > 1)
        plain.replace(home, QStringLiteral("~"));
    if (const QString user = qEnvironmentVariable("USER"); user.size() > 2)
        plain.replace(user, QStringLiteral("…"));
    // A path keeps its last part's ending only: names of documents tell what somebody reads.
    static const QRegularExpression path(
        QStringLiteral("(?:~|/)[^\\s:,;'\"]*/[^\\s/:,;'\"]*?(\\.[A-Za-z0-9-]{1,16})?(?=[\\s:,;'\"]|$)"));
    plain.replace(path, QStringLiteral("…\\1"));
    return plain;
}

QString logPath()
{
    const QString xdg = qEnvironmentVariable("XDG_STATE_HOME");
    return (xdg.isEmpty() ? QDir::homePath() + QStringLiteral("/.local/state") : xdg) +
           QStringLiteral("/lectern/lectern.log");
}

QString logTail(const QString& path, qint64 bytes)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return {};
    const bool cut = file.size() > bytes;
    if (cut)
        file.seek(file.size() - bytes);
    QByteArray text = file.read(bytes);
    if (cut)
        text = text.mid(text.indexOf('\n') + 1);
    return makeVisible(QString::fromUtf8(text)).text;
}

QString linesOfLevel(const QString& log, const QString& level)
{
    static const QStringList levels{QStringLiteral("trace"), QStringLiteral("debug"),
                                    QStringLiteral("info"),  QStringLiteral("warning"),
                                    QStringLiteral("error"), QStringLiteral("critical")};
    const auto wanted = levels.indexOf(level);
    if (wanted <= 0)
        return log;
    QStringList kept;
    bool keep = true; // a line without a level goes on with the one before
    for (const QString& line : log.split(QLatin1Char('\n'))) {
        for (qsizetype i = 0; i < levels.size(); ++i)
            if (line.contains(QLatin1Char('[') + levels[i] + QLatin1Char(']')))
                keep = i >= wanted;
        if (keep)
            kept += line;
    }
    return kept.join(QLatin1Char('\n'));
}

} // namespace lectern
