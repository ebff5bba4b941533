// Reads the "<architecture>.*" numbers of a GGUF file within sane limits; messages name the key.
#pragma once

#include "engine/format/metadata.h"

#include <string>
#include <vector>

namespace lectern {

class SpecReader {
public:
    SpecReader(const Metadata& metadata, std::string architecture)
        : m_metadata(metadata), m_prefix(std::move(architecture) + ".")
    {
    }

    bool has(const std::string& key) const { return m_metadata.contains(m_prefix + key); }
    const std::string& prefix() const { return m_prefix; }
    // A whole number in [1, most], or a list of the same number for every layer. Without a fallback the key
    // must be there. The first error stays in status().
    int count(const std::string& key, std::uint64_t most, std::uint64_t fallback = 0);
    double number(const std::string& key, double fallback);
    // A window for each layer from "attention.sliding_window" and "attention.sliding_window_pattern": the
    // period of the layers that see all (the last of each period), or one truth value a layer. Empty without
    // a window.
    std::vector<std::int64_t> windows(int layers, std::uint64_t window, std::uint64_t period);
    std::string text(const std::string& key, const std::string& fallback);
    const Status& status() const { return m_status; }
    void refuse(ErrorCode code, const std::string& message, const std::string& hint);

private:
    const Metadata& m_metadata;
    std::string m_prefix;
    Status m_status;
};

} // namespace lectern
