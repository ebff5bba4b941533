// The methods of Python's str, dict and list that chat templates call. One row each.
#include "engine/text/jinja_runtime.h"
#include "engine/text/jinja_strings.h"
#include "engine/text/utf8.h"

#include <algorithm>
#include <array>

namespace lectern::jinja {

// In jinja_text_format.cpp.
ValueResult formatBraces(Runtime& runtime, const Arguments& in);
ValueResult formatPercent(Runtime& runtime, const Arguments& in);

namespace {

std::optional<std::string_view> textArgument(const Arguments& in, std::size_t index, std::string_view name)
{
    const Value value = in.get(index, name);
    return value.is(Kind::Text) ? std::optional<std::string_view>(value.text->bytes()) : std::nullopt;
}

Value listOfTexts(Runtime& runtime, const std::vector<Text>& texts, bool tuple = false)
{
    std::vector<Value> items;
    for (const Text& text : texts)
        items.push_back(runtime.text(text));
    return runtime.list(std::move(items), tuple);
}

template <Text (*Map)(const Text&)> ValueResult mapped(Runtime& runtime, const Arguments& in)
{
    return runtime.text(Map(*in.self.text));
}

template <Side Where> ValueResult stripMethod(Runtime& runtime, const Arguments& in)
{
    return runtime.text(strip(*in.self.text, Where, textArgument(in, 0, "chars")));
}

// startswith and endswith, with one text or a tuple of them.
template <bool Start> ValueResult touches(Runtime& runtime, const Arguments& in)
{
    const std::string_view bytes = in.self.text->bytes();
    const Value wanted = in.get(0, "prefix");
    const auto one = [&](const Value& value) {
        return value.is(Kind::Text) &&
               (Start ? bytes.starts_with(value.text->bytes()) : bytes.ends_with(value.text->bytes()));
    };
    if (wanted.is(Kind::Text))
        return Value::of(one(wanted));
    if (!wanted.is(Kind::List))
        return runtime.error("startswith and endswith need a text");
    return Value::of(std::any_of(wanted.list->items.begin(), wanted.list->items.end(), one));
}

template <bool FromRight> ValueResult splitMethod(Runtime& runtime, const Arguments& in)
{
    const auto separator = textArgument(in, 0, "sep");
    const std::int64_t most = in.wholeOr(1, "maxsplit", -1);
    if (separator && separator->empty())
        return runtime.error("split needs a separator that is not empty");
    const std::uint64_t pieces =
        separator ? 1 + in.self.text->size() / separator->size() : in.self.text->size();
    if (const Status fits = runtime.charge(pieces / 4 * sizeof(Text)); !fits)
        return failed(fits);
    if (FromRight && separator)
        return listOfTexts(runtime, splitFromRight(*in.self.text, *separator, most));
    if (FromRight && most >= 0)
        return runtime.unsupported("rsplit at blanks with a limit");
    return listOfTexts(runtime, split(*in.self.text, separator, most));
}

ValueResult splitLinesMethod(Runtime& runtime, const Arguments& in)
{
    if (const Status fits = runtime.charge(in.self.text->size() * 4); !fits)
        return failed(fits);
    return listOfTexts(runtime, splitLines(*in.self.text, in.flagOr(0, "keepends", false)));
}

template <bool FromRight> ValueResult partition(Runtime& runtime, const Arguments& in)
{
    const auto separator = textArgument(in, 0, "sep");
    if (!separator || separator->empty())
        return runtime.error("partition needs a separator that is not empty");
    const std::string& bytes = in.self.text->bytes();
    const std::size_t found = FromRight ? bytes.rfind(*separator) : bytes.find(*separator);
    if (found == std::string::npos)
        return listOfTexts(runtime,
                           FromRight ? std::vector<Text>{{}, {}, *in.self.text}
                                     : std::vector<Text>{*in.self.text, {}, {}},
                           true);
    const std::size_t after = found + separator->size();
    return listOfTexts(runtime,
                       {in.self.text->slice(0, found), in.self.text->slice(found, separator->size()),
                        in.self.text->slice(after, bytes.size() - after)},
                       true);
}

template <bool FromRight> ValueResult find(Runtime&, const Arguments& in)
{
    const auto wanted = textArgument(in, 0, "sub");
    const std::string_view bytes = in.self.text->bytes();
    const std::size_t found =
        !wanted ? std::string_view::npos : (FromRight ? bytes.rfind(*wanted) : bytes.find(*wanted));
    if (found == std::string_view::npos)
        return Value::of(std::int64_t{-1});
    return Value::of(static_cast<std::int64_t>(utf8::count(bytes.substr(0, found))));
}

ValueResult countMethod(Runtime& runtime, const Arguments& in)
{
    std::int64_t count = 0;
    if (in.self.is(Kind::List)) {
        const Value wanted = in.get(0, "value");
        count = std::count_if(in.self.list->items.begin(), in.self.list->items.end(),
                              [&](const Value& x) { return equal(x, wanted); });
        return Value::of(count);
    }
    const auto wanted = textArgument(in, 0, "sub");
    if (!wanted || wanted->empty())
        return runtime.error("count needs a text that is not empty");
    const std::string& bytes = in.self.text->bytes();
    for (std::size_t at = bytes.find(*wanted); at != std::string::npos;
         at = bytes.find(*wanted, at + wanted->size()))
        ++count;
    return Value::of(count);
}

ValueResult replaceMethod(Runtime& runtime, const Arguments& in)
{
    return applyFilter(runtime, "replace", in);
}

ValueResult joinMethod(Runtime& runtime, const Arguments& in)
{
    Arguments filter;
    filter.self = in.get(0, "iterable");
    filter.positional = {in.self};
    return applyFilter(runtime, "join", filter);
}

template <bool Suffix> ValueResult removeEnd(Runtime& runtime, const Arguments& in)
{
    const auto part = textArgument(in, 0, "prefix").value_or(std::string_view());
    const std::string_view bytes = in.self.text->bytes();
    const bool there = Suffix ? bytes.ends_with(part) : bytes.starts_with(part);
    if (!there)
        return in.self;
    return runtime.text(in.self.text->slice(Suffix ? 0 : part.size(), bytes.size() - part.size()));
}

// isdigit, isalpha and the like, for ASCII; other letters count as letters.
template <int (*Is)(int)> ValueResult allAre(Runtime&, const Arguments& in)
{
    const std::string& bytes = in.self.text->bytes();
    const bool all = !bytes.empty() && std::all_of(bytes.begin(), bytes.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte < 0x80 ? Is(byte) != 0 : Is('a') != 0;
    });
    return Value::of(all);
}

ValueResult itemsMethod(Runtime& runtime, const Arguments& in)
{
    if (const Status fits = runtime.charge(in.self.dict->entries.size() * 64); !fits)
        return failed(fits);
    std::vector<Value> out;
    for (const auto& [key, value] : in.self.dict->entries)
        out.push_back(runtime.list({key, value}, true));
    return runtime.list(std::move(out));
}

template <bool Keys> ValueResult column(Runtime& runtime, const Arguments& in)
{
    std::vector<Value> out;
    for (const auto& [key, value] : in.self.dict->entries)
        out.push_back(Keys ? key : value);
    return runtime.list(std::move(out));
}

ValueResult get(Runtime&, const Arguments& in)
{
    const Value key = in.get(0, "key");
    for (const auto& [name, value] : in.self.dict->entries)
        if (equal(name, key))
            return value;
    return in.has(1, "default") ? in.get(1, "default") : Value::none();
}

ValueResult update(Runtime& runtime, const Arguments& in)
{
    if (const Value other = in.get(0, "other"); other.is(Kind::Dict)) {
        const auto entries = other.dict->entries;
        for (const auto& [key, value] : entries)
            in.self.dict->set(key, value);
    }
    for (const auto& [name, value] : in.named)
        in.self.dict->set(runtime.text(std::string(name)), value);
    return Value::none();
}

ValueResult append(Runtime& runtime, const Arguments& in)
{
    if (const Status fits = runtime.charge(sizeof(Value)); !fits)
        return failed(fits);
    in.self.list->items.push_back(in.get(0, "object"));
    return Value::none();
}

ValueResult extend(Runtime& runtime, const Arguments& in)
{
    const auto items = elementsOf(runtime, in.get(0, "iterable"));
    if (!items)
        return failed(items);
    in.self.list->items.insert(in.self.list->items.end(), items->begin(), items->end());
    return Value::none();
}

ValueResult pop(Runtime& runtime, const Arguments& in)
{
    if (in.self.is(Kind::Dict)) {
        auto& entries = in.self.dict->entries;
        const Value key = in.get(0, "key");
        const auto at = std::find_if(entries.begin(), entries.end(),
                                     [&](const auto& entry) { return equal(entry.first, key); });
        if (at == entries.end())
            return in.get(1, "default");
        const Value out = at->second;
        entries.erase(at);
        return out;
    }
    auto& items = in.self.list->items;
    const auto size = static_cast<std::int64_t>(items.size());
    const std::int64_t index = in.wholeOr(0, "index", -1);
    const std::int64_t at = index < 0 ? index + size : index;
    if (at < 0 || at >= size)
        return runtime.error("pop asks for an element the list does not have");
    const Value out = items[static_cast<std::size_t>(at)];
    items.erase(items.begin() + at);
    return out;
}

ValueResult indexMethod(Runtime& runtime, const Arguments& in)
{
    const Value wanted = in.get(0, "value");
    const auto& items = in.self.list->items;
    const auto at =
        std::find_if(items.begin(), items.end(), [&](const Value& x) { return equal(x, wanted); });
    if (at == items.end())
        return runtime.error("index looks for a value the list does not have");
    return Value::of(static_cast<std::int64_t>(at - items.begin()));
}

ValueResult cycle(Runtime& runtime, const Arguments& in)
{
    if (in.positional.empty())
        return runtime.error("loop.cycle needs values");
    return in.positional[in.self.loop->index % in.positional.size()];
}

ValueResult changed(Runtime& runtime, const Arguments& in)
{
    Loop& loop = *in.self.loop;
    const Value now = runtime.list(in.positional, true);
    const bool differs = !loop.changedBefore || !equal(loop.lastChanged, now);
    loop.changedBefore = true;
    loop.lastChanged = now;
    return Value::of(differs);
}

struct MethodRow {
    Kind of;
    std::string_view name;
    ValueResult (*apply)(Runtime&, const Arguments&);
};

constexpr auto kMethods = std::to_array<MethodRow>({
    {Kind::Text, "capitalize", mapped<capitalize>},
    {Kind::Text, "count", countMethod},
    {Kind::Text, "endswith", touches<false>},
    {Kind::Text, "find", find<false>},
    {Kind::Text, "format", formatBraces},
    {Kind::Text, "isalnum", allAre<std::isalnum>},
    {Kind::Text, "isalpha", allAre<std::isalpha>},
    {Kind::Text, "isdigit", allAre<std::isdigit>},
    {Kind::Text, "isspace", allAre<std::isspace>},
    {Kind::Text, "join", joinMethod},
    {Kind::Text, "lower", mapped<lower>},
    {Kind::Text, "lstrip", stripMethod<Side::Left>},
    {Kind::Text, "partition", partition<false>},
    {Kind::Text, "removeprefix", removeEnd<false>},
    {Kind::Text, "removesuffix", removeEnd<true>},
    {Kind::Text, "replace", replaceMethod},
    {Kind::Text, "rfind", find<true>},
    {Kind::Text, "rpartition", partition<true>},
    {Kind::Text, "rsplit", splitMethod<true>},
    {Kind::Text, "rstrip", stripMethod<Side::Right>},
    {Kind::Text, "split", splitMethod<false>},
    {Kind::Text, "splitlines", splitLinesMethod},
    {Kind::Text, "startswith", touches<true>},
    {Kind::Text, "strip", stripMethod<Side::Both>},
    {Kind::Text, "title", mapped<title>},
    {Kind::Text, "upper", mapped<upper>},
    {Kind::Text, "%", formatPercent},
    {Kind::Dict, "get", get},
    {Kind::Dict, "items", itemsMethod},
    {Kind::Dict, "keys", column<true>},
    {Kind::Dict, "pop", pop},
    {Kind::Dict, "update", update},
    {Kind::Dict, "values", column<false>},
    {Kind::List, "append", append},
    {Kind::List, "count", countMethod},
    {Kind::List, "extend", extend},
    {Kind::List, "index", indexMethod},
    {Kind::List, "pop", pop},
    {Kind::Loop, "changed", changed},
    {Kind::Loop, "cycle", cycle},
});

const MethodRow* findMethod(const Value& self, std::string_view name)
{
    if (self.is(Kind::Dict) && self.dict->isNamespace)
        return nullptr;
    const auto row = std::find_if(kMethods.begin(), kMethods.end(),
                                  [&](const MethodRow& x) { return x.of == self.kind && x.name == name; });
    return row == kMethods.end() ? nullptr : row;
}

} // namespace

bool isMethod(const Value& self, std::string_view name)
{
    return findMethod(self, name) != nullptr;
}

ValueResult callMethod(Runtime& runtime, std::string_view name, const Arguments& arguments)
{
    const MethodRow* row = findMethod(arguments.self, name);
    if (row == nullptr)
        return runtime.unsupported("the method '" + std::string(name) + "' of " + kindName(arguments.self));
    if (arguments.self.is(Kind::Text))
        if (const Status fits = runtime.charge(arguments.self.text->size()); !fits)
            return failed(fits);
    return row->apply(runtime, arguments);
}

} // namespace lectern::jinja
