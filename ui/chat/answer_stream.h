// Shows an answer while it is being written: blocks of its Markdown that nothing to come can change are laid
// out once and stay; only what follows them is parsed and laid out again. What it shows is what
// setAnswerMarkdown() shows of the same text, but for link definitions that come after their use.
#pragma once

#include "ui/common/theme.h"

#include <QString>

class QTextDocument;

namespace lectern {

// Where the Markdown may be cut.
struct MarkdownCut {
    qsizetype at = 0; // everything before is settled
    QString opening;  // the line that opens the code block which the cut goes through; else empty
};

// The last settled place of `markdown`, which is what follows an earlier cut (its opening line first, if it
// had one; the cut is never inside that line). {0, {}} where all of it may still change.
MarkdownCut settledMarkdown(const QString& markdown);

class AnswerStream {
public:
    // Brings the document, which nothing else may change, from the last text shown to this one.
    void show(QTextDocument& document, const QString& markdown, const Theme& theme);
    void reset(); // the next text begins anew

private:
    QString m_settled; // the Markdown in the document up to m_place
    QString m_opening; // of the code block that the rest goes on with
    int m_place = 0;   // in the document
    bool m_begun = false;
};

} // namespace lectern
