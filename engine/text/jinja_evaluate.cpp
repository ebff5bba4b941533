// The expressions of a chat template.
#include "engine/text/jinja_interpreter.h"

namespace lectern::jinja {

// Literals and names; everything that holds other expressions counts as a level of depth.
ValueResult Interpreter::evaluate(const Node& node)
{
    m_runtime.line = node.line;
    switch (node.kind) {
    case NodeKind::None:
        return Value::none();
    case NodeKind::Bool:
        return Value::of(node.flag);
    case NodeKind::Integer:
        return Value::of(node.integer);
    case NodeKind::Real:
        return Value::of(node.real);
    case NodeKind::String:
        return m_runtime.text(node.text);
    case NodeKind::Name:
        return lookUp(node);
    default:
        break;
    }
    if (const Status step = m_runtime.step(); !step)
        return failed(step);
    if (m_runtime.depth >= m_runtime.limits.depth)
        return m_runtime.tooLong("its macros or expressions nest too deeply");
    ++m_runtime.depth;
    ValueResult out = evaluateNested(node);
    --m_runtime.depth;
    return out;
}

ValueResult Interpreter::evaluateNested(const Node& node)
{
    switch (node.kind) {
    case NodeKind::List:
    case NodeKind::Tuple:
        return evaluateList(node);
    case NodeKind::Dict:
        return evaluateDict(node);
    case NodeKind::Not: {
        const auto operand = evaluate(*node.children[0]);
        return operand ? ValueResult(Value::of(!truth(*operand))) : operand;
    }
    case NodeKind::Negate:
        return evaluateNegate(node);
    case NodeKind::And:
    case NodeKind::Or:
        return evaluateLogic(node);
    case NodeKind::Concat:
        return evaluateConcat(node);
    case NodeKind::Arithmetic:
        return evaluateArithmetic(node);
    case NodeKind::Compare:
        return evaluateCompare(node);
    case NodeKind::Conditional:
        return evaluateConditional(node);
    case NodeKind::Postfix:
        return evaluatePostfix(node);
    default:
        return m_runtime.error("a statement stands where a value should be");
    }
}

ValueResult Interpreter::lookUp(const Node& node)
{
    for (const Scope* scope = m_scope; scope != nullptr; scope = scope->parent)
        for (auto entry = scope->names.rbegin(); entry != scope->names.rend(); ++entry)
            if (entry->first == node.text)
                return entry->second;
    if (const std::string_view function = functionName(node.text); !function.empty()) {
        Callable& callable = m_runtime.arena().callables.emplace_back();
        callable.name = function;
        return Value::of(&callable);
    }
    return Value();
}

ValueResult Interpreter::evaluateList(const Node& node)
{
    std::vector<Value> items;
    for (const Node* child : node.children) {
        const auto item = evaluate(*child);
        if (!item)
            return item;
        items.push_back(*item);
    }
    return m_runtime.list(std::move(items), node.kind == NodeKind::Tuple);
}

ValueResult Interpreter::evaluateDict(const Node& node)
{
    const Value out = m_runtime.dict();
    for (std::size_t i = 0; i + 1 < node.children.size(); i += 2) {
        const auto key = evaluate(*node.children[i]);
        const auto value = key ? evaluate(*node.children[i + 1]) : key;
        if (!value)
            return value;
        out.dict->set(*key, *value);
    }
    return out;
}

ValueResult Interpreter::evaluateLogic(const Node& node)
{
    const bool isAnd = node.kind == NodeKind::And;
    ValueResult value = Value();
    for (const Node* child : node.children) {
        value = evaluate(*child);
        if (!value || truth(*value) != isAnd)
            break;
    }
    return value;
}

ValueResult Interpreter::evaluateConcat(const Node& node)
{
    Text out;
    for (const Node* child : node.children) {
        const auto value = evaluate(*child);
        if (!value)
            return value;
        const Text text = toText(*value);
        if (const Status fits = m_runtime.charge(text.size()); !fits)
            return failed(fits);
        out.append(text);
    }
    return m_runtime.text(std::move(out));
}

ValueResult Interpreter::evaluateArithmetic(const Node& node)
{
    ValueResult left = evaluate(*node.children[0]);
    for (std::size_t i = 1; left && i < node.children.size(); ++i) {
        const auto right = evaluate(*node.children[i]);
        if (!right)
            return right;
        m_runtime.line = node.line;
        left = arithmetic(m_runtime, node.words[i - 1], *left, *right);
    }
    return left;
}

ValueResult Interpreter::evaluateCompare(const Node& node)
{
    ValueResult left = evaluate(*node.children[0]);
    for (std::size_t i = 1; left && i < node.children.size(); ++i) {
        ValueResult right = evaluate(*node.children[i]);
        if (!right)
            return right;
        const auto holds = comparison(m_runtime, node.words[i - 1], *left, *right);
        if (!holds)
            return failed(holds);
        if (!*holds)
            return Value::of(false);
        left = std::move(right);
    }
    return left ? ValueResult(Value::of(true)) : left;
}

ValueResult Interpreter::evaluateConditional(const Node& node)
{
    const auto condition = evaluate(*node.children[1]);
    if (!condition)
        return condition;
    if (truth(*condition))
        return evaluate(*node.children[0]);
    return node.children.size() > 2 ? evaluate(*node.children[2]) : ValueResult(Value());
}

ValueResult Interpreter::evaluateNegate(const Node& node)
{
    const auto operand = evaluate(*node.children[0]);
    if (!operand)
        return operand;
    if (!operand->isNumber())
        return m_runtime.error(std::string("a sign does not go with ") + kindName(*operand));
    if (node.flag)
        return operand;
    return arithmetic(m_runtime, "-", Value::of(std::int64_t{0}), *operand);
}

ValueResult Interpreter::evaluatePostfix(const Node& node)
{
    ValueResult value = evaluate(*node.children[0]);
    for (std::size_t i = 1; value && i < node.children.size(); ++i) {
        m_runtime.line = node.children[i]->line;
        if (const Status step = m_runtime.step(); !step)
            return failed(step);
        value = applyLink(*value, *node.children[i]);
    }
    return value;
}

ValueResult Interpreter::applyLink(const Value& value, const Node& link)
{
    if (link.kind == NodeKind::Attribute)
        return attributeOf(m_runtime, value, link.text);
    if (link.kind == NodeKind::Call)
        return call(value, link);
    if (link.kind == NodeKind::Slice)
        return applySlice(value, link);
    if (link.kind == NodeKind::Subscript) {
        const auto index = evaluate(*link.children[0]);
        return index ? elementOf(m_runtime, value, *index) : index;
    }
    auto arguments = argumentsOf(link);
    if (!arguments)
        return failed(arguments);
    m_runtime.line = link.line;
    arguments->self = value;
    if (link.kind == NodeKind::Filter)
        return applyFilter(m_runtime, link.text, *arguments);
    const auto holds = applyTest(m_runtime, link.text, *arguments);
    return holds ? ValueResult(Value::of(*holds != link.flag)) : failed(holds);
}

ValueResult Interpreter::applySlice(const Value& value, const Node& link)
{
    Value bounds[3];
    for (std::size_t i = 0; i < 3; ++i) {
        if (link.children[i] == nullptr)
            continue;
        const auto bound = evaluate(*link.children[i]);
        if (!bound)
            return bound;
        bounds[i] = *bound;
    }
    return sliceOf(m_runtime, value, bounds[0], bounds[1], bounds[2]);
}

Result<Arguments> Interpreter::argumentsOf(const Node& link)
{
    Arguments out;
    const std::size_t positional = link.children.size() - link.words.size();
    for (std::size_t i = 0; i < link.children.size(); ++i) {
        const auto value = evaluate(*link.children[i]);
        if (!value)
            return failed(value);
        if (i < positional)
            out.positional.push_back(*value);
        else
            out.named.emplace_back(link.words[i - positional], *value);
    }
    return out;
}

ValueResult Interpreter::call(const Value& callee, const Node& link)
{
    auto arguments = argumentsOf(link);
    if (!arguments)
        return failed(arguments);
    m_runtime.line = link.line;
    return callWith(callee, *arguments);
}

ValueResult Interpreter::callWith(const Value& callee, const Arguments& arguments)
{
    if (!callee.is(Kind::Callable))
        return callee.is(Kind::Undefined)
                   ? m_runtime.unsupported("a function or method that is not defined")
                   : m_runtime.error(std::string(kindName(callee)) + " can not be called");
    const Callable& function = *callee.callable;
    if (function.kind == Callable::Kind::Macro)
        return callMacro(function, arguments);
    Arguments bound = arguments;
    bound.self = function.self;
    return function.kind == Callable::Kind::Method ? callMethod(m_runtime, function.name, bound)
                                                   : callFunction(m_runtime, function.name, bound);
}

} // namespace lectern::jinja
