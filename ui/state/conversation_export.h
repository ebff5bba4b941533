// The conversation with its citations as Markdown or HTML. Text from answers and documents is escaped:
// nothing in it is interpreted by what opens the file, and hidden characters are written out. Pure.
#pragma once

#include "ui/state/chat_model.h"

namespace lectern {

QString conversationMarkdown(const std::vector<ChatMessage>& messages);
// A whole page with its own style; no scripts, nothing loaded.
QString conversationHtml(const QString& title, const std::vector<ChatMessage>& messages);

} // namespace lectern
