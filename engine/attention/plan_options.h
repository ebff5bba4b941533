// The "name:key=value,key=value" form of a plan string, read with messages that name the wrong part.
#pragma once

#include "engine/base/result.h"

#include <cstdint>
#include <map>
#include <set>
#include <string>

namespace lectern {

class PlanOptions {
public:
    static Result<PlanOptions> parse(const std::string& text);

    const std::string& name() const { return m_name; }
    bool has(const std::string& key) const { return m_values.count(key) != 0; }
    // The fallback if absent; Usage error if not a whole number of at least `least` (and at most 2^30).
    Result<std::int64_t> number(const std::string& key, std::int64_t fallback, std::int64_t least);
    // "10-21", "3", "0-3+8-11": layer numbers below `layers`.
    Result<std::set<int>> layerList(const std::string& key, int layers);
    // Usage error naming the first option that nothing asked for.
    Status refuseUnused() const;

private:
    std::string m_name;
    std::map<std::string, std::string> m_values;
    std::set<std::string> m_used;
};

} // namespace lectern
