#include "ui/state/activity.h"

#include "ui/common/format.h"
#include "ui/common/visible_text.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QStringList>

#include <algorithm>

namespace lectern {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("Activity", text);
}

const char* verb(Activity::Kind kind)
{
    switch (kind) {
    case Activity::Kind::LoadingModel:
        return QT_TRANSLATE_NOOP("Activity", "Opening the model");
    case Activity::Kind::ReadingFiles:
        return QT_TRANSLATE_NOOP("Activity", "Adding documents");
    case Activity::Kind::ReadingPrompt:
        return QT_TRANSLATE_NOOP("Activity", "Reading");
    case Activity::Kind::Answering:
        return QT_TRANSLATE_NOOP("Activity", "Answering");
    case Activity::Kind::Idle:
        break;
    }
    return QT_TRANSLATE_NOOP("Activity", "Ready");
}

} // namespace

Activity activityOf(const PrefillProgress& progress)
{
    Activity activity;
    activity.kind = Activity::Kind::ReadingPrompt;
    activity.doneTokens = progress.doneTokens;
    activity.totalTokens = progress.totalTokens;
    activity.reusedTokens = progress.reusedTokens;
    const auto computed = double(progress.doneTokens - progress.reusedTokens);
    const auto toCompute = double(progress.totalTokens - progress.reusedTokens);
    activity.fraction = toCompute > 0 ? std::clamp(computed / toCompute, 0.0, 1.0) : 1.0;
    if (computed > 0 && progress.elapsedMs > 0) {
        activity.tokensPerSecond = 1000 * computed / progress.elapsedMs;
        activity.secondsLeft = std::max(0.0, toCompute - computed) / activity.tokensPerSecond;
    }
    return activity;
}

Activity activityOf(const IngestProgress& progress)
{
    Activity activity;
    activity.kind = Activity::Kind::ReadingFiles;
    activity.subject = QFileInfo(QString::fromStdString(progress.path)).fileName();
    if (progress.totalBytes > 0)
        activity.fraction = std::clamp(double(progress.doneBytes) / double(progress.totalBytes), 0.0, 1.0);
    if (progress.page > 0)
        activity.subject += QStringLiteral(" · ") + tr("page %1").arg(progress.page);
    return activity;
}

QString describeShortly(const Activity& activity)
{
    QString text = tr(verb(activity.kind));
    if (activity.fraction >= 0 && activity.kind != Activity::Kind::Answering && !activity.isIdle())
        text += QLatin1Char(' ') + formatPercent(activity.fraction);
    return text;
}

QString describe(const Activity& activity)
{
    QStringList parts{describeShortly(activity)};
    if (!activity.subject.isEmpty())
        parts += visibleLine(activity.subject);
    if (activity.totalTokens > 0)
        parts += tr("%1 of %2 tokens").arg(formatCount(activity.doneTokens), formatCount(activity.totalTokens));
    if (activity.tokensPerSecond > 0)
        parts += formatRate(activity.tokensPerSecond);
    if (activity.secondsLeft >= 0.5)
        parts += tr("about %1 left").arg(formatDuration(1000 * activity.secondsLeft));
    if (activity.reusedTokens > 0)
        parts += tr("%1 reused").arg(formatCount(activity.reusedTokens));
    return parts.join(QStringLiteral(" · "));
}

} // namespace lectern
