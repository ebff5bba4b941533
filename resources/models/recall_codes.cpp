#include "resources/models/recall_codes.h"

#include "resources/split_mix.h"

#include <algorithm>
#include <bit>

namespace lectern::recall {

std::vector<Code> tokenCodes()
{
    constexpr int kLeastDifference = 16;
    SplitMix random(0x1ec7e41);
    std::vector<Code> codes;
    codes.reserve(kVocabulary);
    while (codes.size() < kVocabulary) {
        const Code candidate = random.next();
        const auto tooClose = [candidate](Code other) {
            return std::popcount(candidate ^ other) < kLeastDifference;
        };
        if (std::none_of(codes.begin(), codes.end(), tooClose))
            codes.push_back(candidate);
    }
    codes[kTokenEnd] = codes[kTokenBos];
    return codes;
}

} // namespace lectern::recall
