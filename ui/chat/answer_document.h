// Turns an answer's Markdown into a text document that is safe to show: raw HTML stays text, pictures become
// their address in words, hidden characters become visible. Then gives code and tables their looks.
#pragma once

#include "ui/common/theme.h"

#include <QString>

class QTextBlock;
class QTextDocument;

namespace lectern {

constexpr int kCodePadding = 8;            // around a block of code
bool isCodeBlock(const QTextBlock& block); // a line of code
void setAnswerMarkdown(QTextDocument& document, const QString& markdown, const Theme& theme);

// The same of a piece between whole blocks; its outer distances depend on what is around it.
enum class Before { Other, Code };
enum class Follows { Nothing, Text, Code };
struct Between {
    Before before;
    Follows follows;
};
void setMarkdownPiece(QTextDocument& document, const QString& piece, const Theme& theme, Between between);

} // namespace lectern
