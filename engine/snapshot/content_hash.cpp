#include "engine/snapshot/content_hash.h"

#include <cstdio>
#include <xxhash.h>

namespace lectern {

void ContentHash::Free::operator()(XXH3_state_s* state) const
{
    XXH3_freeState(state);
}

ContentHash::ContentHash() : m_state(XXH3_createState())
{
    if (m_state)
        XXH3_128bits_reset(m_state.get());
}

void ContentHash::bytes(std::span<const std::byte> data)
{
    if (m_state && !data.empty())
        XXH3_128bits_update(m_state.get(), data.data(), data.size());
}

void ContentHash::number(std::uint64_t value)
{
    bytes(std::as_bytes(std::span(&value, 1)));
}

void ContentHash::text(const std::string& value)
{
    number(value.size());
    bytes(std::as_bytes(std::span(value)));
}

std::uint64_t ContentHash::sum() const
{
    return m_state ? XXH3_128bits_digest(m_state.get()).low64 : 0;
}

std::string ContentHash::hex() const
{
    const XXH128_hash_t digest = m_state ? XXH3_128bits_digest(m_state.get()) : XXH128_hash_t{};
    char text[33];
    std::snprintf(text, sizeof text, "%016llx%016llx", static_cast<unsigned long long>(digest.high64),
                  static_cast<unsigned long long>(digest.low64));
    return text;
}

std::uint64_t contentSum(std::span<const std::byte> data)
{
    return XXH3_128bits(data.data(), data.size()).low64;
}

} // namespace lectern
