// The "name:value,key=value,..." form of plan and position strings, read with messages that name the wrong part.
#pragma once

#include "engine/base/result.h"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>

namespace lectern {

enum class OptionsLead {
    None,  // key=value only
    Value, // the first part may be a value without a key: yarn:4
    Path,  // the first part is one, even if there is an = in it: duo:lr=0.02
};

class PlanOptions {
public:
    // `subject`: what messages call the whole, "plan" or "position method".
    static Result<PlanOptions> parse(const std::string& text, const std::string& subject = "plan",
                                     OptionsLead lead = OptionsLead::None);

    const std::string& name() const { return m_name; }
    const std::string& lead() const { return m_lead; } // "" if there is none
    bool has(const std::string& key) const { return m_values.count(key) != 0; }
    // These give the fallback if the key is absent, and a Usage error for a value that is not
    // a whole number of at least `least` (and at most 2^30),
    Result<std::int64_t> number(const std::string& key, std::int64_t fallback, std::int64_t least);
    // a number in [least, most],
    Result<double> real(const std::string& key, double fallback, double least, double most);
    // one of the words.
    Result<std::string> word(const std::string& key, const std::string& fallback,
                             std::span<const char* const> words);
    std::string text(const std::string& key, const std::string& fallback);
    // "10-21", "3", "0-3+8-11": layer numbers below `layers`.
    Result<std::set<int>> layerList(const std::string& key, int layers);
    // Usage error naming the first option that nothing asked for.
    Status refuseUnused() const;

private:
    std::string m_subject, m_name, m_lead;
    std::map<std::string, std::string> m_values;
    std::set<std::string> m_used;
};

// A whole number from 0 to 2^30, and any finite number, if that is all the text holds.
std::optional<std::int64_t> wholeNumber(std::string_view text);
std::optional<double> realNumber(std::string_view text);

} // namespace lectern
