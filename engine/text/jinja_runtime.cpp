#include "engine/text/jinja_runtime.h"

#include "engine/text/jinja_lexer.h"
#include "engine/text/utf8.h"

#include <algorithm>
#include <ctime>

namespace lectern::jinja {

namespace {

constexpr const char* kChooseAnother = "Choose another chat template, or use the plain layout.";
constexpr std::uint64_t kStepsBetweenClocks = 256;
// What a character costs as a value of its own: a Text and its run.
constexpr std::uint64_t kBytesPerCharacter = 128;

// Processor time of this thread.
double threadSeconds()
{
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

} // namespace

Runtime::Runtime(std::uint64_t inputBytes, std::optional<std::int64_t> unixSeconds)
    : m_inputBytes(inputBytes), m_unixSeconds(unixSeconds), m_start(threadSeconds())
{
}

Value Runtime::text(Text text)
{
    return Value::of(&m_arena.texts.emplace_back(std::move(text)));
}

Value Runtime::list(std::vector<Value> items, bool tuple)
{
    return Value::of(&m_arena.lists.emplace_back(List{std::move(items), tuple}));
}

Status Runtime::step()
{
    if (++m_steps > limits.steps)
        return tooLong("it takes more than " + std::to_string(limits.steps) + " steps");
    if (m_steps % kStepsBetweenClocks != 0)
        return {};
    return threadSeconds() - m_start <= limits.seconds ? Status() : tooLong("it takes longer than a second");
}

Status Runtime::charge(std::uint64_t bytes)
{
    m_work += bytes;
    if (m_work <= Limits::kWorkFactor * m_inputBytes + Limits::kWorkAlways)
        return {};
    return tooLong("it makes far more text than it was given");
}

Status Runtime::checkOutput(std::uint64_t bytes) const
{
    if (bytes <= Limits::kOutputFactor * m_inputBytes + Limits::kOutputAlways)
        return {};
    return tooLong("its output is more than 16 times its input");
}

tl::unexpected<Error> Runtime::error(const std::string& why) const
{
    return fail(ErrorCode::BadInput, atLine(line) + why + ".", kChooseAnother);
}

tl::unexpected<Error> Runtime::unsupported(const std::string& what) const
{
    return fail(ErrorCode::Unsupported, atLine(line) + "it uses " + what + ", which Lectern does not have.",
                kChooseAnother);
}

tl::unexpected<Error> Runtime::tooLong(const std::string& what) const
{
    return fail(ErrorCode::TooLong, atLine(line) + what + ".", kChooseAnother);
}

std::int64_t Runtime::now() const
{
    return m_unixSeconds.value_or(static_cast<std::int64_t>(std::time(nullptr)));
}

Value Arguments::get(std::size_t index, std::string_view name) const
{
    if (index < positional.size())
        return positional[index];
    for (const auto& [given, value] : named)
        if (given == name)
            return value;
    return {};
}

std::int64_t Arguments::wholeOr(std::size_t index, std::string_view name, std::int64_t fallback) const
{
    const Value value = get(index, name);
    return value.isWhole() ? value.whole() : fallback;
}

bool Arguments::flagOr(std::size_t index, std::string_view name, bool fallback) const
{
    return has(index, name) ? truth(get(index, name)) : fallback;
}

Result<std::vector<Value>> elementsOf(Runtime& runtime, const Value& value)
{
    std::vector<Value> out;
    if (value.is(Kind::List))
        out = value.list->items;
    else if (value.is(Kind::Dict) && !value.dict->isNamespace)
        for (const auto& entry : value.dict->entries)
            out.push_back(entry.first);
    else if (value.is(Kind::Text)) {
        if (const Status fits = runtime.charge(value.text->size() * kBytesPerCharacter); !fits)
            return failed(fits);
        for (std::size_t at = 0; at < value.text->size();) {
            const std::size_t bytes = utf8::decode(std::string_view(value.text->bytes()).substr(at)).bytes;
            out.push_back(runtime.text(value.text->slice(at, bytes)));
            at += bytes;
        }
    } else if (!value.is(Kind::Undefined)) {
        return runtime.error(std::string(kindName(value)) + " can not be looped over");
    }
    if (const Status fits = runtime.charge(out.size() * sizeof(Value)); !fits)
        return failed(fits);
    return out;
}

namespace {

// loop.index and its relatives.
ValueResult loopAttribute(Runtime& runtime, Loop& loop, std::string_view name)
{
    const auto index = static_cast<std::int64_t>(loop.index);
    const auto size = static_cast<std::int64_t>(loop.items->size());
    if (name == "index")
        return Value::of(index + 1);
    if (name == "index0")
        return Value::of(index);
    if (name == "revindex")
        return Value::of(size - index);
    if (name == "revindex0")
        return Value::of(size - index - 1);
    if (name == "first")
        return Value::of(index == 0);
    if (name == "last")
        return Value::of(index + 1 == size);
    if (name == "length")
        return Value::of(size);
    if (name == "depth" || name == "depth0") // levels of a recursive loop, which these are not
        return Value::of(std::int64_t{name == "depth" ? 1 : 0});
    if (name == "previtem")
        return index > 0 ? (*loop.items)[loop.index - 1] : Value();
    if (name == "nextitem")
        return index + 1 < size ? (*loop.items)[loop.index + 1] : Value();
    return runtime.unsupported("loop." + std::string(name));
}

// Python's clamped index for a sequence of `size`.
std::int64_t clampIndex(const Value& value, std::int64_t size, std::int64_t fallback, bool backwards)
{
    if (!value.isWhole())
        return fallback;
    std::int64_t index = value.whole();
    if (index < 0)
        index = index < -size ? -1 : index + size; // no overflow for INT64_MIN
    const std::int64_t lowest = backwards ? -1 : 0;
    return std::clamp(index, lowest, backwards ? size - 1 : size);
}

} // namespace

ValueResult attributeOf(Runtime& runtime, const Value& value, std::string_view name)
{
    if (value.is(Kind::Undefined))
        return runtime.error("it looks for '" + std::string(name) + "' in something that is not defined");
    if (isMethod(value, name)) {
        Callable& method = runtime.arena().callables.emplace_back();
        method.kind = Callable::Kind::Method;
        method.name = name;
        method.self = value;
        return Value::of(&method);
    }
    if (value.is(Kind::Loop))
        return loopAttribute(runtime, *value.loop, name);
    if (value.is(Kind::Dict))
        if (const Value* found = value.dict->find(name); found != nullptr)
            return *found;
    return Value();
}

ValueResult elementOf(Runtime& runtime, const Value& value, const Value& index)
{
    if (value.is(Kind::Undefined))
        return runtime.error("it takes an element of something that is not defined");
    if (value.is(Kind::Dict)) {
        for (const auto& [key, found] : value.dict->entries)
            if (equal(key, index))
                return found;
        return index.is(Kind::Text) ? attributeOf(runtime, value, index.text->bytes()) : ValueResult(Value());
    }
    if (index.is(Kind::Text))
        return attributeOf(runtime, value, index.text->bytes());
    if (!index.isWhole() || (!value.is(Kind::List) && !value.is(Kind::Text)))
        return Value();
    if (value.is(Kind::List)) {
        const auto size = static_cast<std::int64_t>(value.list->items.size());
        const std::int64_t at = index.whole() < 0 ? index.whole() + size : index.whole();
        return at >= 0 && at < size ? value.list->items[static_cast<std::size_t>(at)] : Value();
    }
    const Value next = index.whole() == -1 ? Value() : Value::of(std::min(index.whole(), INT64_MAX - 1) + 1);
    const auto character = sliceOf(runtime, value, index, next, Value());
    return character && character->text->empty() ? ValueResult(Value()) : character;
}

ValueResult sliceOf(Runtime& runtime, const Value& value, const Value& from, const Value& to,
                    const Value& step)
{
    if (value.is(Kind::Undefined))
        return Value(runtime.list({}));
    const std::int64_t stride = step.isWhole() ? step.whole() : 1;
    if (stride == 0)
        return runtime.error("a slice has a step of zero");
    if (value.is(Kind::Text) && stride == 1) {
        const std::string_view bytes = value.text->bytes();
        if (const Status fits = runtime.charge(bytes.size()); !fits)
            return failed(fits);
        const auto size = static_cast<std::int64_t>(utf8::count(bytes));
        const std::int64_t first = clampIndex(from, size, 0, false);
        const std::int64_t last = clampIndex(to, size, size, false);
        std::size_t begin = 0;
        std::size_t at = 0;
        for (std::int64_t i = 0; i < std::max(first, last) && at < bytes.size(); ++i) {
            begin = i == first ? at : begin;
            at += utf8::decode(bytes.substr(at)).bytes;
        }
        return runtime.text(first < last ? value.text->slice(begin, at - begin) : Text());
    }
    auto items = elementsOf(runtime, value);
    if (!items || (!value.is(Kind::Text) && !value.is(Kind::List)))
        return items ? runtime.error(std::string(kindName(value)) + " can not be sliced") : failed(items);
    const auto size = static_cast<std::int64_t>(items->size());
    const bool backwards = stride < 0;
    const std::int64_t first = clampIndex(from, size, backwards ? size - 1 : 0, backwards);
    const std::int64_t last = clampIndex(to, size, backwards ? -1 : size, backwards);
    std::vector<Value> out;
    for (std::int64_t i = first; backwards ? i > last : i < last;) {
        out.push_back((*items)[static_cast<std::size_t>(i)]);
        if (stride > size || stride < -size)
            break;
        i += stride;
    }
    if (value.is(Kind::List))
        return runtime.list(std::move(out), value.list->tuple);
    Text joined;
    for (const Value& character : out)
        joined.append(*character.text);
    return runtime.text(std::move(joined));
}

Result<bool> contains(Runtime& runtime, const Value& haystack, const Value& needle)
{
    if (haystack.is(Kind::Text)) {
        if (!needle.is(Kind::Text))
            return runtime.error(std::string("it looks for ") + kindName(needle) + " in a text");
        if (const Status fits = runtime.charge(haystack.text->size()); !fits)
            return failed(fits);
        return haystack.text->bytes().find(needle.text->bytes()) != std::string::npos;
    }
    if (haystack.is(Kind::List) || haystack.is(Kind::Dict) || haystack.is(Kind::Undefined)) {
        const auto items = elementsOf(runtime, haystack);
        if (!items)
            return failed(items);
        return std::any_of(items->begin(), items->end(),
                           [&](const Value& item) { return equal(item, needle); });
    }
    return runtime.error(std::string(kindName(haystack)) + " can not contain anything");
}

} // namespace lectern::jinja
