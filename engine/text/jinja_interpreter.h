// Runs a Program: statements write to an output, expressions give values. One per rendering, used by one
// thread.
#pragma once

#include "engine/text/jinja_runtime.h"

namespace lectern::jinja {

class Interpreter {
public:
    Interpreter(const Program& program, Runtime& runtime);

    // Names the template sees; `name` must outlive the rendering.
    void define(std::string_view name, Value value) { assign(*m_scope, name, value); }

    Result<Text> run();

private:
    enum class Flow { Normal, Break, Continue };
    using FlowResult = Result<Flow>;

    // Statements.
    FlowResult runBody(const Body& body, Text& out);
    FlowResult runStatement(const Node& node, Text& out);
    FlowResult runIf(const Node& node, Text& out);
    FlowResult runFor(const Node& node, Text& out);
    FlowResult runWith(const Node& node, Text& out);
    Result<std::vector<Value>> itemsOfLoop(const Node& node);
    Status bindTargets(const Node& node, const Value& value);
    Status runSet(const Node& node);
    Status runOutput(const Node& node, Text& out);
    Status runCallBlock(const Node& node, Text& out);
    // A body in a scope of its own, its output passed through filters.
    ValueResult capture(const Node& node);
    Value makeMacro(const Node& node);
    ValueResult callMacro(const Callable& macro, const Arguments& arguments);

    // Expressions.
    ValueResult evaluate(const Node& node);
    ValueResult evaluateNested(const Node& node);
    ValueResult evaluateList(const Node& node);
    ValueResult evaluateDict(const Node& node);
    ValueResult evaluateLogic(const Node& node);
    ValueResult evaluateConcat(const Node& node);
    ValueResult evaluateArithmetic(const Node& node);
    ValueResult evaluateCompare(const Node& node);
    ValueResult evaluateConditional(const Node& node);
    ValueResult evaluateNegate(const Node& node);
    ValueResult evaluatePostfix(const Node& node);
    ValueResult applyLink(const Value& value, const Node& link);
    ValueResult applySlice(const Value& value, const Node& link);
    ValueResult call(const Value& callee, const Node& link);
    ValueResult callWith(const Value& callee, const Arguments& arguments);
    Result<Arguments> argumentsOf(const Node& link);
    ValueResult lookUp(const Node& node);

    Scope* pushScope(Scope* parent);
    static void assign(Scope& scope, std::string_view name, Value value);

    const Program& m_program;
    Runtime& m_runtime;
    Scope* m_scope;
    std::size_t m_loopDepth = 0;
};

// a OP b for + - * / // % **.
ValueResult arithmetic(Runtime& runtime, std::string_view op, const Value& a, const Value& b);
// a OP b for == != < <= > >= in and "not in".
Result<bool> comparison(Runtime& runtime, std::string_view op, const Value& a, const Value& b);

} // namespace lectern::jinja
