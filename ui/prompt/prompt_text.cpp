#include "ui/prompt/prompt_text.h"

#include "ui/common/color_math.h"
#include "ui/common/theme.h"

#include <QFontDatabase>
#include <QPainter>
#include <QTextBlock>

#include <algorithm>

namespace lectern {

PromptText::PromptText(QWidget* parent) : QPlainTextEdit(parent)
{
    setReadOnly(true);
    setUndoRedoEnabled(false);
    setFrameShape(QFrame::NoFrame);
    setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    setTabChangesFocus(true);
    setAcceptDrops(false);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOn);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setAccessibleName(tr("Exact prompt"));
    connect(this, &QPlainTextEdit::cursorPositionChanged, this,
            [this] { emit tokenChanged(tokenAtCursor()); });
}

void PromptText::setPrompt(PromptViewPtr prompt)
{
    m_prompt = std::move(prompt);
    m_display = DisplayText(m_prompt ? DocumentText{0, {}, m_prompt->text, {}, {}} : DocumentText{});
    setPlainText(m_display.text());
}

void PromptText::setReused(std::int64_t tokens)
{
    m_reused = tokens;
    viewport()->update();
}

void PromptText::scrollToToken(std::int64_t token)
{
    if (!m_prompt || token < 0 || token >= std::int64_t(m_prompt->size()))
        return;
    QTextCursor cursor(document());
    cursor.setPosition(m_display.positionOfByte(token == 0 ? 0 : m_prompt->ends[std::size_t(token - 1)]));
    setTextCursor(cursor);
    centerCursor();
}

std::int64_t PromptText::tokenOfByte(std::uint64_t byte) const
{
    if (!m_prompt || m_prompt->size() == 0)
        return -1;
    const auto& ends = m_prompt->ends;
    const auto found = std::upper_bound(ends.begin(), ends.end(), byte) - ends.begin();
    return std::min<std::int64_t>(found, std::int64_t(ends.size()) - 1);
}

std::int64_t PromptText::tokenAtCursor() const
{
    return tokenOfByte(m_display.byteOfPosition(textCursor().position()));
}

void PromptText::paintEvent(QPaintEvent* event)
{
    if (m_prompt && m_prompt->size() > 0) {
        const Theme theme(palette());
        const QColor cached[] = {mixColors(theme.background, theme.good, 0.16),
                                 mixColors(theme.background, theme.good, 0.28)};
        const QColor fresh[] = {mixColors(theme.background, theme.text, 0.05),
                                mixColors(theme.background, theme.text, 0.13)};
        QPainter painter(viewport());
        for (QTextBlock block = firstVisibleBlock(); block.isValid(); block = block.next()) {
            const QRectF area = blockBoundingGeometry(block).translated(contentOffset());
            if (area.top() > viewport()->height())
                break;
            for (int i = 0; i < block.layout()->lineCount(); ++i) {
                const QTextLine line = block.layout()->lineAt(i);
                const int begin = block.position() + line.textStart(), end = begin + line.textLength();
                std::int64_t token = tokenOfByte(m_display.byteOfPosition(begin));
                for (int at = begin; at < end; ++token) {
                    const int next = std::min(
                        end, std::max(at + 1, m_display.positionOfByte(m_prompt->ends[std::size_t(token)])));
                    const double left = line.cursorToX(at - block.position()),
                                 right = line.cursorToX(next - block.position());
                    const QRectF box(area.left() + left, area.top() + line.y(), right - left, line.height());
                    painter.fillRect(box, (token < m_reused ? cached : fresh)[token % 2]);
                    if (m_prompt->special[std::size_t(token)]) {
                        painter.setPen(theme.accent);
                        painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5));
                    }
                    at = next;
                    if (token + 1 == std::int64_t(m_prompt->size()))
                        break;
                }
            }
        }
    }
    QPlainTextEdit::paintEvent(event);
}

} // namespace lectern
