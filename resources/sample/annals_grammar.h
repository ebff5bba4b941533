// Sentences with choices and gaps: "the [old|grey] ferryman of {t}".
#pragma once

#include "resources/split_mix.h"

#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>

namespace lectern::annals {

// Gives the words for a gap, named as it stands between the braces.
using FillGap = std::function<std::string(std::string_view gap)>;

// Takes one of the choices in each pair of brackets (they may nest) and fills the gaps of what was taken.
std::string expand(std::string_view phrase, SplitMix& random, const FillGap& fill);

// The parts in a row. Unlike operands of +, the parts of a list are drawn in their order with every compiler.
std::string joined(std::initializer_list<std::string> parts);

// First letter in upper case.
std::string capitalised(std::string text);

// 7 -> "seven", 43 -> "forty-three"; 0 to 99, larger numbers in figures.
std::string numberWord(int number);
// 3 -> "third"; 1 to 39.
std::string ordinalWord(int number);

} // namespace lectern::annals
