#include "ui/common/pattern_text.h"

#include "ui/common/format.h"

#include <QCoreApplication>

namespace lectern {

namespace {

QString translated(const char* text) { return QCoreApplication::translate("PatternText", text); }

QString textOf(const FullPattern&) { return translated(QT_TRANSLATE_NOOP("PatternText", "all keys")); }

QString textOf(const SinkWindowPattern& p)
{
    return translated(QT_TRANSLATE_NOOP("PatternText", "the first %1 and the last %2 tokens"))
        .arg(formatCount(p.sink), formatCount(p.block * p.windowBlocks));
}

QString textOf(const SinkChunkPattern& p)
{
    return translated(QT_TRANSLATE_NOOP("PatternText", "the first %1 and the last %2 tokens before each chunk of %3"))
        .arg(formatCount(p.sink), formatCount(p.recent), formatCount(p.chunk));
}

QString textOf(const StridedBlocksPattern& p)
{
    return translated(QT_TRANSLATE_NOOP("PatternText", "every %1th block of %2 tokens and the last %3 blocks, phase %4"))
        .arg(p.stride)
        .arg(p.block)
        .arg(p.local)
        .arg(p.phase);
}

} // namespace

QString patternText(const HeadPattern& pattern)
{
    return std::visit([](const auto& p) { return textOf(p); }, pattern);
}

} // namespace lectern
