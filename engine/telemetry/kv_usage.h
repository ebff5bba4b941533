// Where the KV memory goes: a plain snapshot the engine publishes and views read. All sizes in bytes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace lectern {

// What a head keeps. A layer's bytes are split by class; a class it does not have is 0.
enum class HeadClass : std::uint8_t { Full, Sink, Window, Strided };
constexpr int kHeadClassCount = 4;

struct KvLayerUsage {
    std::int32_t layer = 0;
    std::string kind;                 // "full", "sink+window", "strided", "mixed"
    std::int64_t tokens = 0;          // distinct positions kept now (the widest head's)
    std::uint64_t bytes[kHeadClassCount]{}; // allocated, by HeadClass
    std::uint64_t usedBytes = 0;      // of those, holding a live key or value
    std::int64_t windowBegin = 0;     // first position still in the ring; 0 for full layers
    std::uint64_t totalBytes() const { return bytes[0] + bytes[1] + bytes[2] + bytes[3]; }
};

struct KvUsage {
    std::int64_t position = 0; // tokens read so far
    std::int64_t context = 0;  // tokens the session has room for
    std::int64_t reusedTokens = 0; // of the last prompt, not computed again
    std::uint64_t bytes = 0;   // exactly what the cache has allocated: the sum over layers
    std::uint64_t checkpointBytes = 0; // beside `bytes`: copies of rings, to go back to
    std::uint64_t diskBytes = 0; // the session's snapshot in the cache folder; 0: none
    std::uint64_t fullAttentionBytes = 0; // what a cache with full attention in every layer would have allocated
    std::vector<KvLayerUsage> layers;
    double savedFraction() const
    {
        return fullAttentionBytes ? 1.0 - double(bytes) / double(fullAttentionBytes) : 0.0;
    }
};

} // namespace lectern
