#include "ui/state/conversation_export.h"

#include "ui/common/format.h"
#include "ui/common/visible_text.h"

namespace lectern {

namespace {

QString citation(const EvidencePassage& passage)
{
    return QStringLiteral("%1, %2").arg(passageLabel(passage, true), formatPercent(passage.score));
}

QString passageText(const EvidencePassage& passage)
{
    return makeVisible(QString::fromStdString(passage.text)).text.simplified();
}

QString escaped(const QString& text)
{
    return makeVisible(text).text.toHtmlEscaped();
}

} // namespace

QString conversationMarkdown(const std::vector<ChatMessage>& messages)
{
    QString text;
    for (const ChatMessage& message : messages) {
        if (message.kind == MessageKind::Question) {
            text += QStringLiteral("## ") + message.text.simplified() + QStringLiteral("\n\n");
            continue;
        }
        text += message.text.trimmed() + QStringLiteral("\n\n");
        for (const EvidencePassage& passage : message.evidence)
            text += QStringLiteral("> %1\n>\n> %2\n\n").arg(passageText(passage), citation(passage));
    }
    return text;
}

QString conversationHtml(const QString& title, const std::vector<ChatMessage>& messages)
{
    QString body;
    for (const ChatMessage& message : messages) {
        if (message.kind == MessageKind::Question) {
            body += QStringLiteral("<h2>%1</h2>\n").arg(escaped(message.text.simplified()));
            continue;
        }
        body += QStringLiteral("<div class=\"answer\">%1</div>\n").arg(escaped(message.text.trimmed()));
        for (const EvidencePassage& passage : message.evidence)
            body += QStringLiteral("<blockquote>%1<br><cite>%2</cite></blockquote>\n")
                        .arg(escaped(passageText(passage)), escaped(citation(passage)));
        if (const QString note = stateNote(message); !note.isEmpty())
            body += QStringLiteral("<p><em>%1</em></p>\n").arg(escaped(note));
        if (message.facts)
            body += QStringLiteral("<p class=\"facts\">%1</p>\n").arg(escaped(describe(*message.facts)));
    }
    return QStringLiteral(
               "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>%1</title><style>\n"
               "body { max-width: 46em; margin: 2em auto; font-family: sans-serif; line-height: 1.5 }\n"
               ".answer { white-space: pre-wrap }\n"
               "blockquote { border-left: 3px solid #888; margin-left: 0; padding-left: 1em }\n"
               ".facts { font-size: 85%; color: #555 }\n"
               "</style></head><body>\n<h1>%1</h1>\n%2</body></html>\n")
        .arg(escaped(title), body);
}

} // namespace lectern
