#include "ui/state/bookmarks.h"

#include "ui/common/format.h"

#include <QCoreApplication>

namespace lectern {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("Bookmarks", text);
}

} // namespace

QString bookmarkName(const Bookmark& bookmark)
{
    QStringList parts;
    if (bookmark.head.isValid())
        parts += tr("Layer %1, head %2").arg(bookmark.head.layer).arg(bookmark.head.head);
    if (!bookmark.answer.isAll())
        parts += bookmark.answer.end == bookmark.answer.begin + 1
                     ? tr("answer token %1").arg(bookmark.answer.begin + 1)
                     : tr("answer tokens %1 to %2").arg(bookmark.answer.begin + 1).arg(bookmark.answer.end);
    if (!bookmark.place.isEmpty())
        parts += tr("byte %1").arg(formatCount(std::int64_t(bookmark.place.begin)));
    return parts.isEmpty() ? tr("The whole answer") : parts.join(QStringLiteral(" · "));
}

QString bookmarkToText(const Bookmark& b)
{
    QStringList numbers;
    for (const std::int64_t number :
         {std::int64_t(b.head.layer), std::int64_t(b.head.head), std::int64_t(b.answer.begin),
          std::int64_t(b.answer.end), b.place.document, std::int64_t(b.place.begin),
          std::int64_t(b.place.end)})
        numbers += QString::number(number);
    return numbers.join(QLatin1Char(' '));
}

std::optional<Bookmark> bookmarkFromText(const QString& text)
{
    std::vector<std::int64_t> numbers;
    for (const QString& part : text.split(QLatin1Char(' '))) {
        bool ok = false;
        numbers.push_back(part.toLongLong(&ok));
        if (!ok)
            return {};
    }
    if (numbers.size() != 7 || numbers[5] < 0 || numbers[6] < numbers[5])
        return {};
    return Bookmark{{int(numbers[0]), int(numbers[1])},
                    {int(numbers[2]), int(numbers[3])},
                    {numbers[4], std::uint64_t(numbers[5]), std::uint64_t(numbers[6])}};
}

} // namespace lectern
