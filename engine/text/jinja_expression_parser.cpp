#include "engine/text/jinja_parser.h"

#include <algorithm>
#include <array>

namespace lectern::jinja {

namespace {

struct BinaryRow {
    std::string_view text;
    TokenKind token;
    int level; // binds tighter the higher
    NodeKind kind;
};

constexpr int kNotLevel = 3;
constexpr int kCompareLevel = 4;

constexpr std::array<BinaryRow, 17> kBinary = {{
    {"or", TokenKind::Name, 1, NodeKind::Or},
    {"and", TokenKind::Name, 2, NodeKind::And},
    {"==", TokenKind::Operator, kCompareLevel, NodeKind::Compare},
    {"!=", TokenKind::Operator, kCompareLevel, NodeKind::Compare},
    {"<=", TokenKind::Operator, kCompareLevel, NodeKind::Compare},
    {">=", TokenKind::Operator, kCompareLevel, NodeKind::Compare},
    {"<", TokenKind::Operator, kCompareLevel, NodeKind::Compare},
    {">", TokenKind::Operator, kCompareLevel, NodeKind::Compare},
    {"in", TokenKind::Name, kCompareLevel, NodeKind::Compare},
    {"+", TokenKind::Operator, 5, NodeKind::Arithmetic},
    {"-", TokenKind::Operator, 5, NodeKind::Arithmetic},
    {"~", TokenKind::Operator, 6, NodeKind::Concat},
    {"*", TokenKind::Operator, 7, NodeKind::Arithmetic},
    {"/", TokenKind::Operator, 7, NodeKind::Arithmetic},
    {"//", TokenKind::Operator, 7, NodeKind::Arithmetic},
    {"%", TokenKind::Operator, 7, NodeKind::Arithmetic},
    {"**", TokenKind::Operator, 8, NodeKind::Arithmetic},
}};

const BinaryRow* binaryAhead(const ParseState& state)
{
    for (const BinaryRow& row : kBinary)
        if (state.ahead().kind == row.token && state.ahead().text == row.text)
            return &row;
    static constexpr BinaryRow kNotIn{"not in", TokenKind::Name, kCompareLevel, NodeKind::Compare};
    const Token& next = state.ahead(1);
    return state.isName("not") && next.kind == TokenKind::Name && next.text == "in" ? &kNotIn : nullptr;
}

} // namespace

NodeResult ExpressionParser::expression(Conditional conditional)
{
    const ParseState::Level level(m_state);
    if (const Status fits = level.check(); !fits)
        return failed(fits);
    NodeResult value = binary(0);
    while (value && conditional == Conditional::Allowed && m_state.takeName("if")) {
        Node& node = m_state.make(NodeKind::Conditional);
        NodeResult condition = binary(0);
        if (!condition)
            return condition;
        node.children = {*value, *condition};
        if (m_state.takeName("else")) {
            NodeResult other = expression();
            if (!other)
                return other;
            node.children.push_back(*other);
        }
        value = &node;
    }
    return value;
}

NodeResult ExpressionParser::tuple(Conditional conditional)
{
    NodeResult first = expression(conditional);
    if (!first || !m_state.isOperator(","))
        return first;
    Node& node = m_state.make(NodeKind::Tuple);
    node.children.push_back(*first);
    while (m_state.takeOperator(",")) {
        if (m_state.ahead().kind == TokenKind::BlockEnd || m_state.ahead().kind == TokenKind::OutputEnd ||
            m_state.isOperator(")") || m_state.isOperator("="))
            break;
        NodeResult next = expression(conditional);
        if (!next)
            return next;
        node.children.push_back(*next);
    }
    return &node;
}

NodeResult ExpressionParser::binary(int lowest)
{
    NodeResult left = unary(lowest);
    Node* chain = nullptr; // the chain `left` is, if this loop made it
    int chainLevel = 0;
    while (left) {
        const BinaryRow* row = binaryAhead(m_state);
        if (row == nullptr || row->level < lowest)
            break;
        if (chain == nullptr || chainLevel != row->level) {
            chain = &m_state.make(row->kind);
            chain->children.push_back(*left);
            chainLevel = row->level;
        }
        m_state.skip();
        if (row->text == "not in")
            m_state.skip();
        NodeResult right = binary(row->level + 1);
        if (!right)
            return right;
        chain->words.emplace_back(row->text);
        chain->children.push_back(*right);
        left = chain;
    }
    return left;
}

NodeResult ExpressionParser::unary(int lowest)
{
    const bool isNot = lowest <= kNotLevel && m_state.isName("not");
    if (!isNot && !m_state.isOperator("-") && !m_state.isOperator("+")) {
        NodeResult base = primary();
        return base ? postfix(*base, true) : base;
    }
    const ParseState::Level level(m_state);
    if (const Status fits = level.check(); !fits)
        return failed(fits);
    const bool isPlus = m_state.isOperator("+");
    Node& node = m_state.make(isNot ? NodeKind::Not : NodeKind::Negate);
    node.flag = isPlus; // +x: checked to be a number, else unchanged
    m_state.skip();
    NodeResult operand = nullptr;
    if (isNot) {
        operand = m_state.isName("not") ? unary(kNotLevel) : binary(kCompareLevel);
    } else if (m_state.isOperator("-") || m_state.isOperator("+")) {
        operand = unary(kNotLevel + 1);
    } else {
        NodeResult base = primary();
        operand = base ? postfix(*base, false) : base; // filters apply to the negated value
    }
    if (!operand)
        return operand;
    node.children.push_back(*operand);
    return isNot ? NodeResult(&node) : postfix(&node, true);
}

NodeResult ExpressionParser::postfix(const Node* base, bool withFilters)
{
    Node* chain = nullptr;
    while (true) {
        const bool isLink = m_state.isOperator(".") || m_state.isOperator("[") || m_state.isOperator("(");
        const bool isFilter = withFilters && (m_state.isOperator("|") || m_state.isName("is"));
        if (!isLink && !isFilter)
            return chain != nullptr ? chain : base;
        if (chain == nullptr) {
            chain = &m_state.make(NodeKind::Postfix);
            chain->children.push_back(base);
        }
        NodeResult next = link();
        if (!next)
            return next;
        chain->children.push_back(*next);
    }
}

NodeResult ExpressionParser::link()
{
    if (m_state.takeOperator("|"))
        return filter();
    if (m_state.takeName("is"))
        return test();
    if (m_state.takeOperator("["))
        return subscript();
    if (m_state.isOperator("(")) {
        Node& node = m_state.make(NodeKind::Call);
        const Status done = arguments(node);
        return done ? NodeResult(&node) : failed(done);
    }
    Node& node = m_state.make(NodeKind::Attribute);
    m_state.skip(); // the dot
    if (m_state.ahead().kind == TokenKind::Integer) {
        node.kind = NodeKind::Subscript;
        NodeResult index = primary();
        if (!index)
            return index;
        node.children.push_back(*index);
        return &node;
    }
    auto name = m_state.expectName();
    if (!name)
        return failed(name);
    node.text = std::move(*name);
    return &node;
}

NodeResult ExpressionParser::subscript()
{
    Node& node = m_state.make(NodeKind::Subscript);
    std::array<const Node*, 3> parts{};
    std::size_t colons = 0;
    while (!m_state.isOperator("]")) {
        if (m_state.takeOperator(":")) {
            if (++colons > 2)
                return m_state.unexpected("']'");
            continue;
        }
        NodeResult part = tuple();
        if (!part)
            return part;
        parts[colons] = *part;
        if (!m_state.isOperator(":") && !m_state.isOperator("]"))
            return m_state.unexpected("']'");
    }
    m_state.skip();
    if (colons == 0 && parts[0] == nullptr)
        return m_state.unexpected("an index");
    node.kind = colons > 0 ? NodeKind::Slice : NodeKind::Subscript;
    node.children.assign(parts.begin(), parts.begin() + (colons > 0 ? 3 : 1));
    return &node;
}

NodeResult ExpressionParser::filter()
{
    Node& node = m_state.make(NodeKind::Filter);
    auto name = m_state.expectName();
    if (!name)
        return failed(name);
    node.text = std::move(*name);
    if (m_state.isOperator("("))
        if (const Status done = arguments(node); !done)
            return failed(done);
    return &node;
}

Result<std::vector<const Node*>> ExpressionParser::filters()
{
    std::vector<const Node*> out;
    do {
        NodeResult next = filter();
        if (!next)
            return failed(next);
        out.push_back(*next);
    } while (m_state.takeOperator("|"));
    return out;
}

NodeResult ExpressionParser::test()
{
    Node& node = m_state.make(NodeKind::Test);
    node.flag = m_state.takeName("not");
    auto name = m_state.expectName();
    if (!name)
        return failed(name);
    node.text = std::move(*name);
    const Token& next = m_state.ahead();
    const bool operand =
        next.kind == TokenKind::String || next.kind == TokenKind::Integer || next.kind == TokenKind::Real ||
        m_state.isOperator("[") || m_state.isOperator("{") ||
        (next.kind == TokenKind::Name && next.text != "else" && next.text != "or" && next.text != "and" &&
         next.text != "if" && next.text != "is" && next.text != "in" && next.text != "not");
    if (m_state.isOperator("(")) {
        if (const Status done = arguments(node); !done)
            return failed(done);
    } else if (operand) {
        NodeResult base = primary();
        NodeResult argument = base ? postfix(*base, false) : base;
        if (!argument)
            return argument;
        node.children.push_back(*argument);
    }
    return &node;
}

Status ExpressionParser::arguments(Node& into)
{
    m_state.skip(); // the parenthesis
    while (!m_state.takeOperator(")")) {
        const Token& next = m_state.ahead(1);
        const bool named =
            m_state.ahead().kind == TokenKind::Name && next.kind == TokenKind::Operator && next.text == "=";
        if (named) {
            into.words.push_back(m_state.ahead().text);
            m_state.skip();
            m_state.skip();
        } else if (!into.words.empty()) {
            return m_state.unexpected("a named argument");
        }
        NodeResult value = expression();
        if (!value)
            return failed(value);
        into.children.push_back(*value);
        if (!m_state.isOperator(")"))
            if (const Status comma = m_state.expectOperator(","); !comma)
                return comma;
    }
    return {};
}

Status ExpressionParser::parameters(Node& into)
{
    if (const Status open = m_state.expectOperator("("); !open)
        return open;
    while (!m_state.takeOperator(")")) {
        auto name = m_state.expectName();
        if (!name)
            return failed(name);
        into.words.push_back(std::move(*name));
        const Node* fallback = nullptr;
        if (m_state.takeOperator("=")) {
            NodeResult value = expression();
            if (!value)
                return failed(value);
            fallback = *value;
        }
        into.children.push_back(fallback);
        if (!m_state.isOperator(")"))
            if (const Status comma = m_state.expectOperator(","); !comma)
                return comma;
    }
    return {};
}

} // namespace lectern::jinja
