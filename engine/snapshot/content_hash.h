// XXH3 (libxxhash) behind a small face: against damage and mix-ups, not against forgers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

struct XXH3_state_s;

namespace lectern {

class ContentHash {
public:
    ContentHash();
    void bytes(std::span<const std::byte> data);
    void number(std::uint64_t value);
    void text(const std::string& value); // with its length, so that "a","b" is not "ab"

    std::uint64_t sum() const; // 64 bits
    std::string hex() const;   // 128 bits

private:
    struct Free {
        void operator()(XXH3_state_s* state) const;
    };
    std::unique_ptr<XXH3_state_s, Free> m_state; // nullptr without memory: every sum is 0 then
};

std::uint64_t contentSum(std::span<const std::byte> data);

} // namespace lectern
