// The statements of a chat template.
#include "engine/text/jinja_interpreter.h"

#include <algorithm>

namespace lectern::jinja {

Interpreter::Interpreter(const Program& program, Runtime& runtime)
    : m_program(program), m_runtime(runtime), m_scope(pushScope(nullptr))
{
}

Scope* Interpreter::pushScope(Scope* parent)
{
    Scope& scope = m_runtime.arena().scopes.emplace_back();
    scope.parent = parent;
    return &scope;
}

void Interpreter::assign(Scope& scope, std::string_view name, Value value)
{
    for (auto& [known, old] : scope.names) {
        if (known != name)
            continue;
        old = value;
        return;
    }
    scope.names.emplace_back(name, value);
}

Result<Text> Interpreter::run()
{
    Text out;
    const auto flow = runBody(m_program.body, out);
    if (!flow)
        return failed(flow);
    return out;
}

Interpreter::FlowResult Interpreter::runBody(const Body& body, Text& out)
{
    for (const Node* node : body) {
        m_runtime.line = node->line;
        if (const Status step = m_runtime.step(); !step)
            return failed(step);
        FlowResult flow = runStatement(*node, out);
        if (!flow || *flow != Flow::Normal)
            return flow;
        if (const Status fits = m_runtime.checkOutput(out.size()); !fits)
            return failed(fits);
    }
    return Flow::Normal;
}

Interpreter::FlowResult Interpreter::runStatement(const Node& node, Text& out)
{
    const auto finish = [](const Status& status) {
        return status ? FlowResult(Flow::Normal) : failed(status);
    };
    switch (node.kind) {
    case NodeKind::Data:
        out.append(node.text, kFromTemplate);
        return finish(m_runtime.charge(node.text.size()));
    case NodeKind::Output:
        return finish(runOutput(node, out));
    case NodeKind::If:
        return runIf(node, out);
    case NodeKind::For:
        return runFor(node, out);
    case NodeKind::Set:
        return finish(runSet(node));
    case NodeKind::With:
        return runWith(node, out);
    case NodeKind::Group:
        return runBody(node.bodies[0], out);
    case NodeKind::Macro:
        assign(*m_scope, node.text, makeMacro(node));
        return Flow::Normal;
    case NodeKind::CallBlock:
        return finish(runCallBlock(node, out));
    case NodeKind::Break:
        return m_loopDepth > 0 ? FlowResult(Flow::Break) : m_runtime.error("break stands outside a loop");
    case NodeKind::Continue:
        return m_loopDepth > 0 ? FlowResult(Flow::Continue)
                               : m_runtime.error("continue stands outside a loop");
    case NodeKind::SetBlock:
    case NodeKind::FilterBlock: {
        const auto value = capture(node);
        if (!value)
            return failed(value);
        if (node.kind == NodeKind::FilterBlock)
            out.append(toText(*value));
        else
            return finish(bindTargets(node, *value));
        return Flow::Normal;
    }
    default:
        return m_runtime.error("a value stands where a statement should be");
    }
}

Status Interpreter::runOutput(const Node& node, Text& out)
{
    const auto value = evaluate(*node.children[0]);
    if (!value)
        return failed(value);
    const Text text = toText(*value);
    out.append(text);
    return m_runtime.charge(text.size());
}

Interpreter::FlowResult Interpreter::runIf(const Node& node, Text& out)
{
    for (std::size_t i = 0; i < node.children.size(); ++i) {
        const auto condition = evaluate(*node.children[i]);
        if (!condition)
            return failed(condition);
        if (truth(*condition))
            return runBody(node.bodies[i], out);
    }
    return node.bodies.size() > node.children.size() ? runBody(node.bodies.back(), out)
                                                     : FlowResult(Flow::Normal);
}

Status Interpreter::bindTargets(const Node& node, const Value& value)
{
    if (node.words.size() == 1 && node.flag) {
        const auto target = std::find_if(m_scope->names.begin(), m_scope->names.end(),
                                         [&](const auto& x) { return x.first == node.text; });
        Value owner = target != m_scope->names.end() ? target->second : Value();
        for (const Scope* scope = m_scope->parent; scope != nullptr && owner.is(Kind::Undefined);
             scope = scope->parent)
            for (const auto& [name, known] : scope->names)
                if (name == node.text)
                    owner = known;
        if (!owner.is(Kind::Dict) || !owner.dict->isNamespace)
            return m_runtime.error("only a namespace can be given attributes");
        owner.dict->set(m_runtime.text(node.words[0]), value);
        return {};
    }
    if (node.words.size() == 1) {
        assign(*m_scope, node.words[0], value);
        return {};
    }
    const auto parts = elementsOf(m_runtime, value);
    if (!parts)
        return failed(parts);
    if (parts->size() != node.words.size())
        return m_runtime.error("it takes a value apart into the wrong number of names");
    for (std::size_t i = 0; i < node.words.size(); ++i)
        assign(*m_scope, node.words[i], (*parts)[i]);
    return {};
}

Status Interpreter::runSet(const Node& node)
{
    const auto value = evaluate(*node.children[0]);
    return value ? bindTargets(node, *value) : failed(value);
}

// What the loop goes over, after its filter; the filter sees the targets.
Result<std::vector<Value>> Interpreter::itemsOfLoop(const Node& node)
{
    const auto iterable = evaluate(*node.children[0]);
    if (!iterable)
        return failed(iterable);
    auto items = elementsOf(m_runtime, *iterable);
    if (!items || node.children[1] == nullptr)
        return items;
    std::vector<Value> kept;
    Scope* outer = m_scope;
    for (const Value& item : *items) {
        if (const Status step = m_runtime.step(); !step)
            return failed(step);
        m_scope = pushScope(outer);
        const Status bound = bindTargets(node, item);
        const auto condition = bound ? evaluate(*node.children[1]) : failed(bound);
        m_scope = outer;
        if (!condition)
            return failed(condition);
        if (truth(*condition))
            kept.push_back(item);
    }
    return kept;
}

Interpreter::FlowResult Interpreter::runFor(const Node& node, Text& out)
{
    const auto items = itemsOfLoop(node);
    if (!items)
        return failed(items);
    if (items->empty())
        return node.bodies.size() > 1 ? runBody(node.bodies[1], out) : FlowResult(Flow::Normal);
    if (m_runtime.depth >= m_runtime.limits.depth)
        return m_runtime.tooLong("its loops nest too deeply");
    Loop& loop = m_runtime.arena().loops.emplace_back();
    const List& kept = *m_runtime.list(*items).list; // the loop object may outlive this call
    loop.items = &kept.items;
    ++m_loopDepth;
    ++m_runtime.depth;
    Scope* outer = m_scope;
    FlowResult flow = Flow::Normal;
    for (std::size_t i = 0; i < items->size(); ++i) {
        if (const Status step = m_runtime.step(); !step) {
            flow = failed(step);
            break;
        }
        loop.index = i;
        m_scope = pushScope(outer);
        assign(*m_scope, "loop", Value::of(&loop));
        const Status bound = bindTargets(node, (*items)[i]);
        flow = bound ? runBody(node.bodies[0], out) : FlowResult(failed(bound));
        if (!flow || *flow == Flow::Break)
            break;
    }
    m_scope = outer;
    --m_loopDepth;
    --m_runtime.depth;
    return flow ? FlowResult(Flow::Normal) : flow;
}

Interpreter::FlowResult Interpreter::runWith(const Node& node, Text& out)
{
    std::vector<Value> values;
    for (const Node* child : node.children) {
        const auto value = evaluate(*child);
        if (!value)
            return failed(value);
        values.push_back(*value);
    }
    Scope* outer = m_scope;
    m_scope = pushScope(outer);
    for (std::size_t i = 0; i < values.size(); ++i)
        assign(*m_scope, node.words[i], values[i]);
    FlowResult flow = runBody(node.bodies[0], out);
    m_scope = outer;
    return flow;
}

ValueResult Interpreter::capture(const Node& node)
{
    Scope* outer = m_scope;
    m_scope = pushScope(outer);
    Text text;
    const auto flow = runBody(node.bodies[0], text);
    m_scope = outer;
    if (!flow)
        return failed(flow);
    ValueResult value = m_runtime.text(std::move(text));
    for (std::size_t i = 0; value && i < node.children.size(); ++i)
        value = applyLink(*value, *node.children[i]);
    return value;
}

Value Interpreter::makeMacro(const Node& node)
{
    Callable& macro = m_runtime.arena().callables.emplace_back();
    macro.kind = Callable::Kind::Macro;
    macro.name = node.text;
    macro.macro = &node;
    macro.scope = m_scope;
    return Value::of(&macro);
}

ValueResult Interpreter::callMacro(const Callable& callable, const Arguments& arguments)
{
    const Node& macro = *callable.macro;
    if (arguments.positional.size() > macro.words.size())
        return m_runtime.error("the macro '" + macro.text + "' is given too many values");
    if (m_runtime.depth >= m_runtime.limits.depth)
        return m_runtime.tooLong("its macros or expressions nest too deeply");
    Scope* outer = m_scope;
    const std::size_t outerLoops = m_loopDepth;
    m_scope = pushScope(callable.scope);
    m_loopDepth = 0;
    ++m_runtime.depth;
    Status bound;
    for (std::size_t i = 0; i < macro.words.size() && bound; ++i) {
        ValueResult value = arguments.get(i, macro.words[i]);
        if (value->is(Kind::Undefined) && macro.children[i] != nullptr)
            value = evaluate(*macro.children[i]);
        if (value)
            assign(*m_scope, macro.words[i], *value);
        else
            bound = failed(value);
    }
    if (const Value caller = arguments.get(macro.words.size(), "caller"); caller.is(Kind::Callable))
        assign(*m_scope, "caller", caller);
    Text text;
    const FlowResult flow = bound ? runBody(macro.bodies[0], text) : FlowResult(failed(bound));
    --m_runtime.depth;
    m_loopDepth = outerLoops;
    m_scope = outer;
    return flow ? ValueResult(m_runtime.text(std::move(text))) : failed(flow);
}

// {% call(x) macro(...) %}: the macro sees the block as caller().
Status Interpreter::runCallBlock(const Node& node, Text& out)
{
    const Node& expression = *node.children[0];
    const Node& link = *expression.children.back();
    ValueResult callee = evaluate(*expression.children[0]);
    for (std::size_t i = 1; callee && i + 1 < expression.children.size(); ++i)
        callee = applyLink(*callee, *expression.children[i]);
    auto arguments = callee ? argumentsOf(link) : failed(callee);
    if (!arguments)
        return failed(arguments);
    arguments->named.emplace_back("caller", makeMacro(*node.children[1]));
    const auto value = callWith(*callee, *arguments);
    if (!value)
        return failed(value);
    out.append(toText(*value));
    return {};
}

} // namespace lectern::jinja
