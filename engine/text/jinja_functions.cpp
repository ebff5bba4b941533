// The functions a chat template may call by name. One row each.
#include "engine/text/jinja_runtime.h"

#include <algorithm>
#include <array>
#include <ctime>

namespace lectern::jinja {

namespace {

ValueResult range(Runtime& runtime, const Arguments& in)
{
    if (in.positional.empty() || in.positional.size() > 3 ||
        !std::all_of(in.positional.begin(), in.positional.end(), [](const Value& v) { return v.isWhole(); }))
        return runtime.error("range needs one to three whole numbers");
    const bool single = in.positional.size() == 1;
    const std::int64_t first = single ? 0 : in.positional[0].whole();
    const std::int64_t last = in.positional[single ? 0 : 1].whole();
    const std::int64_t step = in.positional.size() == 3 ? in.positional[2].whole() : 1;
    if (step == 0)
        return runtime.error("range has a step of zero");
    const double count = (static_cast<double>(last) - static_cast<double>(first)) / static_cast<double>(step);
    if (count > static_cast<double>(runtime.limits.longestRange))
        return runtime.tooLong("range asks for more than " + std::to_string(runtime.limits.longestRange) +
                               " numbers");
    std::vector<Value> out;
    if (const Status fits = runtime.charge(static_cast<std::uint64_t>(std::max(count, 0.0)) * sizeof(Value));
        !fits)
        return failed(fits);
    for (std::int64_t i = first; step > 0 ? i < last : i > last;) {
        out.push_back(Value::of(i));
        if (__builtin_add_overflow(i, step, &i))
            break;
    }
    return runtime.list(std::move(out));
}

ValueResult makeDict(Runtime& runtime, const Arguments& in)
{
    const Value out = runtime.dict();
    if (const Value from = in.get(0, {}); from.is(Kind::Dict)) {
        out.dict->entries = from.dict->entries;
    } else if (!from.is(Kind::Undefined)) {
        const auto pairs = elementsOf(runtime, from);
        if (!pairs)
            return failed(pairs);
        for (const Value& pair : *pairs) {
            if (!pair.is(Kind::List) || pair.list->items.size() != 2)
                return runtime.error("dict needs pairs");
            out.dict->set(pair.list->items[0], pair.list->items[1]);
        }
    }
    for (const auto& [name, value] : in.named)
        out.dict->set(runtime.text(std::string(name)), value);
    return out;
}

ValueResult makeNamespace(Runtime& runtime, const Arguments& in)
{
    auto out = makeDict(runtime, in);
    if (out)
        out->dict->isNamespace = true;
    return out;
}

ValueResult raiseException(Runtime& runtime, const Arguments& in)
{
    return runtime.error("it refuses these messages: " + toText(in.get(0, "message")).bytes());
}

ValueResult strftimeNow(Runtime& runtime, const Arguments& in)
{
    const Value format = in.get(0, "format");
    if (!format.is(Kind::Text) || format.text->size() > 256)
        return runtime.error("strftime_now needs a short format");
    const std::time_t now = static_cast<std::time_t>(runtime.now());
    std::tm local{};
    if (localtime_r(&now, &local) == nullptr)
        return runtime.error("the clock can not be read");
    std::array<char, 4096> buffer{};
    const std::size_t bytes =
        std::strftime(buffer.data(), buffer.size(), format.text->bytes().c_str(), &local);
    return runtime.text(std::string(buffer.data(), bytes), format.text->derivedSource());
}

struct FunctionRow {
    std::string_view name;
    ValueResult (*apply)(Runtime&, const Arguments&);
};

constexpr auto kFunctions = std::to_array<FunctionRow>({
    {"dict", makeDict},
    {"namespace", makeNamespace},
    {"raise_exception", raiseException},
    {"range", range},
    {"strftime_now", strftimeNow},
});

const FunctionRow* findFunction(std::string_view name)
{
    const auto row = std::find_if(kFunctions.begin(), kFunctions.end(),
                                  [&](const FunctionRow& x) { return x.name == name; });
    return row == kFunctions.end() ? nullptr : row;
}

} // namespace

std::string_view functionName(std::string_view name)
{
    const FunctionRow* row = findFunction(name);
    return row != nullptr ? row->name : std::string_view();
}

ValueResult callFunction(Runtime& runtime, std::string_view name, const Arguments& arguments)
{
    const FunctionRow* row = findFunction(name);
    if (row == nullptr)
        return runtime.unsupported("the function '" + std::string(name) + "'");
    return row->apply(runtime, arguments);
}

} // namespace lectern::jinja
