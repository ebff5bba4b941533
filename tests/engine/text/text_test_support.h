// Small vocabularies and texts for the tokenizer tests, all made here.
#pragma once

#include "engine/text/tokenizer.h"

#include <QString>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace lectern::test {

// Where reference data may lie beside the repository; a path that does not exist where there is none.
QString sharedPath(const QString& relative);

// <unk> <s> </s>, a marker <|user|>, 256 bytes, letters, digits, space, and a few longer pieces with falling
// scores.
Vocabulary sentencePieceVocabulary();
// The same pieces as a unigram model (log probabilities).
Vocabulary unigramVocabulary();
// 256 bytes, some merges, <|endoftext|> and <|im_start|>.
Vocabulary byteVocabulary(const std::string& preTokenizer);

// Valid UTF-8 in many scripts: words, digits, blanks of all kinds, code, emoji with joiners, combining marks.
std::string mixedScriptText(std::size_t bytes, unsigned seed);
// Any bytes at all.
std::string randomBytes(std::size_t bytes, unsigned seed);

// Runs `body` on a thread with `stackBytes` of stack and waits for it. The seconds of processor
// time it took: what else the machine does hardly matters.
double onSmallStack(std::size_t stackBytes, const std::function<void()>& body);

} // namespace lectern::test
