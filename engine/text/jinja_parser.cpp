#include "engine/text/jinja_parser.h"

#include <algorithm>
#include <array>
#include <initializer_list>

namespace lectern::jinja {

bool ParseState::take(TokenKind kind, std::string_view text)
{
    if (ahead().kind != kind || (!text.empty() && ahead().text != text))
        return false;
    skip();
    return true;
}

tl::unexpected<Error> ParseState::unexpected(const std::string& wanted) const
{
    const std::string& text = ahead().text;
    std::string found = ahead().kind == TokenKind::End ? "the end" : "the end of a tag";
    if (!text.empty())
        found = std::string("'").append(text, 0, 40).append("'");
    return fail(ErrorCode::BadInput, atLine(ahead().line) + wanted + " was expected, not " + found + ".",
                "The model's chat template is faulty; choose another.");
}

Status ParseState::expectOperator(std::string_view text)
{
    if (takeOperator(text))
        return {};
    return unexpected(std::string("'").append(text).append("'"));
}

Result<std::string> ParseState::expectName()
{
    if (ahead().kind != TokenKind::Name)
        return unexpected("a name");
    std::string name = ahead().text;
    skip();
    return name;
}

Node& ParseState::make(NodeKind kind)
{
    m_program.nodes.push_back(std::make_unique<Node>());
    Node& node = *m_program.nodes.back();
    node.kind = kind;
    node.line = ahead().line;
    return node;
}

Status ParseState::Level::check() const
{
    if (m_state.m_depth <= kDeepestNesting)
        return {};
    return fail(ErrorCode::TooLong,
                atLine(m_state.ahead().line) + "it is nested deeper than " + std::to_string(kDeepestNesting) +
                    " levels.",
                "Choose another chat template.");
}

namespace {

class StatementParser {
public:
    explicit StatementParser(ParseState& state) : m_state(state), m_expressions(state) {}

    // Statements up to a block tag whose name is among `ends` (left ahead, after its {%), or to the end if
    // none given.
    Result<Body> body(std::initializer_list<std::string_view> ends);

private:
    using Statement = NodeResult (StatementParser::*)();
    struct StatementRow {
        std::string_view name;
        Statement parse;
    };
    static const std::array<StatementRow, 10> kStatements;

    NodeResult statement();
    NodeResult output();
    NodeResult ifStatement();
    NodeResult forStatement();
    NodeResult setStatement();
    NodeResult macroStatement();
    NodeResult callStatement();
    NodeResult filterStatement();
    NodeResult withStatement();
    NodeResult generationStatement();
    NodeResult breakStatement() { return plainStatement(NodeKind::Break); }
    NodeResult continueStatement() { return plainStatement(NodeKind::Continue); }
    NodeResult plainStatement(NodeKind kind);
    Status targets(Node& into);
    Status bodyUntil(Node& into, std::string_view end);
    Status closeTag();

    ParseState& m_state;
    ExpressionParser m_expressions;
};

const std::array<StatementParser::StatementRow, 10> StatementParser::kStatements = {{
    {"if", &StatementParser::ifStatement},
    {"for", &StatementParser::forStatement},
    {"set", &StatementParser::setStatement},
    {"macro", &StatementParser::macroStatement},
    {"call", &StatementParser::callStatement},
    {"filter", &StatementParser::filterStatement},
    {"with", &StatementParser::withStatement},
    {"generation", &StatementParser::generationStatement},
    {"break", &StatementParser::breakStatement},
    {"continue", &StatementParser::continueStatement},
}};

Result<Body> StatementParser::body(std::initializer_list<std::string_view> ends)
{
    const ParseState::Level level(m_state);
    if (const Status fits = level.check(); !fits)
        return failed(fits);
    Body out;
    while (true) {
        const Token& token = m_state.ahead();
        if (token.kind == TokenKind::End) {
            if (ends.size() == 0)
                return out;
            return m_state.unexpected("'{% " + std::string(*(ends.end() - 1)) + " %}'");
        }
        NodeResult next = nullptr;
        if (token.kind == TokenKind::Data) {
            Node& node = m_state.make(NodeKind::Data);
            node.text = token.text;
            m_state.skip();
            next = &node;
        } else if (token.kind == TokenKind::OutputBegin) {
            next = output();
        } else {
            m_state.skip(); // {%
            if (std::find(ends.begin(), ends.end(), m_state.ahead().text) != ends.end())
                return out;
            next = statement();
        }
        if (!next)
            return failed(next);
        out.push_back(*next);
    }
}

NodeResult StatementParser::statement()
{
    const Token token = m_state.ahead();
    for (const StatementRow& row : kStatements)
        if (token.kind == TokenKind::Name && row.name == token.text)
            return (this->*row.parse)();
    if (token.text.starts_with("end") || token.text.starts_with("el"))
        return m_state.unexpected("a statement");
    return fail(ErrorCode::Unsupported,
                atLine(token.line) + "it uses the statement '" + token.text +
                    "', which Lectern does not have.",
                "Choose another chat template.");
}

Status StatementParser::closeTag()
{
    if (m_state.take(TokenKind::BlockEnd))
        return {};
    return m_state.unexpected("'%}'");
}

Status StatementParser::bodyUntil(Node& into, std::string_view end)
{
    if (const Status closed = closeTag(); !closed)
        return closed;
    auto inner = body({end});
    if (!inner)
        return failed(inner);
    into.bodies.push_back(std::move(*inner));
    m_state.skip(); // the end's name
    if (m_state.ahead().kind == TokenKind::Name)
        m_state.skip(); // {% endmacro name %}
    return closeTag();
}

NodeResult StatementParser::output()
{
    Node& node = m_state.make(NodeKind::Output);
    m_state.skip();
    NodeResult value = m_expressions.tuple();
    if (!value)
        return value;
    node.children.push_back(*value);
    if (!m_state.take(TokenKind::OutputEnd))
        return m_state.unexpected("'}}'");
    return &node;
}

NodeResult StatementParser::ifStatement()
{
    Node& node = m_state.make(NodeKind::If);
    while (m_state.takeName("if") || m_state.takeName("elif")) {
        NodeResult condition = m_expressions.tuple();
        if (!condition)
            return condition;
        node.children.push_back(*condition);
        if (const Status closed = closeTag(); !closed)
            return failed(closed);
        auto inner = body({"elif", "else", "endif"});
        if (!inner)
            return failed(inner);
        node.bodies.push_back(std::move(*inner));
    }
    if (m_state.takeName("else")) {
        const Status rest = bodyUntil(node, "endif");
        return rest ? NodeResult(&node) : failed(rest);
    }
    m_state.skip(); // endif
    const Status closed = closeTag();
    return closed ? NodeResult(&node) : failed(closed);
}

Status StatementParser::targets(Node& into)
{
    const bool parenthesis = m_state.takeOperator("(");
    do {
        auto name = m_state.expectName();
        if (!name)
            return failed(name);
        into.words.push_back(std::move(*name));
    } while (m_state.takeOperator(","));
    return parenthesis ? m_state.expectOperator(")") : Status();
}

NodeResult StatementParser::forStatement()
{
    Node& node = m_state.make(NodeKind::For);
    m_state.skip();
    if (const Status named = targets(node); !named)
        return failed(named);
    if (!m_state.takeName("in"))
        return m_state.unexpected("'in'");
    NodeResult iterable = m_expressions.tuple(ExpressionParser::Conditional::NotHere);
    if (!iterable)
        return iterable;
    node.children = {*iterable, nullptr};
    if (m_state.takeName("if")) {
        NodeResult condition = m_expressions.expression();
        if (!condition)
            return condition;
        node.children[1] = *condition;
    }
    if (m_state.isName("recursive"))
        return fail(ErrorCode::Unsupported,
                    atLine(node.line) + "it uses a recursive loop, which Lectern does not have.",
                    "Choose another chat template.");
    if (const Status closed = closeTag(); !closed)
        return failed(closed);
    auto loop = body({"else", "endfor"});
    if (!loop)
        return failed(loop);
    node.bodies.push_back(std::move(*loop));
    if (m_state.takeName("else")) {
        const Status rest = bodyUntil(node, "endfor");
        return rest ? NodeResult(&node) : failed(rest);
    }
    m_state.skip(); // endfor
    const Status closed = closeTag();
    return closed ? NodeResult(&node) : failed(closed);
}

NodeResult StatementParser::setStatement()
{
    Node& node = m_state.make(NodeKind::Set);
    m_state.skip();
    if (const Status named = targets(node); !named)
        return failed(named);
    if (m_state.takeOperator(".")) {
        auto attribute = m_state.expectName();
        if (!attribute)
            return failed(attribute);
        node.flag = true;
        node.text = std::move(node.words[0]);
        node.words[0] = std::move(*attribute);
    }
    if (m_state.takeOperator("=")) {
        NodeResult value = m_expressions.tuple();
        if (!value)
            return value;
        node.children.push_back(*value);
        const Status closed = closeTag();
        return closed ? NodeResult(&node) : failed(closed);
    }
    node.kind = NodeKind::SetBlock;
    if (m_state.takeOperator("|")) {
        auto filters = m_expressions.filters();
        if (!filters)
            return failed(filters);
        node.children = std::move(*filters);
    }
    const Status rest = bodyUntil(node, "endset");
    return rest ? NodeResult(&node) : failed(rest);
}

NodeResult StatementParser::macroStatement()
{
    Node& node = m_state.make(NodeKind::Macro);
    m_state.skip();
    auto name = m_state.expectName();
    if (!name)
        return failed(name);
    node.text = std::move(*name);
    Status done = m_expressions.parameters(node);
    if (done)
        done = bodyUntil(node, "endmacro");
    return done ? NodeResult(&node) : failed(done);
}

NodeResult StatementParser::callStatement()
{
    Node& node = m_state.make(NodeKind::CallBlock);
    m_state.skip();
    Node& parameters = m_state.make(NodeKind::Macro);
    if (m_state.isOperator("("))
        if (const Status done = m_expressions.parameters(parameters); !done)
            return failed(done);
    NodeResult call = m_expressions.expression();
    if (!call)
        return call;
    const bool isCall =
        (*call)->kind == NodeKind::Postfix && (*call)->children.back()->kind == NodeKind::Call;
    if (!isCall)
        return m_state.unexpected("a call");
    const Status rest = bodyUntil(parameters, "endcall");
    node.children = {*call, &parameters};
    return rest ? NodeResult(&node) : failed(rest);
}

NodeResult StatementParser::filterStatement()
{
    Node& node = m_state.make(NodeKind::FilterBlock);
    m_state.skip();
    auto filters = m_expressions.filters();
    if (!filters)
        return failed(filters);
    node.children = std::move(*filters);
    const Status rest = bodyUntil(node, "endfilter");
    return rest ? NodeResult(&node) : failed(rest);
}

NodeResult StatementParser::withStatement()
{
    Node& node = m_state.make(NodeKind::With);
    m_state.skip();
    while (m_state.ahead().kind == TokenKind::Name) {
        node.words.push_back(m_state.ahead().text);
        m_state.skip();
        if (const Status equals = m_state.expectOperator("="); !equals)
            return failed(equals);
        NodeResult value = m_expressions.expression();
        if (!value)
            return value;
        node.children.push_back(*value);
        m_state.takeOperator(",");
    }
    const Status rest = bodyUntil(node, "endwith");
    return rest ? NodeResult(&node) : failed(rest);
}

NodeResult StatementParser::generationStatement()
{
    Node& node = m_state.make(NodeKind::Group);
    m_state.skip();
    const Status rest = bodyUntil(node, "endgeneration");
    return rest ? NodeResult(&node) : failed(rest);
}

NodeResult StatementParser::plainStatement(NodeKind kind)
{
    Node& node = m_state.make(kind);
    m_state.skip();
    const Status closed = closeTag();
    return closed ? NodeResult(&node) : failed(closed);
}

} // namespace

Result<std::shared_ptr<const Program>> parse(std::string_view source)
{
    auto tokens = tokenize(source);
    if (!tokens)
        return failed(tokens);
    auto program = std::make_shared<Program>();
    program->sourceBytes = source.size();
    ParseState state(std::move(*tokens), *program);
    auto body = StatementParser(state).body({});
    if (!body)
        return failed(body);
    program->body = std::move(*body);
    return std::shared_ptr<const Program>(std::move(program));
}

} // namespace lectern::jinja
