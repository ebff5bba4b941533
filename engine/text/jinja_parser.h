// Chat template tokens to a Program.
#pragma once

#include "engine/base/result.h"
#include "engine/text/jinja_ast.h"
#include "engine/text/jinja_lexer.h"

#include <memory>
#include <string_view>

namespace lectern::jinja {

// BadInput: not a template; Unsupported: a statement Lectern does not have ({% include %}, {% extends %}
// ...); TooLong: nested deeper than kDeepestNesting. Each names the line.
Result<std::shared_ptr<const Program>> parse(std::string_view source);

// The tokens ahead and the program being built: what both parsers below share.
class ParseState {
public:
    ParseState(std::vector<Token> tokens, Program& program) : m_tokens(std::move(tokens)), m_program(program)
    {
    }

    const Token& ahead(std::size_t distance = 0) const
    {
        return m_tokens[std::min(m_at + distance, m_tokens.size() - 1)];
    }
    void skip() { m_at += m_at + 1 < m_tokens.size() ? 1 : 0; }
    bool isOperator(std::string_view text) const { return is(TokenKind::Operator, text); }
    bool isName(std::string_view text) const { return is(TokenKind::Name, text); }
    bool takeOperator(std::string_view text) { return take(TokenKind::Operator, text); }
    bool takeName(std::string_view text) { return take(TokenKind::Name, text); }
    bool take(TokenKind kind, std::string_view text = {});
    Status expectOperator(std::string_view text);
    Result<std::string> expectName();
    tl::unexpected<Error> unexpected(const std::string& wanted) const;

    Node& make(NodeKind kind);

    // Counts one level of nesting for as long as it lives.
    class Level {
    public:
        explicit Level(ParseState& state) : m_state(state) { ++m_state.m_depth; }
        ~Level() { --m_state.m_depth; }
        Level(const Level&) = delete;
        Level& operator=(const Level&) = delete;
        Status check() const;

    private:
        ParseState& m_state;
    };

private:
    bool is(TokenKind kind, std::string_view text) const
    {
        return ahead().kind == kind && ahead().text == text;
    }

    std::vector<Token> m_tokens;
    std::size_t m_at = 0;
    int m_depth = 0;
    Program& m_program;
};

using NodeResult = Result<const Node*>;

// Expressions, by precedence climbing: or, and, not, comparisons, + -, ~, * / // %, **, unary -, postfix.
class ExpressionParser {
public:
    explicit ExpressionParser(ParseState& state) : m_state(state) {}

    enum class Conditional { Allowed, NotHere };
    NodeResult expression(Conditional conditional = Conditional::Allowed);
    // One expression, or several with commas between as a tuple.
    NodeResult tuple(Conditional conditional = Conditional::Allowed);
    // |filter|filter..., as a Postfix node without a base would have them; used by {% filter %} and {% set x
    // | f %}.
    Result<std::vector<const Node*>> filters();
    // (a, b=1): words and children, children null where there is no default.
    Status parameters(Node& into);

private:
    NodeResult binary(int lowest);
    NodeResult unary(int lowest);
    NodeResult postfix(const Node* base, bool withFilters);
    NodeResult primary();
    NodeResult literalName();
    NodeResult bracketed();
    NodeResult dictionary();
    NodeResult link();
    NodeResult subscript();
    NodeResult filter();
    NodeResult test();
    Status arguments(Node& into);
    Status elements(Node& into, std::string_view close);

    ParseState& m_state;
};

} // namespace lectern::jinja
