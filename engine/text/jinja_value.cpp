#include "engine/text/jinja_value.h"

#include <algorithm>

namespace lectern::jinja {

Value Value::of(bool v)
{
    Value out = make(Kind::Bool);
    out.boolean = v;
    return out;
}
Value Value::of(std::int64_t v)
{
    Value out = make(Kind::Integer);
    out.integer = v;
    return out;
}
Value Value::of(double v)
{
    Value out = make(Kind::Real);
    out.real = v;
    return out;
}
Value Value::of(const Text* v)
{
    Value out = make(Kind::Text);
    out.text = v;
    return out;
}
Value Value::of(List* v)
{
    Value out = make(Kind::List);
    out.list = v;
    return out;
}
Value Value::of(Dict* v)
{
    Value out = make(Kind::Dict);
    out.dict = v;
    return out;
}
Value Value::of(const Callable* v)
{
    Value out = make(Kind::Callable);
    out.callable = v;
    return out;
}
Value Value::of(Loop* v)
{
    Value out = make(Kind::Loop);
    out.loop = v;
    return out;
}

const Value* Dict::find(std::string_view key) const
{
    for (const auto& [name, value] : entries)
        if (name.is(Kind::Text) && name.text->bytes() == key)
            return &value;
    return nullptr;
}

void Dict::set(Value key, Value value)
{
    for (auto& [name, old] : entries) {
        if (!equal(name, key))
            continue;
        old = value;
        return;
    }
    entries.emplace_back(key, value);
}

bool truth(const Value& value)
{
    switch (value.kind) {
    case Kind::Undefined:
    case Kind::None:
        return false;
    case Kind::Bool:
    case Kind::Integer:
        return value.whole() != 0;
    case Kind::Real:
        return value.real != 0;
    case Kind::Text:
        return !value.text->empty();
    case Kind::List:
        return !value.list->items.empty();
    case Kind::Dict:
        return value.dict->isNamespace || !value.dict->entries.empty();
    case Kind::Callable:
    case Kind::Loop:
        return true;
    }
    return false;
}

bool equal(const Value& a, const Value& b, int depth)
{
    if (depth > kDeepestNesting)
        return false;
    if (a.isNumber() && b.isNumber())
        return a.isWhole() && b.isWhole() ? a.whole() == b.whole() : a.number() == b.number();
    if (a.kind != b.kind)
        return false;
    switch (a.kind) {
    case Kind::Text:
        return a.text->bytes() == b.text->bytes();
    case Kind::List:
        return a.list->tuple == b.list->tuple &&
               std::equal(a.list->items.begin(), a.list->items.end(), b.list->items.begin(),
                          b.list->items.end(),
                          [&](const Value& x, const Value& y) { return equal(x, y, depth + 1); });
    case Kind::Dict:
        if (a.dict == b.dict)
            return true;
        return !a.dict->isNamespace && !b.dict->isNamespace &&
               a.dict->entries.size() == b.dict->entries.size() &&
               std::all_of(a.dict->entries.begin(), a.dict->entries.end(), [&](const auto& entry) {
                   return std::any_of(b.dict->entries.begin(), b.dict->entries.end(), [&](const auto& other) {
                       return equal(entry.first, other.first, depth + 1) &&
                              equal(entry.second, other.second, depth + 1);
                   });
               });
    case Kind::Callable:
        return a.callable == b.callable;
    case Kind::Loop:
        return a.loop == b.loop;
    default:
        return true; // undefined or none on both sides
    }
}

int compare(const Value& a, const Value& b, int depth)
{
    const auto order = [](const auto& x, const auto& y) { return x < y ? -1 : (y < x ? 1 : 0); };
    if (a.isWhole() && b.isWhole())
        return order(a.whole(), b.whole());
    if (a.isNumber() && b.isNumber())
        return order(a.number(), b.number());
    if (a.is(Kind::Text) && b.is(Kind::Text))
        return order(a.text->bytes(), b.text->bytes()); // UTF-8 sorts as its code points do
    if (!a.is(Kind::List) || !b.is(Kind::List) || depth > kDeepestNesting)
        return 2;
    const std::size_t common = std::min(a.list->items.size(), b.list->items.size());
    for (std::size_t i = 0; i < common; ++i)
        if (!equal(a.list->items[i], b.list->items[i]))
            return compare(a.list->items[i], b.list->items[i], depth + 1);
    return order(a.list->items.size(), b.list->items.size());
}

std::int32_t derivedSource(const Value& value, int depth)
{
    if (depth > kDeepestNesting)
        return kFromInput;
    const auto isInput = [&](const Value& inner) { return derivedSource(inner, depth + 1) != kFromTemplate; };
    bool input = false;
    if (value.is(Kind::Text))
        return value.text->derivedSource();
    if (value.is(Kind::List))
        input = std::any_of(value.list->items.begin(), value.list->items.end(), isInput);
    if (value.is(Kind::Dict))
        input = std::any_of(value.dict->entries.begin(), value.dict->entries.end(),
                            [&](const auto& entry) { return isInput(entry.first) || isInput(entry.second); });
    return input ? kFromInput : kFromTemplate;
}

const char* kindName(const Value& value)
{
    switch (value.kind) {
    case Kind::Undefined:
        return "an undefined value";
    case Kind::None:
        return "none";
    case Kind::Bool:
        return "a boolean";
    case Kind::Integer:
    case Kind::Real:
        return "a number";
    case Kind::Text:
        return "a text";
    case Kind::List:
        return "a list";
    case Kind::Dict:
        return "a dictionary";
    case Kind::Callable:
        return "a function";
    case Kind::Loop:
        return "a loop";
    }
    return "a value";
}

} // namespace lectern::jinja
