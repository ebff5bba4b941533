// What a head keeps, in the user's language; describePattern() says the same for the command line.
#pragma once

#include "app/worker/plan_price.h" // HeadPattern

#include <QString>

namespace lectern {

QString patternText(const HeadPattern& pattern); // "the first 64 and the last 2,048 tokens"

} // namespace lectern
