// Turns an answer's Markdown into a text document that is safe to show: raw HTML stays text, pictures become
// their address in words, hidden characters become visible. Then gives code and tables their looks.
#pragma once

#include "ui/common/theme.h"

#include <QString>

class QTextBlock;
class QTextDocument;

namespace lectern {

bool isCodeBlock(const QTextBlock& block); // a line of code
void setAnswerMarkdown(QTextDocument& document, const QString& markdown, const Theme& theme);

// The same of a piece between whole blocks, whose last distance depends on what comes after it.
enum class Follows { Nothing, Text, Code };
void setMarkdownPiece(QTextDocument& document, const QString& piece, const Theme& theme, Follows follows);

} // namespace lectern
