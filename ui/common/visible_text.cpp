#include "ui/common/visible_text.h"

#include <algorithm>

namespace lectern {

namespace {

struct Range {
    char32_t first, last;
};

// Sorted. Zero-width joiner and non-joiner (200C, 200D) and variation selectors are left: scripts and emoji need them.
constexpr Range kHidden[] = {
    {0x0000, 0x0008}, {0x000B, 0x001F}, {0x007F, 0x009F}, {0x00AD, 0x00AD}, {0x061C, 0x061C}, {0x115F, 0x1160},
    {0x17B4, 0x17B5}, {0x180E, 0x180E}, {0x200B, 0x200B}, {0x200E, 0x200F}, {0x2028, 0x202E}, {0x2060, 0x206F},
    {0x3164, 0x3164}, {0xFEFF, 0xFEFF}, {0xFFA0, 0xFFA0}, {0xFFF9, 0xFFFB}, {0x1D173, 0x1D17A}, {0xE0000, 0xE0FFF},
};

} // namespace

bool isHiddenCharacter(char32_t codePoint)
{
    const auto* range = std::upper_bound(std::begin(kHidden), std::end(kHidden), codePoint,
                                         [](char32_t value, const Range& r) { return value < r.first; });
    return range != std::begin(kHidden) && codePoint <= std::prev(range)->last;
}

QString hiddenCharacterEscape(char32_t codePoint)
{
    return QStringLiteral("‹U+%1›").arg(QString::number(codePoint, 16).toUpper().rightJustified(4, u'0'));
}

VisibleText makeVisible(const QString& text)
{
    VisibleText result;
    result.text.reserve(text.size());
    for (qsizetype i = 0; i < text.size(); ++i) {
        char32_t point = text[i].unicode();
        qsizetype units = 1;
        if (text[i].isHighSurrogate() && i + 1 < text.size() && text[i + 1].isLowSurrogate()) {
            point = QChar::surrogateToUcs4(text[i], text[i + 1]);
            units = 2;
        }
        if (isHiddenCharacter(point)) {
            result.text += hiddenCharacterEscape(point);
            ++result.escaped;
        } else {
            result.text += QStringView(text).mid(i, units);
        }
        i += units - 1;
    }
    return result;
}

QString visibleLine(const QString& text)
{
    QString oneLine = text;
    oneLine.replace(u'\n', u' ').replace(u'\r', u' ').replace(u'\t', u' ');
    return makeVisible(oneLine).text;
}

QString visibleLine(const std::string& utf8)
{
    return visibleLine(QString::fromUtf8(utf8.data(), qsizetype(utf8.size())));
}

} // namespace lectern
