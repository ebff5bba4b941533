// Jinja's tests ("x is y"). One row each.
#include "engine/text/jinja_runtime.h"
#include "engine/text/jinja_strings.h"

#include <algorithm>
#include <array>

namespace lectern::jinja {

namespace {

using TestResult = Result<bool>;

template <Kind Wanted> TestResult isKind(Runtime&, const Arguments& in)
{
    return in.self.is(Wanted);
}

template <bool Wanted> TestResult isBoolean(Runtime&, const Arguments& in)
{
    return in.self.is(Kind::Bool) && in.self.boolean == Wanted;
}

// One of ==, !=, <, <=, >, >= against the argument.
template <int Mask, bool Equality> TestResult compares(Runtime& runtime, const Arguments& in)
{
    const Value other = in.get(0, "other");
    if (Equality)
        return equal(in.self, other) == ((Mask & 2) != 0);
    const int order = compare(in.self, other);
    if (order == 2)
        return runtime.error(std::string("it compares ") + kindName(in.self) + " with " + kindName(other));
    return ((Mask >> (order + 1)) & 1) != 0;
}

template <int Remainder> TestResult parity(Runtime& runtime, const Arguments& in)
{
    if (!in.self.isWhole())
        return runtime.error("even and odd need a whole number");
    return (in.self.whole() & 1) == Remainder;
}

TestResult divisibleBy(Runtime& runtime, const Arguments& in)
{
    const std::int64_t divisor = in.wholeOr(0, "num", 0);
    if (!in.self.isWhole() || divisor == 0)
        return runtime.error("divisibleby needs whole numbers, and no zero");
    return divisor == -1 || in.self.whole() % divisor == 0;
}

TestResult isIterable(Runtime&, const Arguments& in)
{
    return in.self.is(Kind::List) || in.self.is(Kind::Dict) || in.self.is(Kind::Text) ||
           in.self.is(Kind::Undefined);
}

TestResult isSequence(Runtime&, const Arguments& in)
{
    return in.self.is(Kind::List) || in.self.is(Kind::Dict) || in.self.is(Kind::Text) ||
           in.self.is(Kind::Undefined);
}

TestResult isMapping(Runtime&, const Arguments& in)
{
    return in.self.is(Kind::Dict) && !in.self.dict->isNamespace;
}

TestResult isNumber(Runtime&, const Arguments& in)
{
    return in.self.isNumber();
}

TestResult isDefined(Runtime&, const Arguments& in)
{
    return !in.self.is(Kind::Undefined);
}

TestResult isIn(Runtime& runtime, const Arguments& in)
{
    return contains(runtime, in.get(0, "seq"), in.self);
}

TestResult isSameAs(Runtime&, const Arguments& in)
{
    const Value other = in.get(0, "other");
    if (in.self.kind != other.kind)
        return false;
    if (in.self.is(Kind::List))
        return in.self.list == other.list;
    if (in.self.is(Kind::Dict))
        return in.self.dict == other.dict;
    return equal(in.self, other);
}

template <bool Upper> TestResult isCase(Runtime& runtime, const Arguments& in)
{
    const Text text = toText(in.self);
    if (const Status fits = runtime.charge(text.size() * 2); !fits)
        return failed(fits);
    const std::string up = upper(text).bytes();
    const std::string low = lower(text).bytes();
    return up != low && text.bytes() == (Upper ? up : low);
}

TestResult isFilterName(Runtime&, const Arguments& in)
{
    return in.self.is(Kind::Text) && isFilter(in.self.text->bytes());
}

TestResult isTestName(Runtime&, const Arguments& in)
{
    return in.self.is(Kind::Text) && isTest(in.self.text->bytes());
}

struct TestRow {
    std::string_view name;
    TestResult (*apply)(Runtime&, const Arguments&);
};

constexpr auto kTests = std::to_array<TestRow>({
    {"!=", compares<0, true>},
    {"<", compares<1, false>},
    {"<=", compares<3, false>},
    {"==", compares<2, true>},
    {">", compares<4, false>},
    {">=", compares<6, false>},
    {"boolean", isKind<Kind::Bool>},
    {"callable", isKind<Kind::Callable>},
    {"defined", isDefined},
    {"divisibleby", divisibleBy},
    {"eq", compares<2, true>},
    {"equalto", compares<2, true>},
    {"even", parity<0>},
    {"false", isBoolean<false>},
    {"filter", isFilterName},
    {"float", isKind<Kind::Real>},
    {"ge", compares<6, false>},
    {"greaterthan", compares<4, false>},
    {"gt", compares<4, false>},
    {"in", isIn},
    {"integer", isKind<Kind::Integer>},
    {"iterable", isIterable},
    {"le", compares<3, false>},
    {"lessthan", compares<1, false>},
    {"lower", isCase<false>},
    {"lt", compares<1, false>},
    {"mapping", isMapping},
    {"ne", compares<0, true>},
    {"none", isKind<Kind::None>},
    {"number", isNumber},
    {"odd", parity<1>},
    {"sameas", isSameAs},
    {"sequence", isSequence},
    {"string", isKind<Kind::Text>},
    {"test", isTestName},
    {"true", isBoolean<true>},
    {"undefined", isKind<Kind::Undefined>},
    {"upper", isCase<true>},
});

const TestRow* findTest(std::string_view name)
{
    const auto row =
        std::find_if(kTests.begin(), kTests.end(), [&](const TestRow& x) { return x.name == name; });
    return row == kTests.end() ? nullptr : row;
}

} // namespace

bool isTest(std::string_view name)
{
    return findTest(name) != nullptr;
}

Result<bool> applyTest(Runtime& runtime, std::string_view name, const Arguments& arguments)
{
    const TestRow* row = findTest(name);
    if (row == nullptr)
        return runtime.unsupported("the test '" + std::string(name) + "'");
    return row->apply(runtime, arguments);
}

} // namespace lectern::jinja
