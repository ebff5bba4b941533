// Jinja's filters over lists: map, select, sort and their relatives.
#include "engine/text/jinja_runtime.h"
#include "engine/text/jinja_strings.h"

#include <algorithm>

namespace lectern::jinja {

namespace {

// "a.b.0" as Jinja's attribute arguments read it.
ValueResult attributePath(Runtime& runtime, const Value& item, const Value& path)
{
    if (!path.is(Kind::Text))
        return elementOf(runtime, item, path);
    Value value = item;
    for (const Text& part : split(*path.text, ".", -1)) {
        const std::string& name = part.bytes();
        const bool isIndex = !name.empty() && std::all_of(name.begin(), name.end(),
                                                          [](char c) { return c >= '0' && c <= '9'; });
        const Value key =
            isIndex && name.size() < 10 ? Value::of(std::int64_t{std::stoll(name)}) : runtime.text(part);
        auto next = elementOf(runtime, value, key);
        if (!next)
            return next;
        value = *next;
    }
    return value;
}

// What items are compared by: the item or its attribute, in lower case unless case counts.
ValueResult sortKey(Runtime& runtime, const Value& item, const Value& attribute, bool caseCounts)
{
    auto key = attribute.is(Kind::Undefined) ? ValueResult(item) : attributePath(runtime, item, attribute);
    if (key && key->is(Kind::Text) && !caseCounts)
        return runtime.text(lower(*key->text));
    return key;
}

struct Keyed {
    Value key;
    Value item;
};

Result<std::vector<Keyed>> keyed(Runtime& runtime, const Value& sequence, const Value& attribute,
                                 bool caseCounts)
{
    const auto items = elementsOf(runtime, sequence);
    if (!items)
        return failed(items);
    std::vector<Keyed> out;
    for (const Value& item : *items) {
        const auto key = sortKey(runtime, item, attribute, caseCounts);
        if (!key)
            return failed(key);
        out.push_back({*key, item});
    }
    return out;
}

Status sortByKey(Runtime& runtime, std::vector<Keyed>& items, bool reverse)
{
    bool comparable = true;
    // Values that can not be ordered count as equal here, so that the order stays a strict weak one.
    for (std::size_t i = 1; i < items.size(); ++i)
        comparable = comparable && compare(items[0].key, items[i].key) != 2;
    if (!comparable)
        return runtime.error("it sorts values that can not be compared");
    if (const Status fits = runtime.charge(items.size() * 64); !fits)
        return fits;
    std::stable_sort(items.begin(), items.end(), [&](const Keyed& a, const Keyed& b) {
        return compare(reverse ? b.key : a.key, reverse ? a.key : b.key) == -1;
    });
    return {};
}

Value itemsOf(Runtime& runtime, const std::vector<Keyed>& items)
{
    std::vector<Value> out;
    for (const Keyed& item : items)
        out.push_back(item.item);
    return runtime.list(std::move(out));
}

// select, reject and their attr forms: the test named by the first argument, or truth.
ValueResult filtered(Runtime& runtime, const Arguments& in, bool byAttribute, bool keepMatches)
{
    const auto items =
        elementsOf(runtime, truth(in.self) ? in.self : Value()); // as Jinja: none selects nothing
    if (!items)
        return failed(items);
    const std::size_t testAt = byAttribute ? 1 : 0;
    if (byAttribute && in.positional.empty())
        return runtime.error("selectattr and rejectattr need the name of an attribute");
    std::vector<Value> out;
    for (const Value& item : *items) {
        if (const Status step = runtime.step(); !step)
            return failed(step);
        Arguments test;
        auto subject = byAttribute ? attributePath(runtime, item, in.positional[0]) : ValueResult(item);
        if (!subject)
            return subject;
        test.self = *subject;
        bool matches = truth(test.self);
        if (in.positional.size() > testAt) {
            test.positional.assign(in.positional.begin() + static_cast<std::ptrdiff_t>(testAt) + 1,
                                   in.positional.end());
            const auto tested = applyTest(runtime, toText(in.positional[testAt]).bytes(), test);
            if (!tested)
                return failed(tested);
            matches = *tested;
        }
        if (matches == keepMatches)
            out.push_back(item);
    }
    return runtime.list(std::move(out));
}

ValueResult extreme(Runtime& runtime, const Arguments& in, int wanted)
{
    auto items = keyed(runtime, in.self, in.get(1, "attribute"), in.flagOr(0, "case_sensitive", false));
    if (!items)
        return failed(items);
    if (items->empty())
        return Value();
    const Keyed* best = &items->front();
    for (const Keyed& item : *items) {
        const int order = compare(item.key, best->key);
        if (order == 2)
            return runtime.error("it compares values that can not be compared");
        best = order == wanted ? &item : best;
    }
    return best->item;
}

} // namespace

ValueResult mapFilter(Runtime& runtime, const Arguments& in)
{
    const auto items = elementsOf(runtime, truth(in.self) ? in.self : Value());
    if (!items)
        return failed(items);
    const Value attribute = in.get(99, "attribute");
    if (attribute.is(Kind::Undefined) && in.positional.empty())
        return runtime.error("map needs a filter or an attribute");
    std::vector<Value> out;
    for (const Value& item : *items) {
        if (const Status step = runtime.step(); !step)
            return failed(step);
        ValueResult mapped = Value();
        if (!attribute.is(Kind::Undefined)) {
            mapped = attributePath(runtime, item, attribute);
            if (mapped && mapped->is(Kind::Undefined) && in.has(99, "default"))
                mapped = in.get(99, "default");
        } else {
            Arguments filter;
            filter.self = item;
            filter.positional.assign(in.positional.begin() + 1, in.positional.end());
            filter.named = in.named;
            mapped = applyFilter(runtime, toText(in.positional[0]).bytes(), filter);
        }
        if (!mapped)
            return mapped;
        out.push_back(*mapped);
    }
    return runtime.list(std::move(out));
}

ValueResult selectFilter(Runtime& runtime, const Arguments& in)
{
    return filtered(runtime, in, false, true);
}

ValueResult rejectFilter(Runtime& runtime, const Arguments& in)
{
    return filtered(runtime, in, false, false);
}

ValueResult selectAttributeFilter(Runtime& runtime, const Arguments& in)
{
    return filtered(runtime, in, true, true);
}

ValueResult rejectAttributeFilter(Runtime& runtime, const Arguments& in)
{
    return filtered(runtime, in, true, false);
}

ValueResult sortFilter(Runtime& runtime, const Arguments& in)
{
    auto items = keyed(runtime, in.self, in.get(2, "attribute"), in.flagOr(1, "case_sensitive", false));
    if (!items)
        return failed(items);
    if (const Status sorted = sortByKey(runtime, *items, in.flagOr(0, "reverse", false)); !sorted)
        return failed(sorted);
    return itemsOf(runtime, *items);
}

ValueResult uniqueFilter(Runtime& runtime, const Arguments& in)
{
    const auto items = keyed(runtime, in.self, in.get(1, "attribute"), in.flagOr(0, "case_sensitive", false));
    if (!items)
        return failed(items);
    std::vector<Keyed> out;
    for (const Keyed& item : *items) {
        if (const Status fits = runtime.charge(out.size() * 16); !fits) // quadratic: paid for
            return failed(fits);
        const bool seen =
            std::any_of(out.begin(), out.end(), [&](const Keyed& x) { return equal(x.key, item.key); });
        if (!seen)
            out.push_back(item);
    }
    return itemsOf(runtime, out);
}

ValueResult dictSortFilter(Runtime& runtime, const Arguments& in)
{
    if (!in.self.is(Kind::Dict))
        return runtime.error("dictsort needs a dictionary, not " + std::string(kindName(in.self)));
    const bool byValue = toText(in.get(1, "by")).bytes() == "value";
    auto pairs = callMethod(runtime, "items", in);
    auto items = pairs ? keyed(runtime, *pairs, Value::of(std::int64_t{byValue ? 1 : 0}),
                               in.flagOr(0, "case_sensitive", false))
                       : failed(pairs);
    if (!items)
        return failed(items);
    if (const Status sorted = sortByKey(runtime, *items, in.flagOr(2, "reverse", false)); !sorted)
        return failed(sorted);
    return itemsOf(runtime, *items);
}

ValueResult minFilter(Runtime& runtime, const Arguments& in)
{
    return extreme(runtime, in, -1);
}

ValueResult maxFilter(Runtime& runtime, const Arguments& in)
{
    return extreme(runtime, in, 1);
}

ValueResult sumFilter(Runtime& runtime, const Arguments& in)
{
    const auto items = keyed(runtime, in.self, in.get(0, "attribute"), true);
    if (!items)
        return failed(items);
    double real = 0;
    std::int64_t whole = 0;
    bool isWhole = true;
    for (const Keyed& item : *items) {
        if (!item.key.isNumber())
            return runtime.error("sum needs numbers");
        real += item.key.number();
        isWhole = isWhole && item.key.isWhole() && !__builtin_add_overflow(whole, item.key.whole(), &whole);
    }
    return isWhole ? Value::of(whole) : Value::of(real);
}

ValueResult batchFilter(Runtime& runtime, const Arguments& in)
{
    const auto items = elementsOf(runtime, in.self);
    const std::int64_t size = in.wholeOr(0, "linecount", 0);
    if (!items || size <= 0)
        return items ? runtime.error("batch needs a size above zero") : failed(items);
    std::vector<Value> out;
    for (std::size_t at = 0; at < items->size(); at += static_cast<std::size_t>(size)) {
        const std::size_t end = std::min(items->size() - at, static_cast<std::size_t>(size)) + at;
        out.push_back(runtime.list({items->begin() + static_cast<std::ptrdiff_t>(at),
                                    items->begin() + static_cast<std::ptrdiff_t>(end)}));
    }
    return runtime.list(std::move(out));
}

} // namespace lectern::jinja
