// The plan of the recall model: what each number of the residual stream means, and the margins behind the
// scales.
//
// The model finishes what it has read. Asked with the start of a sentence, it looks for the place in its
// context where the same tokens stand and copies what followed them, token by token.
//
//   layer 0 (sparse)  heads look 1 and 2 back; the FFN multiplies the three token codes: T, the code of the
//   last 3 layer 1 (sparse)  heads look 3 and 6 back at T; the FFN multiplies the three T: N, the code of the
//   last 9.
//                     A tail is kept: some signs of the T 3 back and of the token 6 back
//   layer 2 (full)    one head looks 1 back: every place learns T', N' and the tail before its own token;
//                     the other sees the places around 11 back at once: R, a trail of the T of some 20 tokens
//   layer 3 (full)    induction heads: query T or N of now, keys T' or N' of every place, value that place's
//   token layers 4, 5       add nothing: they make the LongGen rule (floor(6/3) sparse layers at each end)
//   come out so
//
// Codes. A token's code is 64 signs. Two codes agree in at most 48 of 64 places (correlation <= 0.5). Codes
// of 3 and 9 tokens are products of token codes, each rotated by kShift places a step back so that order
// counts. Products of signs come from sums: for S = a + b + c in {-3, -1, 1, 3}, abc = relu(S+3) - 2
// relu(S+1) + 2 relu(S-1) - 1, and a SwiGLU unit silu(B x) / B with B = 8 is relu(x) to 1e-6 at the values x
// takes. Hence attention heads may all add into one block, and 3 units a number suffice. Layer 2 copies T + 2
// tail in one number of a value: the FFN takes them apart again, tail = sign(x) = relu(x+1) - relu(x-1) - 1
// and T = x - 2 tail.
//
// Heads that look back o tokens. Rotary frequencies are theta_i = 10^(-i/2) (base 1e32, 64 pairs). The key is
// one constant in the pairs 0..10, the query the same turned by o, so the score is s * sum_i cos(theta_i
// (delta - o)). Below the peak it loses g(x) = sum_i (1 - cos(theta_i x)) at x = delta - o: g(1) = 0.515, and
// g(x) >= 1.55 for every x in 2..131072 (checked in tests). With s = 48 a neighbour has e^-24.7 of the peak,
// all 131072 others together less than 131072 e^-74: the head is a copy to 1e-10. The trail's head leaves out
// the pairs 0 and 1 and has s = 6: a bell around 11 back, 3.9 tokens wide; what lies more than 50 back has
// less than 0.001 of it.
//
// Induction heads. Their queries and keys lie in pairs 12..63, codes in 14..63: theta_14 * 131072 = 0.013, so
// position does not matter. Scores in nats are kBeta * correlation, kBeta = 160. A right place has
// correlation 1. A wrong place has the correlation of two random sign vectors (deviation 1/8) or, where two
// of three tokens agree, at most 0.5 by the choice of codes. To the correlation of N that of the trails, in
// 30 numbers, adds up to kTrailBonus = 0.25 (deviation 0.05 where nothing agrees); to that of T the tails add
// 0.25 for the T 3 back (6 tokens agree, in 22 signs) and 0.12 for the token 6 back (in 10 signs); deviation
// 0.07. One of 131072 wrong places is above 0.60 in half of the steps, above 0.72 (5.5 deviations) once in
// 400. The sink, key of the first token (BOS), stands at 0.80:
// - a right place beats the sink by 0.20 * 160 = 32 nats (10 where its tail is 2 deviations unlucky) and a
// wrong one
//   at 0.72 by 45: more than ln(131072) + ln(100) = 16.4, the price of 0.99 against 131072 rivals all that
//   high;
// - where nothing matches, the sink beats a rival at 0.72 by 12.8 nats, and there is hardly ever one.
// The head over N gives nothing at the sink; the head over T gives there the code of END, so a question that
// does not occur ends the answer at once. N is written kLongGain / kShortGain = 8 times as strong: 9 tokens
// win over 3. Among places with equal T, one with 6 equal tokens leads by 40 nats less the luck of the others
// (0.68 of it for the best of 800), one with 7 by 19 more. Among places with equal N, the one whose trail
// agrees in a share f more leads by 40 f nats, noise about 7: the nearer tokens count surely, the farther
// with growing doubt.
//
// RMSNorm. One number of every token is kAnchor = 64, so its square (4096) carries the norm; the codes add a
// known mean and vary by 25 at most, which moves the norm by 0.3%. Norm weights undo the mean: normed codes
// are +-1.
#pragma once

#include <array>
#include <cstddef>

namespace lectern::recall {

inline constexpr std::size_t kVocabulary = 16384;
inline constexpr std::size_t kEmbedding = 512;
inline constexpr std::size_t kLayers = 6;
inline constexpr std::size_t kHeads = 2; // queries and keys alike
inline constexpr std::size_t kHeadDim = 128;
inline constexpr std::size_t kHidden = 256;
inline constexpr std::size_t kContext = 131072;
inline constexpr float kFrequencyBase = 1e32f;
inline constexpr float kNormEpsilon = 1e-5f;

// Places in the residual stream (first number of a block).
inline constexpr std::size_t kCode = 64;      // numbers of a code
inline constexpr std::size_t kTrailCode = 30; // numbers of the trail
inline constexpr std::size_t kTailShort = 22; // signs of the T 3 back kept in the tail
inline constexpr std::size_t kTailToken = 10; // signs of the token 6 back, after those
inline constexpr std::size_t kTail = kTailShort + kTailToken;
inline constexpr std::size_t kToken = 0;      // the token's own code
inline constexpr std::size_t kPast = 64;      // sum of the codes 1 and 2 back; layer 3 writes the answer here
inline constexpr std::size_t kAnswer = kPast; // 64 times stronger than what stood there
inline constexpr std::size_t kShort = 128;    // T: the last 3 tokens
inline constexpr std::size_t kPastShort = 192;          // sum of T 3 and 6 back
inline constexpr std::size_t kLong = 256;               // N: the last 9 tokens
inline constexpr std::size_t kKeyShort = 320;           // T' = T one back
inline constexpr std::size_t kKeyLong = 384;            // N' = N one back
inline constexpr std::size_t kTailNow = 448;            // the tail
inline constexpr std::size_t kTrail = kTailNow + kTail; // R: T around 11 back, mean square 1
inline constexpr std::size_t kKeyTail = kPastShort; // the tail one back, in place of what layer 1 wrote there
inline constexpr std::size_t kOne = 510;            // the anchor: kAnchor in the stream, 1 after the norm
inline constexpr std::size_t kFirst = 511;          // 1 for BOS, else 0

inline constexpr std::size_t kShift = 7; // rotation of a code per token back
inline constexpr float kAnchor = 64.0f;
inline constexpr float kRelu = 8.0f; // B above

// Heads that look back.
inline constexpr std::size_t kFastPairs = 11;
inline constexpr float kPeak = 48.0f;                                               // s above, in nats
inline constexpr std::array<std::array<int, kHeads>, 2> kOffsets{{{1, 2}, {3, 6}}}; // of layers 0 and 1
inline constexpr std::size_t kTrailFirstPair = 2;
inline constexpr float kTrailPeak = 6.0f; // s of the trail's head
inline constexpr int kTrailOffset = 11;
inline constexpr float kTrailGain = 3.7477f; // 1 / sqrt(sum of p^2): gives the trail the mean square 1

// Induction heads.
inline constexpr std::size_t kRecallLayer = 3;
inline constexpr std::size_t kLongHead = 0;
inline constexpr std::size_t kShortHead = 1;
inline constexpr float kBeta = 160.0f;
inline constexpr float kSinkLevel = 0.80f;
inline constexpr float kTrailBonus = 0.25f, kTailShortBonus = 0.25f, kTailTokenBonus = 0.12f;
inline constexpr float kKeySize =
    4.0f; // size of a sign in a key: all alike, so that coarse KV types hold them
inline constexpr float kSinkSize = 48.0f; // the sink's key, in each of its numbers
inline constexpr std::size_t kDimCode = 64, kDimTrail = 28, kDimTail = 28, kDimSink = 24,
                             kSinkDims = 4; // places in a head
inline constexpr float kShortGain = 64.0f, kLongGain = 512.0f;

inline constexpr float kTopLogit = 40.0f; // of a token copied with certainty

inline constexpr int kTokenBos = 1; // ids of the bundled tokenizer
inline constexpr int kTokenEnd = 7;

} // namespace lectern::recall
