// What one rendering has to itself: its values, its fuel, and where in the template it stands. Used by one
// thread.
#pragma once

#include "engine/base/result.h"
#include "engine/text/jinja_value.h"

#include <cstdint>
#include <optional>
#include <string>

namespace lectern::jinja {

struct Limits {
    std::uint64_t steps = 2'000'000;
    int depth = kDeepestNesting * 2; // of evaluation, macros included
    std::int64_t longestRange = 1'000'000;
    double seconds = 1.0; // of processor time: a busy machine must not make a good template fail
    // In terms of template and messages together (bytes).
    static constexpr std::uint64_t kOutputFactor = 16, kOutputAlways = 1 << 20;
    static constexpr std::uint64_t kWorkFactor = 64, kWorkAlways = 64 << 20;
};

using ValueResult = Result<Value>;

class Runtime {
public:
    Runtime(std::uint64_t inputBytes, std::optional<std::int64_t> unixSeconds);

    Arena& arena() { return m_arena; }
    Value text(Text text);
    Value text(std::string bytes, std::int32_t source = kFromTemplate)
    {
        return this->text(Text(std::move(bytes), source));
    }
    Value list(std::vector<Value> items, bool tuple = false);
    Value dict() { return Value::of(&m_arena.dicts.emplace_back()); }

    // TooLong when a limit is reached. `bytes` counts everything made on the way, not just the output.
    Status step();
    Status charge(std::uint64_t bytes);
    Status checkOutput(std::uint64_t bytes) const;

    // Errors at the current line.
    tl::unexpected<Error> error(const std::string& why) const;
    tl::unexpected<Error> unsupported(const std::string& what) const;
    tl::unexpected<Error> tooLong(const std::string& what) const;

    int line = 0;
    int depth = 0;
    const Limits limits;
    std::int64_t now() const;

private:
    Arena m_arena;
    std::uint64_t m_steps = 0;
    std::uint64_t m_work = 0;
    std::uint64_t m_inputBytes;
    std::optional<std::int64_t> m_unixSeconds;
    double m_start; // threadSeconds() at the beginning
};

// Arguments of a filter, test, method or function. self is the filtered or tested value or the method's
// object.
struct Arguments {
    Value self;
    std::vector<Value> positional;
    std::vector<std::pair<std::string_view, Value>> named;

    // The argument at `index` or by `name`; Undefined if neither was given.
    Value get(std::size_t index, std::string_view name) const;
    bool has(std::size_t index, std::string_view name) const { return !get(index, name).is(Kind::Undefined); }
    std::int64_t wholeOr(std::size_t index, std::string_view name, std::int64_t fallback) const;
    bool flagOr(std::size_t index, std::string_view name, bool fallback) const;
};

// The elements of anything that can be looped over: list, text (characters), dictionary (keys), undefined
// (nothing).
Result<std::vector<Value>> elementsOf(Runtime& runtime, const Value& value);
// value.name as Jinja looks it up: a method first, then an entry. Undefined if there is neither.
ValueResult attributeOf(Runtime& runtime, const Value& value, std::string_view name);
// value[index].
ValueResult elementOf(Runtime& runtime, const Value& value, const Value& index);
ValueResult sliceOf(Runtime& runtime, const Value& value, const Value& from, const Value& to,
                    const Value& step);
// `needle in haystack`.
Result<bool> contains(Runtime& runtime, const Value& haystack, const Value& needle);

// By name; Unsupported if there is none of that name.
ValueResult applyFilter(Runtime& runtime, std::string_view name, const Arguments& arguments);
Result<bool> applyTest(Runtime& runtime, std::string_view name, const Arguments& arguments);
ValueResult callMethod(Runtime& runtime, std::string_view name, const Arguments& arguments);
ValueResult callFunction(Runtime& runtime, std::string_view name, const Arguments& arguments);
bool isMethod(const Value& self, std::string_view name);
bool isFilter(std::string_view name);
bool isTest(std::string_view name);
// The name as the tables spell it (it outlives the rendering); empty if there is no such function.
std::string_view functionName(std::string_view name);

} // namespace lectern::jinja
