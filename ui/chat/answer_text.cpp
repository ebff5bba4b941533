#include "ui/chat/answer_text.h"

#include "app/worker/answer_sentences.h"
#include "ui/chat/answer_alignment.h"
#include "ui/chat/answer_document.h"
#include "ui/common/color_math.h"
#include "ui/common/format.h"
#include "ui/common/icons.h"

#include <QAbstractTextDocumentLayout>
#include <QClipboard>
#include <QGuiApplication>
#include <QMouseEvent>
#include <QPainter>
#include <QTextBlock>
#include <QTextFrame>
#include <QToolButton>

#include <algorithm>
#include <cctype>

namespace lectern {

namespace {

constexpr char kScheme[] = "lectern-passage";

// Tables, headings and code name their sources below the answer: a mark inside would break them.
bool canCarryMark(const std::string& sentence)
{
    const auto letters = std::count_if(sentence.begin(), sentence.end(), [](char c) {
        return std::isalpha(static_cast<unsigned char>(c)) != 0 || (c & 0x80) != 0;
    });
    return letters >= 3 && sentence.front() != '|' && sentence.front() != '#' &&
           sentence.compare(0, 3, "```") != 0 && sentence.compare(0, 3, "---") != 0;
}

int passageOfSentence(const std::vector<EvidencePassage>& evidence,
                      std::pair<std::uint64_t, std::uint64_t> sentence)
{
    for (std::size_t i = 0; i < evidence.size(); ++i)
        for (const auto& range : evidence[i].answerRanges)
            if (range.first < sentence.second && sentence.first < range.second)
                return int(i);
    return -1;
}

} // namespace

AnswerText::AnswerText(QWidget* parent) : SafeTextBrowser(parent)
{
    connect(this, &QTextBrowser::anchorClicked, this, [this](const QUrl& url) {
        bool ok = false;
        const int index = url.path().toInt(&ok);
        if (url.scheme() == QLatin1String(kScheme) && ok && index >= 0 &&
            index < int(m_message.evidence.size()))
            emit passageWanted(m_message.evidence[std::size_t(index)]);
    });
}

void AnswerText::setAnswer(const ChatMessage& message, bool severalDocuments)
{
    m_message = message;
    m_severalDocuments = severalDocuments;
    message.isUnfinished() ? m_stream.show(*document(), message.text, Theme(palette())) : showWhole();
    makeRoomBelowCode();
}

// A document ends with its last line, whatever distance that line keeps: the ground of code reaches below it.
void AnswerText::makeRoomBelowCode()
{
    QTextFrameFormat frame = document()->rootFrame()->frameFormat();
    const double room = isCodeBlock(document()->lastBlock()) ? kCodePadding : 0;
    if (frame.bottomMargin() == room)
        return;
    frame.setBottomMargin(room);
    document()->rootFrame()->setFrameFormat(frame);
}

void AnswerText::restyle()
{
    m_stream.reset();
    setAnswer(ChatMessage(m_message), m_severalDocuments);
}

// With what only a finished answer has: links to passages, places of its tokens, buttons on code.
void AnswerText::showWhole()
{
    m_stream.reset();
    setAnswerMarkdown(*document(), m_message.text, Theme(palette()));
    m_places = alignAnswer(m_message.text.toStdString(), document()->toRawText());
    insertCitations();
    makeCodeButtons();
    showMarks();
    updateGeometry();
}

int AnswerText::placeOf(std::uint64_t byte) const
{
    return m_places.empty() ? 0 : m_places[std::min<std::size_t>(byte, m_places.size() - 1)];
}

void AnswerText::insertCitations()
{
    const std::string answer = m_message.text.toStdString();
    const auto sentences = answerSentences(answer);
    const bool anyRange =
        std::any_of(m_message.evidence.begin(), m_message.evidence.end(),
                    [](const EvidencePassage& passage) { return !passage.answerRanges.empty(); });
    if (!anyRange)
        return; // an answer kept by an older Lectern, or one with no source at all: told below the answer
    const Theme theme(palette());
    for (auto sentence = sentences.rbegin(); sentence != sentences.rend(); ++sentence) {
        const std::string text = answer.substr(sentence->first, sentence->second - sentence->first);
        if (!canCarryMark(text))
            continue;
        const int index = passageOfSentence(m_message.evidence, *sentence);
        QTextCharFormat format;
        format.setFontPointSize(font().pointSizeF() * 0.85);
        QString mark;
        if (index >= 0) {
            const EvidencePassage& passage = m_message.evidence[std::size_t(index)];
            mark = QStringLiteral(" %1 · %2 ")
                       .arg(passageLabel(passage, m_severalDocuments), formatPercent(passage.score));
            format.setAnchor(true);
            format.setAnchorHref(QStringLiteral("%1:%2").arg(QLatin1String(kScheme)).arg(index));
            format.setBackground(theme.evidence);
            format.setForeground(theme.textOn(theme.evidence));
            format.setToolTip(tr("Show the passage that this sentence rests on"));
        } else {
            mark = tr("no confident source");
            format.setForeground(theme.mutedText);
            format.setFontItalic(true);
        }
        mark.replace(QLatin1Char(' '), QChar::Nbsp);
        const int at = placeOf(sentence->second);
        QTextCursor cursor(document());
        cursor.setPosition(at);
        cursor.insertText(QStringLiteral(" "), QTextCharFormat());
        cursor.insertText(mark, format);
        const int grown = 1 + int(mark.size());
        for (std::size_t byte = sentence->second + 1; byte < m_places.size(); ++byte)
            m_places[byte] += grown;
    }
}

void AnswerText::makeCodeButtons()
{
    for (const CodeButton& old : m_copy)
        old.button->deleteLater();
    m_copy.clear();
    for (QTextBlock block = document()->begin(); block.isValid(); block = block.next()) {
        if (!isCodeBlock(block) || (block.previous().isValid() && isCodeBlock(block.previous())))
            continue;
        QStringList lines;
        for (QTextBlock line = block; line.isValid() && isCodeBlock(line); line = line.next())
            lines += line.text();
        auto* button = new QToolButton(viewport());
        button->setIcon(icon(QStringLiteral("copy")));
        button->setToolTip(tr("Copy the code"));
        button->setAccessibleName(tr("Copy the code"));
        button->setAutoRaise(true);
        button->setCursor(Qt::ArrowCursor);
        connect(button, &QToolButton::clicked, this, [this, code = lines.join(QLatin1Char('\n'))] {
            QGuiApplication::clipboard()->setText(code);
            emit codeCopied();
        });
        button->show();
        m_copy.push_back({button, block.position()});
    }
    placeCodeButtons();
}

void AnswerText::placeCodeButtons()
{
    for (const CodeButton& code : m_copy) {
        const QRectF box =
            document()->documentLayout()->blockBoundingRect(document()->findBlock(code.position));
        code.button->adjustSize();
        code.button->move(viewport()->width() - code.button->width() - 2, int(box.top()) - kCodePadding + 1);
    }
}

void AnswerText::setUse(const std::vector<float>& use)
{
    if (use.empty() && m_use.empty())
        return;
    m_use = use;
    showMarks();
}

void AnswerText::setChosen(std::uint64_t begin, std::uint64_t end)
{
    if (begin == m_chosenBegin && end == m_chosenEnd)
        return;
    m_chosenBegin = begin;
    m_chosenEnd = end;
    showMarks();
}

void AnswerText::showMarks()
{
    const Theme theme(palette());
    QList<QTextEdit::ExtraSelection> marks;
    const auto mark = [&](std::uint64_t begin, std::uint64_t end, const QTextCharFormat& format) {
        if (end <= begin || placeOf(end) <= placeOf(begin))
            return;
        QTextEdit::ExtraSelection selection;
        selection.cursor = QTextCursor(document());
        selection.cursor.setPosition(placeOf(begin));
        selection.cursor.setPosition(placeOf(end), QTextCursor::KeepAnchor);
        selection.format = format;
        marks.append(selection);
    };
    const float most = m_use.empty() ? 0 : *std::max_element(m_use.begin(), m_use.end());
    for (std::size_t token = 0; token < std::min(m_use.size(), m_message.tokenEnds.size()) && most > 0;
         ++token) {
        const float strength = m_use[token] / most;
        if (strength < 0.05F)
            continue;
        QTextCharFormat format;
        format.setBackground(theme.attentionShade(double(strength)));
        mark(token == 0 ? 0 : m_message.tokenEnds[token - 1], m_message.tokenEnds[token], format);
    }
    QTextCharFormat chosen;
    chosen.setUnderlineStyle(QTextCharFormat::DashUnderline);
    chosen.setUnderlineColor(theme.accent);
    chosen.setBackground(mixColors(theme.background, theme.accent, 0.18));
    mark(m_chosenBegin, m_chosenEnd, chosen);
    setMarks(MarkLayer::Use, marks);
}

void AnswerText::mouseReleaseEvent(QMouseEvent* event)
{
    SafeTextBrowser::mouseReleaseEvent(event);
    if (event->button() != Qt::LeftButton || textCursor().hasSelection() || m_message.isUnfinished() ||
        !anchorAt(event->position().toPoint()).isEmpty())
        return;
    const int place = cursorForPosition(event->position().toPoint()).position();
    for (const auto& [begin, end] : answerSentences(m_message.text.toStdString()))
        if (place >= placeOf(begin) && place <= placeOf(end)) {
            emit sentenceClicked(begin, end);
            return;
        }
    emit sentenceClicked(0, 0);
}

// The ground of each block of code, from its first line to its last, under the text.
void AnswerText::paintEvent(QPaintEvent* event)
{
    {
        const QAbstractTextDocumentLayout& layout = *document()->documentLayout();
        QPainter painter(viewport());
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        painter.setBrush(Theme(palette()).card);
        QRectF ground;
        for (QTextBlock block = document()->begin(); block.isValid(); block = block.next()) {
            if (!isCodeBlock(block))
                continue;
            ground |= layout.blockBoundingRect(block);
            if (block.next().isValid() && isCodeBlock(block.next()))
                continue;
            ground.setLeft(0);
            ground.setRight(viewport()->width());
            painter.drawRoundedRect(ground.adjusted(0, -kCodePadding, 0, kCodePadding), 4, 4);
            ground = {};
        }
    }
    SafeTextBrowser::paintEvent(event);
}

void AnswerText::resizeEvent(QResizeEvent* event)
{
    SafeTextBrowser::resizeEvent(event);
    placeCodeButtons();
}

} // namespace lectern
