// Turns an answer's Markdown into a text document that is safe to show: raw HTML stays text, pictures become their
// address in words, hidden characters become visible. Then gives code and tables their looks.
#pragma once

#include "ui/common/theme.h"

#include <QString>

class QTextDocument;

namespace lectern {

void setAnswerMarkdown(QTextDocument& document, const QString& markdown, const Theme& theme);

} // namespace lectern
