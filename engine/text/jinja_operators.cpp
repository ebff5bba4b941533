// Python's operators on template values.
#include "engine/text/jinja_interpreter.h"

#include <cmath>

namespace lectern::jinja {

namespace {

tl::unexpected<Error> wrongOperands(const Runtime& runtime, std::string_view op, const Value& a,
                                    const Value& b)
{
    return runtime.error(std::string("'").append(op) + "' does not go with " + kindName(a) + " and " +
                         kindName(b));
}

// Python rounds towards minus infinity.
std::int64_t floorDivide(std::int64_t a, std::int64_t b)
{
    const std::int64_t quotient = a / b;
    return a % b != 0 && (a % b < 0) != (b < 0) ? quotient - 1 : quotient;
}

ValueResult wholeArithmetic(Runtime& runtime, std::string_view op, std::int64_t a, std::int64_t b)
{
    std::int64_t out = 0;
    bool overflow = false;
    if (op == "+")
        overflow = __builtin_add_overflow(a, b, &out);
    else if (op == "-")
        overflow = __builtin_sub_overflow(a, b, &out);
    else if (op == "*")
        overflow = __builtin_mul_overflow(a, b, &out);
    else if (b == 0)
        return runtime.error("it divides by zero");
    else if (b == -1)
        overflow = op == "//" && __builtin_sub_overflow(std::int64_t{0}, a, &out);
    else
        out = op == "//" ? floorDivide(a, b) : a - b * floorDivide(a, b);
    if (overflow)
        return runtime.error("a number grows too large");
    return Value::of(out);
}

ValueResult realArithmetic(Runtime& runtime, std::string_view op, double a, double b)
{
    if (op == "+")
        return Value::of(a + b);
    if (op == "-")
        return Value::of(a - b);
    if (op == "*")
        return Value::of(a * b);
    if (b == 0)
        return runtime.error("it divides by zero");
    if (op == "/")
        return Value::of(a / b);
    const double floored = std::floor(a / b);
    return op == "//" ? Value::of(floored) : Value::of(a - b * floored);
}

ValueResult power(Runtime& runtime, const Value& a, const Value& b)
{
    if (!a.isWhole() || !b.isWhole() || b.whole() < 0)
        return Value::of(std::pow(a.number(), b.number()));
    std::int64_t out = 1;
    const std::int64_t base = a.whole();
    if (base == 0 || base == 1)
        return Value::of(b.whole() == 0 ? std::int64_t{1} : base);
    if (base == -1)
        return Value::of(b.whole() % 2 == 0 ? std::int64_t{1} : std::int64_t{-1});
    for (std::int64_t i = 0; i < b.whole(); ++i) // at most 63 rounds before it overflows
        if (__builtin_mul_overflow(out, base, &out))
            return runtime.error("a number grows too large");
    return Value::of(out);
}

ValueResult repeated(Runtime& runtime, const Value& sequence, std::int64_t times)
{
    const std::uint64_t count = times > 0 ? static_cast<std::uint64_t>(times) : 0;
    const std::uint64_t unit =
        sequence.is(Kind::Text) ? sequence.text->size() : sequence.list->items.size() * sizeof(Value);
    std::uint64_t bytes = 0;
    if (__builtin_mul_overflow(unit, count, &bytes))
        return runtime.tooLong("it makes far more text than it was given");
    if (const Status fits = runtime.charge(bytes); !fits)
        return failed(fits);
    Text text;
    std::vector<Value> items;
    for (std::uint64_t i = 0; i < count && unit > 0; ++i) {
        if (sequence.is(Kind::Text))
            text.append(*sequence.text);
        else
            items.insert(items.end(), sequence.list->items.begin(), sequence.list->items.end());
    }
    return sequence.is(Kind::Text) ? runtime.text(std::move(text))
                                   : runtime.list(std::move(items), sequence.list->tuple);
}

bool isSequence(const Value& value)
{
    return value.is(Kind::Text) || value.is(Kind::List);
}

} // namespace

ValueResult arithmetic(Runtime& runtime, std::string_view op, const Value& a, const Value& b)
{
    if (a.isNumber() && b.isNumber()) {
        if (op == "**")
            return power(runtime, a, b);
        return a.isWhole() && b.isWhole() && op != "/" ? wholeArithmetic(runtime, op, a.whole(), b.whole())
                                                       : realArithmetic(runtime, op, a.number(), b.number());
    }
    if (op == "+" && a.is(Kind::Text) && b.is(Kind::Text)) {
        if (const Status fits = runtime.charge(a.text->size() + b.text->size()); !fits)
            return failed(fits);
        Text out = *a.text;
        out.append(*b.text);
        return runtime.text(std::move(out));
    }
    if (op == "+" && a.is(Kind::List) && b.is(Kind::List) && a.list->tuple == b.list->tuple) {
        std::vector<Value> items = a.list->items;
        items.insert(items.end(), b.list->items.begin(), b.list->items.end());
        if (const Status fits = runtime.charge(items.size() * sizeof(Value)); !fits)
            return failed(fits);
        return runtime.list(std::move(items), a.list->tuple);
    }
    if (op == "*" && isSequence(a) && b.isWhole())
        return repeated(runtime, a, b.whole());
    if (op == "*" && isSequence(b) && a.isWhole())
        return repeated(runtime, b, a.whole());
    if (op == "%" && a.is(Kind::Text)) {
        Arguments format;
        format.self = a;
        format.positional = b.is(Kind::List) && b.list->tuple ? b.list->items : std::vector<Value>{b};
        return callMethod(runtime, "%", format);
    }
    return wrongOperands(runtime, op, a, b);
}

Result<bool> comparison(Runtime& runtime, std::string_view op, const Value& a, const Value& b)
{
    if (op == "==" || op == "!=")
        return equal(a, b) == (op == "==");
    if (op == "in" || op == "not in") {
        const auto found = contains(runtime, b, a);
        return found ? Result<bool>(*found == (op == "in")) : found;
    }
    const int order = compare(a, b);
    if (order == 2)
        return wrongOperands(runtime, op, a, b);
    if (op == "<" || op == "<=")
        return order < 0 || (order == 0 && op == "<=");
    return order > 0 || (order == 0 && op == ">=");
}

} // namespace lectern::jinja
