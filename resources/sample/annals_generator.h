// The sample document: the annals of Ostrevar, a country that never was. Readable, long, and full of facts no
// model can know. The same bytes on every machine.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace lectern {

struct AnnalsFact {
    std::string kind;         // "vault", "birth", ...
    std::string start;        // the sentence's beginning; occurs once in the text
    std::string continuation; // what follows it there, to the full stop
    std::string question;     // in plain words
    std::string answer;       // part of the continuation (of the start's sentence)
    std::size_t offset = 0;   // byte of the text where `start` begins
};

struct Annals {
    std::string text;              // ASCII, Markdown headings, paragraphs parted by empty lines
    std::vector<AnnalsFact> facts; // by offset
};

Annals generateAnnals();

// The facts as a JSON list of {kind, start, continuation, question, answer, offset}.
std::string annalsFactsJson(const Annals& annals);

} // namespace lectern
