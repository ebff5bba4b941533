// The list of attention patterns: which keys a query of one KV head may see. Maths only: kernels get spans and page
// tables made from these, and no kernel names a pattern.
// To add one: a struct with kKind, windowBegin(query), nextKept(from) and describe() in its own file, and a row in
// HeadPattern. The contract:
//   windowBegin(q)   first key of the local part of query q; never decreases with q
//   nextKept(from)   the first run of keys, ending after `from`, that every later query sees (sinks, strided blocks);
//                    an empty KeyRun if there is none. Everything visible is in one of the two, and a key that is in
//                    neither for query q is in neither for any later query: so the KV cache may forget it.
#pragma once

#include "engine/attention/full.h"
#include "engine/attention/sink_chunk.h"
#include "engine/attention/sink_window.h"
#include "engine/attention/strided_blocks.h"

#include <variant>
#include <vector>

namespace lectern {

using HeadPattern = std::variant<FullPattern, SinkWindowPattern, StridedBlocksPattern, SinkChunkPattern>;

std::int64_t windowBegin(const HeadPattern& pattern, std::int64_t query);
KeyRun nextKept(const HeadPattern& pattern, std::int64_t from);
const char* patternKind(const HeadPattern& pattern);
std::string describePattern(const HeadPattern& pattern);
bool isFull(const HeadPattern& pattern);

// True if query `query` sees key `key`.
bool sees(const HeadPattern& pattern, std::int64_t query, std::int64_t key);

// The keys that queries [queryBegin, queryEnd) read, as disjoint spans in ascending order; replaces `spans`.
void spansForQueries(const HeadPattern& pattern, std::int64_t queryBegin, std::int64_t queryEnd,
                     std::vector<KeySpan>& spans);

} // namespace lectern
