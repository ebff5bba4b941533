// The key-value part of a model file: typed values, and getters that answer with an Error instead of
// guessing. Format: GGUF (ggml/docs/gguf.md). Values are owned copies; safe to use after the file is closed.
#pragma once

#include "engine/base/result.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace lectern {

using MetaValue = std::variant<bool, std::uint64_t, std::int64_t, double, std::string, std::vector<bool>,
                               std::vector<std::uint64_t>, std::vector<std::int64_t>, std::vector<double>,
                               std::vector<float>, std::vector<std::string>>;

// For visitors of a MetaValue: whether the held type is a list.
template <typename T> inline constexpr bool kIsList = false;
template <typename T> inline constexpr bool kIsList<std::vector<T>> = true;

class Metadata {
public:
    // False if the key exists already; the first value stays.
    bool insert(std::string key, MetaValue value);

    const MetaValue* find(std::string_view key) const; // nullptr if absent
    bool contains(std::string_view key) const { return find(key) != nullptr; }
    const std::map<std::string, MetaValue, std::less<>>& entries() const { return m_entries; }

    // Absent key: the fallback. Present with another type or out of range: BadInput naming the key.
    Result<std::uint64_t> unsignedOr(std::string_view key, std::uint64_t fallback) const;
    Result<double> numberOr(std::string_view key, double fallback) const;
    Result<bool> boolOr(std::string_view key, bool fallback) const;
    Result<std::string> textOr(std::string_view key, std::string fallback) const;
    // Absent key: an empty list. Numbers of any width are converted.
    Result<std::vector<std::string>> texts(std::string_view key) const;
    Result<std::vector<double>> numbers(std::string_view key) const;
    // A scalar, or an array of `count` values, as `count` values (per-layer metadata).
    Result<std::vector<std::uint64_t>> unsignedPerLayer(std::string_view key, std::size_t count,
                                                        std::uint64_t fallback) const;

private:
    std::map<std::string, MetaValue, std::less<>> m_entries;
};

} // namespace lectern
