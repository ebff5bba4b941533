// The text of a PDF page with its line ends. QtPdf leaves those of text that runs up or down the page out.
#pragma once

#include "engine/base/cancel.h"

#include <QPdfDocument>
#include <QString>

namespace lectern {

// Where a page's boxes are not those of its letters, looking at a word costs QtPdf another pass over the page (about 1 to
// 10 ms), so a document has so many such looks.
inline constexpr int kMostWordLooks = 10'000;

// The page's text in the order of the file. Where it stands in more lines than it has line ends, words are looked at one
// by one, which is taken from `wordLooks`; with none left the text stays as it is. Text upside down comes letter by
// letter from the wrong side: QtPdf has no other order for it.
QString pdfPageText(QPdfDocument& pdf, int page, int& wordLooks, const CancelToken& cancel);

} // namespace lectern
