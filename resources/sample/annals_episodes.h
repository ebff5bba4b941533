// The stories the annals are told in, as text with choices and gaps.
//
// A story is a list of beats, parted by empty lines. A beat is one or more sentences; "//" parts ways to tell
// it, of which one is taken. "?" before a beat: told now and then. "--": a new paragraph. "@vault tower":
// states the first of these facts (annals_facts.cpp) that its subject has not had yet.
#pragma once

#include <span>
#include <string_view>

namespace lectern::annals {

std::span<const char* const> courtStories();
std::span<const char* const> tradeStories();
std::span<const char* const> landStories();
std::span<const char* const> learnedStories();
// One line each, in the manner of old year books.
std::span<const char* const> yearNotes();

} // namespace lectern::annals
