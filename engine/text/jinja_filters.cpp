// Jinja's filters, as far as chat templates use them. One row each.
#include "engine/text/jinja_runtime.h"
#include "engine/text/jinja_strings.h"
#include "engine/text/utf8.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace lectern::jinja {

namespace {

// Makes a filter of a function Text -> Text.
template <Text (*Map)(const Text&)> ValueResult mapped(Runtime& runtime, const Arguments& in)
{
    const Text text = toText(in.self);
    if (const Status fits = runtime.charge(text.size()); !fits)
        return failed(fits);
    return runtime.text(Map(text));
}

ValueResult trim(Runtime& runtime, const Arguments& in)
{
    const Value characters = in.get(0, "chars");
    const Text text = toText(in.self);
    if (const Status fits = runtime.charge(text.size()); !fits)
        return failed(fits);
    if (characters.is(Kind::Text))
        return runtime.text(strip(text, Side::Both, characters.text->bytes()));
    return runtime.text(strip(text, Side::Both));
}

ValueResult length(Runtime& runtime, const Arguments& in)
{
    const Value& value = in.self;
    if (value.is(Kind::Text)) {
        if (const Status fits = runtime.charge(value.text->size()); !fits)
            return failed(fits);
        return Value::of(static_cast<std::int64_t>(utf8::count(value.text->bytes())));
    }
    if (value.is(Kind::List))
        return Value::of(static_cast<std::int64_t>(value.list->items.size()));
    if (value.is(Kind::Dict))
        return Value::of(static_cast<std::int64_t>(value.dict->entries.size()));
    if (value.is(Kind::Undefined))
        return Value::of(std::int64_t{0});
    return runtime.error(std::string(kindName(value)) + " has no length");
}

ValueResult join(Runtime& runtime, const Arguments& in)
{
    auto items = elementsOf(runtime, in.self);
    if (!items)
        return failed(items);
    const Text between = toText(in.get(0, "d"));
    const Value attribute = in.get(1, "attribute");
    Text out;
    for (std::size_t i = 0; i < items->size(); ++i) {
        ValueResult item =
            attribute.is(Kind::Text) ? elementOf(runtime, (*items)[i], attribute) : ValueResult((*items)[i]);
        if (!item)
            return item;
        const Text text = toText(*item);
        if (const Status fits = runtime.charge(text.size() + between.size()); !fits)
            return failed(fits);
        if (i > 0)
            out.append(between);
        out.append(text);
    }
    return runtime.text(std::move(out));
}

ValueResult toJsonFilter(Runtime& runtime, const Arguments& in)
{
    JsonStyle style;
    const Value indent = in.get(1, "indent");
    if (indent.isWhole()) {
        style.indent = static_cast<int>(std::clamp<std::int64_t>(indent.whole(), 0, 64));
        style.itemSeparator = ",";
    }
    if (const Value separators = in.get(2, "separators");
        separators.is(Kind::List) && separators.list->items.size() == 2) {
        style.itemSeparator = toText(separators.list->items[0]).bytes();
        style.keySeparator = toText(separators.list->items[1]).bytes();
    }
    style.asciiOnly = in.flagOr(0, "ensure_ascii", false);
    style.sortKeys = in.flagOr(3, "sort_keys", false);
    std::string out;
    if (!toJson(in.self, style, out))
        return runtime.error(std::string(kindName(in.self)) + " can not be written as JSON");
    if (const Status fits = runtime.charge(out.size()); !fits)
        return failed(fits);
    return runtime.text(std::move(out), derivedSource(in.self));
}

ValueResult defaultValue(Runtime& runtime, const Arguments& in)
{
    const bool missing = in.self.is(Kind::Undefined) || (in.flagOr(1, "boolean", false) && !truth(in.self));
    if (!missing)
        return in.self;
    return in.has(0, "default_value") ? in.get(0, "default_value") : runtime.text(Text());
}

ValueResult replaceFilter(Runtime& runtime, const Arguments& in)
{
    const Text text = toText(in.self);
    const Text from = toText(in.get(0, "old"));
    const Text to = toText(in.get(1, "new"));
    const std::int64_t most = in.wholeOr(2, "count", -1);
    const std::uint64_t places = from.empty() ? text.size() + 1 : text.size() / from.size();
    if (const Status fits = runtime.charge(text.size() + places * to.size()); !fits)
        return failed(fits);
    return runtime.text(replace(text, from.bytes(), to, most));
}

ValueResult indentFilter(Runtime& runtime, const Arguments& in)
{
    const Value width = in.get(0, "width");
    const Text unit =
        width.is(Kind::Text)
            ? *width.text
            : Text(std::string(
                       static_cast<std::size_t>(std::clamp<std::int64_t>(in.wholeOr(0, "width", 4), 0, 1024)),
                       ' '),
                   kFromTemplate);
    const Text text = toText(in.self);
    const auto lines =
        static_cast<std::uint64_t>(std::count(text.bytes().begin(), text.bytes().end(), '\n')) + 1;
    if (const Status fits = runtime.charge(text.size() + lines * (unit.size() + 1)); !fits)
        return failed(fits);
    return runtime.text(indent(text, unit, in.flagOr(1, "first", false), in.flagOr(2, "blank", false)));
}

ValueResult stringFilter(Runtime& runtime, const Arguments& in)
{
    if (in.self.is(Kind::Text))
        return in.self;
    Text text = toText(in.self);
    if (const Status fits = runtime.charge(text.size()); !fits)
        return failed(fits);
    return runtime.text(std::move(text));
}

// Python's int() and float() on a text: blanks around are fine, anything else is not.
template <typename T> std::optional<T> parsed(const Value& value)
{
    const Text stripped = strip(toText(value), Side::Both);
    std::string_view bytes = stripped.bytes();
    if (bytes.starts_with('+'))
        bytes.remove_prefix(1);
    T out{};
    const auto result = std::from_chars(bytes.data(), bytes.data() + bytes.size(), out);
    if (bytes.empty() || result.ec != std::errc() || result.ptr != bytes.data() + bytes.size())
        return std::nullopt;
    return out;
}

bool fitsInteger(double value)
{
    return std::fabs(value) < 9.0e18;
}

ValueResult toInteger(Runtime&, const Arguments& in)
{
    if (in.self.isWhole())
        return Value::of(in.self.whole());
    if (in.self.is(Kind::Text))
        if (const auto number = parsed<std::int64_t>(in.self))
            return Value::of(*number);
    const auto real = in.self.is(Kind::Real)
                          ? std::optional(in.self.real)
                          : (in.self.is(Kind::Text) ? parsed<double>(in.self) : std::nullopt);
    if (real && fitsInteger(*real))
        return Value::of(static_cast<std::int64_t>(*real));
    return in.has(0, "default") ? in.get(0, "default") : Value::of(std::int64_t{0});
}

ValueResult toReal(Runtime&, const Arguments& in)
{
    if (in.self.isNumber())
        return Value::of(in.self.number());
    if (in.self.is(Kind::Text))
        if (const auto number = parsed<double>(in.self))
            return Value::of(*number);
    return in.has(0, "default") ? in.get(0, "default") : Value::of(0.0);
}

ValueResult absolute(Runtime& runtime, const Arguments& in)
{
    if (in.self.is(Kind::Real))
        return Value::of(std::fabs(in.self.real));
    if (!in.self.isWhole() || in.self.whole() == std::numeric_limits<std::int64_t>::min())
        return runtime.error("abs needs a number");
    return Value::of(std::abs(in.self.whole()));
}

ValueResult roundFilter(Runtime& runtime, const Arguments& in)
{
    if (!in.self.isNumber())
        return runtime.error("round needs a number");
    const double scale =
        std::pow(10.0, static_cast<double>(std::clamp<std::int64_t>(in.wholeOr(0, "precision", 0), -15, 15)));
    const std::string method = toText(in.get(1, "method")).bytes();
    const double value = in.self.number() * scale;
    const double rounded =
        method == "ceil" ? std::ceil(value) : (method == "floor" ? std::floor(value) : std::nearbyint(value));
    return Value::of(rounded / scale);
}

ValueResult listFilter(Runtime& runtime, const Arguments& in)
{
    auto items = elementsOf(runtime, in.self);
    return items ? ValueResult(runtime.list(std::move(*items))) : failed(items);
}

template <bool First> ValueResult endElement(Runtime& runtime, const Arguments& in)
{
    if (in.self.is(Kind::Text))
        return elementOf(runtime, in.self, Value::of(std::int64_t{First ? 0 : -1}));
    const auto items = elementsOf(runtime, in.self);
    if (!items)
        return failed(items);
    if (items->empty())
        return Value();
    return First ? items->front() : items->back();
}

ValueResult reverse(Runtime& runtime, const Arguments& in)
{
    if (in.self.is(Kind::Text))
        return sliceOf(runtime, in.self, Value(), Value(), Value::of(std::int64_t{-1}));
    auto items = elementsOf(runtime, in.self);
    if (!items)
        return failed(items);
    std::reverse(items->begin(), items->end());
    return runtime.list(std::move(*items));
}

ValueResult itemsFilter(Runtime& runtime, const Arguments& in)
{
    if (in.self.is(Kind::Undefined))
        return runtime.list({});
    if (!in.self.is(Kind::Dict))
        return runtime.error("items needs a dictionary, not " + std::string(kindName(in.self)));
    return callMethod(runtime, "items", in);
}

ValueResult attributeFilter(Runtime& runtime, const Arguments& in)
{
    return attributeOf(runtime, in.self, toText(in.get(0, "name")).bytes());
}

ValueResult safe(Runtime& runtime, const Arguments& in)
{
    return stringFilter(runtime, in);
}

ValueResult wordCount(Runtime& runtime, const Arguments& in)
{
    const Text text = toText(in.self);
    if (const Status fits = runtime.charge(text.size() * 2); !fits)
        return failed(fits);
    return Value::of(static_cast<std::int64_t>(split(text, std::nullopt, -1).size()));
}

ValueResult formatFilter(Runtime& runtime, const Arguments& in)
{
    Arguments method = in;
    method.self = runtime.text(toText(in.self));
    return callMethod(runtime, "%", method);
}

} // namespace

// In jinja_sequence_filters.cpp.
ValueResult mapFilter(Runtime& runtime, const Arguments& in);
ValueResult selectFilter(Runtime& runtime, const Arguments& in);
ValueResult rejectFilter(Runtime& runtime, const Arguments& in);
ValueResult selectAttributeFilter(Runtime& runtime, const Arguments& in);
ValueResult rejectAttributeFilter(Runtime& runtime, const Arguments& in);
ValueResult sortFilter(Runtime& runtime, const Arguments& in);
ValueResult uniqueFilter(Runtime& runtime, const Arguments& in);
ValueResult dictSortFilter(Runtime& runtime, const Arguments& in);
ValueResult minFilter(Runtime& runtime, const Arguments& in);
ValueResult maxFilter(Runtime& runtime, const Arguments& in);
ValueResult sumFilter(Runtime& runtime, const Arguments& in);
ValueResult batchFilter(Runtime& runtime, const Arguments& in);

namespace {

struct FilterRow {
    std::string_view name;
    ValueResult (*apply)(Runtime&, const Arguments&);
};

constexpr auto kFilters = std::to_array<FilterRow>({
    {"abs", absolute},
    {"attr", attributeFilter},
    {"batch", batchFilter},
    {"capitalize", mapped<capitalize>},
    {"count", length},
    {"d", defaultValue},
    {"default", defaultValue},
    {"dictsort", dictSortFilter},
    {"e", mapped<escapeHtml>},
    {"escape", mapped<escapeHtml>},
    {"first", endElement<true>},
    {"float", toReal},
    {"forceescape", mapped<escapeHtml>},
    {"format", formatFilter},
    {"indent", indentFilter},
    {"int", toInteger},
    {"items", itemsFilter},
    {"join", join},
    {"last", endElement<false>},
    {"length", length},
    {"list", listFilter},
    {"lower", mapped<lower>},
    {"map", mapFilter},
    {"max", maxFilter},
    {"min", minFilter},
    {"reject", rejectFilter},
    {"rejectattr", rejectAttributeFilter},
    {"replace", replaceFilter},
    {"reverse", reverse},
    {"round", roundFilter},
    {"safe", safe},
    {"select", selectFilter},
    {"selectattr", selectAttributeFilter},
    {"sort", sortFilter},
    {"string", stringFilter},
    {"sum", sumFilter},
    {"title", mapped<title>},
    {"tojson", toJsonFilter},
    {"trim", trim},
    {"unique", uniqueFilter},
    {"upper", mapped<upper>},
    {"wordcount", wordCount},
});

const FilterRow* findFilter(std::string_view name)
{
    const auto row =
        std::find_if(kFilters.begin(), kFilters.end(), [&](const FilterRow& x) { return x.name == name; });
    return row == kFilters.end() ? nullptr : row;
}

} // namespace

bool isFilter(std::string_view name)
{
    return findFilter(name) != nullptr;
}

ValueResult applyFilter(Runtime& runtime, std::string_view name, const Arguments& arguments)
{
    if (const Status step = runtime.step(); !step)
        return failed(step);
    const FilterRow* row = findFilter(name);
    if (row == nullptr)
        return runtime.unsupported("the filter '" + std::string(name) + "'");
    return row->apply(runtime, arguments);
}

} // namespace lectern::jinja
