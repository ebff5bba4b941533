// Where each byte of an answer's Markdown stands in the text that is shown for it: marks such as ** are gone
// there, list bullets and block borders have come. Letters, digits and marks that both have are matched in
// order. Pure.
#pragma once

#include <QString>

#include <string>
#include <vector>

namespace lectern {

// [answer.size() + 1] positions in `shown` (QTextDocument::toRawText()), never decreasing.
std::vector<int> alignAnswer(const std::string& answer, const QString& shown);

} // namespace lectern
