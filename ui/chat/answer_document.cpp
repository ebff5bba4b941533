#include "ui/chat/answer_document.h"

#include "ui/common/color_math.h"
#include "ui/common/visible_text.h"

#include <QFontDatabase>
#include <QTextBlock>
#include <QTextCursor>
#include <QTextDocument>
#include <QTextTable>

#include <vector>

namespace lectern {

bool isCodeBlock(const QTextBlock& block)
{
    return block.blockFormat().hasProperty(QTextFormat::BlockCodeFence) ||
           block.blockFormat().hasProperty(QTextFormat::BlockCodeLanguage);
}

namespace {

// An image would ask for its file; what it says is kept as words.
void replacePictures(QTextDocument& document)
{
    struct Picture {
        int position;
        QString words;
    };
    std::vector<Picture> pictures;
    for (QTextBlock block = document.begin(); block.isValid(); block = block.next())
        for (auto it = block.begin(); !it.atEnd(); ++it)
            if (const QTextFragment fragment = it.fragment(); fragment.charFormat().isImageFormat()) {
                const QTextImageFormat image = fragment.charFormat().toImageFormat();
                const QString title = image.property(QTextFormat::ImageAltText).toString();
                for (int i = 0; i < fragment.length(); ++i)
                    pictures.push_back(
                        {fragment.position() + i, QStringLiteral("[%1: %2]")
                                                      .arg(title.isEmpty() ? QStringLiteral("image") : title,
                                                           visibleLine(image.name()))});
            }
    for (auto picture = pictures.rbegin(); picture != pictures.rend(); ++picture) {
        QTextCursor cursor(&document);
        cursor.setPosition(picture->position);
        cursor.setPosition(picture->position + 1, QTextCursor::KeepAnchor);
        cursor.insertText(picture->words, QTextCharFormat());
    }
}

void styleBlocks(QTextDocument& document, Follows follows, bool afterCode)
{
    QTextCursor cursor(&document);
    const QFont fixed = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    for (QTextBlock block = document.begin(); block.isValid(); block = block.next()) {
        cursor.setPosition(block.position());
        QTextBlockFormat format = block.blockFormat();
        const bool last = !block.next().isValid();
        if (isCodeBlock(block)) {
            // Each line of code is a block of its own; the view paints one ground under them all.
            format.setLeftMargin(kCodePadding);
            format.setRightMargin(kCodePadding);
            format.setNonBreakableLines(false);
            if (block.previous().isValid() ? !isCodeBlock(block.previous()) : !afterCode)
                format.setTopMargin(kCodePadding);
            if (last ? follows != Follows::Code : !isCodeBlock(block.next()))
                format.setBottomMargin(kCodePadding + 8);
            format.setLineHeight(100, QTextBlockFormat::ProportionalHeight);
            cursor.setBlockFormat(format);
            cursor.movePosition(QTextCursor::EndOfBlock, QTextCursor::KeepAnchor);
            QTextCharFormat text;
            text.setFontFamilies({fixed.family()});
            text.setFontFixedPitch(true);
            cursor.mergeCharFormat(text);
            continue;
        }
        format.setLineHeight(120, QTextBlockFormat::ProportionalHeight);
        if (!block.textList() && format.headingLevel() == 0 && !(last && follows == Follows::Nothing))
            format.setBottomMargin(8);
        cursor.setBlockFormat(format);
    }
}

// Where something stands before a table, Qt's reader begins its first cell with an empty line, and forgets
// there that the cell is a heading.
void mendFirstCell(QTextTable& table)
{
    const QTextTableCell cell = table.cellAt(0, 0);
    QTextCursor cursor = cell.firstCursorPosition();
    const QTextBlock empty = cursor.block();
    if (empty.length() > 1 || empty == cell.lastCursorPosition().block())
        return;
    const QTextBlockFormat block = empty.blockFormat();
    QTextCharFormat heading;
    heading.setFontWeight(QFont::Bold);
    cursor.deleteChar();
    cursor.setBlockFormat(block);
    cursor.setPosition(cell.lastCursorPosition().position(), QTextCursor::KeepAnchor);
    cursor.mergeCharFormat(heading);
}

void styleTables(QTextFrame* frame, const Theme& theme)
{
    for (QTextFrame* child : frame->childFrames()) {
        if (auto* table = qobject_cast<QTextTable*>(child)) {
            mendFirstCell(*table);
            QTextTableFormat format = table->format();
            format.setBorder(1);
            format.setBorderBrush(theme.line);
            format.setBorderStyle(QTextFrameFormat::BorderStyle_Solid);
            format.setBorderCollapse(true);
            format.setCellPadding(5);
            format.setCellSpacing(0);
            format.setTopMargin(4);
            format.setBottomMargin(8);
            table->setFormat(format);
        }
        styleTables(child, theme);
    }
}

void styleLinks(QTextDocument& document, const Theme& theme)
{
    const QColor color = readableOn(theme.background, theme.accent, 4.5);
    for (QTextBlock block = document.begin(); block.isValid(); block = block.next()) {
        for (auto it = block.begin(); !it.atEnd(); ++it) {
            const QTextFragment fragment = it.fragment();
            if (!fragment.charFormat().isAnchor())
                continue;
            QTextCursor cursor(&document);
            cursor.setPosition(fragment.position());
            cursor.setPosition(fragment.position() + fragment.length(), QTextCursor::KeepAnchor);
            QTextCharFormat format;
            format.setForeground(color);
            format.setFontUnderline(true);
            cursor.mergeCharFormat(format);
            break; // the fragments have changed; the next block's are untouched
        }
    }
}

} // namespace

void setAnswerMarkdown(QTextDocument& document, const QString& markdown, const Theme& theme)
{
    setMarkdownPiece(document, markdown, theme, {Before::Other, Follows::Nothing});
}

void setMarkdownPiece(QTextDocument& document, const QString& piece, const Theme& theme, Between between)
{
    const auto [before, follows] = between;
    document.setUndoRedoEnabled(false);
    document.setMarkdown(makeVisible(piece).text,
                         QTextDocument::MarkdownFeatures(QTextDocument::MarkdownNoHTML) |
                             QTextDocument::MarkdownDialectGitHub);
    replacePictures(document);
    styleBlocks(document, follows, before == Before::Code);
    styleTables(document.rootFrame(), theme);
    styleLinks(document, theme);
}

} // namespace lectern
