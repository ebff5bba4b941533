#include "ui/chat/answer_stream.h"

#include "ui/chat/answer_document.h"

#include <QTextBlock>
#include <QTextCursor>
#include <QTextDocument>
#include <QTextList>
#include <QTextTable>

#include <map>

namespace lectern {

namespace {

// The marks of a line that opens or closes a block of code; empty if it does neither.
QStringView fenceOf(QStringView line)
{
    QStringView text = line.trimmed();
    if (text.isEmpty() || (text[0] != u'`' && text[0] != u'~'))
        return {};
    qsizetype marks = 0;
    while (marks < text.size() && text[marks] == text[0])
        ++marks;
    // Marks of code inside a line may be three long as well, but then come again.
    return marks >= 3 && !(text[0] == u'`' && text.mid(marks).contains(u'`')) ? text.left(marks)
                                                                              : QStringView();
}

// Whether a line that follows an empty one begins a block of its own for sure: it is no item, and nothing
// indented, that an earlier list could go on with.
bool beginsBlock(QStringView line)
{
    const QChar first = line[0];
    const QChar second = line.size() > 1 ? line[1] : QChar();
    if (first.isSpace())
        return false;
    if (first == u'`' || first == u'~')
        return line.size() >= 3; // until then it may become a block of code
    if (first == u'-' || first == u'+' || first == u'*')
        return !second.isNull() && !second.isSpace();
    if (!first.isDigit())
        return true;
    qsizetype digits = 0;
    while (digits < line.size() && line[digits].isDigit())
        ++digits;
    return digits < line.size() && line[digits] != u'.' && line[digits] != u')';
}

// Appends blocks of one document to another, whose last block is the next to fill if `fresh`.
class BlockCopier {
public:
    BlockCopier(QTextDocument& to, bool fresh) : m_out(&to), m_fresh(fresh)
    {
        m_out.movePosition(QTextCursor::End);
    }

    void copy(QTextFrame& from)
    {
        for (auto it = from.begin(); !it.atEnd(); ++it) {
            if (auto* table = qobject_cast<QTextTable*>(it.currentFrame())) {
                copyTable(*table);
                m_fresh = true; // the block that follows each table is there already
                continue;
            }
            // A document that begins with a table or a rule, or has nothing in it, begins with an empty
            // block.
            const QTextBlock block = it.currentBlock();
            const bool extra =
                it == from.begin() && block.length() == 1 && !isCodeBlock(block) &&
                !block.blockFormat().hasProperty(QTextFormat::BlockTrailingHorizontalRulerWidth);
            if (!extra || m_fresh)
                copyBlock(block);
        }
    }

private:
    void copyBlock(const QTextBlock& block)
    {
        QTextBlockFormat format = block.blockFormat();
        format.setObjectIndex(-1);
        if (m_fresh) {
            m_out.setBlockFormat(format);
            m_out.setBlockCharFormat(block.charFormat());
        } else {
            m_out.insertBlock(format, block.charFormat());
        }
        m_fresh = false;
        if (QTextList* list = block.textList()) {
            QTextList*& made = m_lists[list];
            if (made)
                made->add(m_out.block());
            else
                made = m_out.createList(list->format());
        }
        for (auto it = block.begin(); !it.atEnd(); ++it)
            m_out.insertText(it.fragment().text(), it.fragment().charFormat());
    }

    void copyTable(QTextTable& table)
    {
        QTextTable* made = m_out.insertTable(table.rows(), table.columns(), table.format());
        for (int row = 0; row < table.rows(); ++row)
            for (int column = 0; column < table.columns(); ++column) {
                const QTextTableCell from = table.cellAt(row, column);
                QTextTableCell to = made->cellAt(row, column);
                to.setFormat(from.format());
                QTextCursor inside = to.firstCursorPosition();
                std::swap(inside, m_out);
                m_fresh = true;
                for (auto it = from.begin(); !it.atEnd(); ++it)
                    if (it.currentBlock().isValid())
                        copyBlock(it.currentBlock());
                std::swap(inside, m_out);
            }
        m_out.movePosition(QTextCursor::End);
    }

    QTextCursor m_out;
    bool m_fresh;
    std::map<const QTextList*, QTextList*> m_lists;
};

} // namespace

MarkdownCut settledMarkdown(const QString& markdown)
{
    MarkdownCut cut;
    QString opening, marks; // of the block of code that the line is in
    qsizetype firstCode = 0;
    bool emptyBefore = false;
    bool apart = false; // the line before was empty, or closed a block of code
    for (qsizetype line = 0, end = 0; end >= 0; line = end + 1) {
        end = markdown.indexOf(u'\n', line);
        const QStringView text = QStringView(markdown).mid(line, end < 0 ? -1 : end - line);
        const QStringView fence = fenceOf(text);
        if (!opening.isEmpty()) {
            if (!fence.isEmpty() && fence.startsWith(marks) && fence.size() == text.trimmed().size()) {
                opening.clear();
                apart = true;
            } else if (end >= 0 && line > firstCode && !opening[0].isSpace()) {
                // A whole line of code stays to be shown with what comes; empty ones at an end would be lost.
                if (!emptyBefore && !text.trimmed().isEmpty())
                    cut = {line, opening};
            }
            emptyBefore = text.trimmed().isEmpty();
        } else if (!fence.isEmpty() && end >= 0) {
            if (line > 0 && !text[0].isSpace())
                cut = {line, {}};
            opening = text.toString() + u'\n';
            marks = fence.toString();
            firstCode = end + 1;
        } else if (text.trimmed().isEmpty()) {
            apart = apart || end >= 0;
        } else {
            if (apart && line > 0 && beginsBlock(text))
                cut = {line, {}};
            apart = false;
        }
    }
    return cut;
}

void AnswerStream::reset()
{
    m_settled.clear();
    m_opening.clear();
    m_place = 0;
    m_begun = false;
}

void AnswerStream::show(QTextDocument& document, const QString& markdown, const Theme& theme)
{
    if (!m_begun || !markdown.startsWith(m_settled)) {
        reset();
        document.setUndoRedoEnabled(false);
        document.clear();
        m_begun = true;
    }
    QTextCursor cursor(&document);
    cursor.beginEditBlock();
    // What may still change goes, and the block before it gets back what joining took from it.
    const QTextBlock last = document.findBlock(m_place);
    const QTextBlockFormat format = last.blockFormat();
    const QTextCharFormat characters = last.charFormat();
    cursor.setPosition(m_place);
    cursor.movePosition(QTextCursor::End, QTextCursor::KeepAnchor);
    cursor.removeSelectedText();
    cursor.setBlockFormat(m_settled.isEmpty() ? QTextBlockFormat() : format);
    cursor.setBlockCharFormat(m_settled.isEmpty() ? QTextCharFormat() : characters);

    const auto append = [&](const QString& piece, Follows follows) {
        QTextDocument parsed;
        parsed.setDefaultFont(document.defaultFont());
        const bool code = !m_settled.isEmpty() && isCodeBlock(document.lastBlock());
        setMarkdownPiece(parsed, piece, theme, {code ? Before::Code : Before::Other, follows});
        BlockCopier(document, m_settled.isEmpty()).copy(*parsed.rootFrame());
    };
    QString rest = m_opening + markdown.mid(m_settled.size());
    if (const MarkdownCut cut = settledMarkdown(rest); cut.at > 0) {
        const bool code = !cut.opening.isEmpty() || !fenceOf(QStringView(rest).mid(cut.at, 3)).isEmpty();
        append(rest.left(cut.at), code ? Follows::Code : Follows::Text);
        m_settled += QStringView(rest).mid(m_opening.size(), cut.at - m_opening.size());
        m_opening = cut.opening;
        m_place = document.characterCount() - 1;
        rest = m_opening + markdown.mid(m_settled.size());
    }
    append(rest, Follows::Nothing);
    cursor.endEditBlock();
}

} // namespace lectern
