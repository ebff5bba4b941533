// Literals, names, parentheses, lists and dictionaries.
#include "engine/text/jinja_parser.h"

#include <charconv>

namespace lectern::jinja {

NodeResult ExpressionParser::primary()
{
    const Token token = m_state.ahead();
    if (token.kind == TokenKind::Name)
        return literalName();
    if (token.kind == TokenKind::Operator)
        return bracketed();
    if (token.kind == TokenKind::String) {
        Node& node = m_state.make(NodeKind::String);
        for (; m_state.ahead().kind == TokenKind::String; m_state.skip())
            node.text += m_state.ahead().text; // neighbours are one text
        return &node;
    }
    const char* begin = token.text.data();
    const char* end = begin + token.text.size();
    if (token.kind == TokenKind::Integer) {
        Node& node = m_state.make(NodeKind::Integer);
        if (std::from_chars(begin, end, node.integer).ec != std::errc())
            return m_state.unexpected("a smaller number");
        m_state.skip();
        return &node;
    }
    if (token.kind == TokenKind::Real) {
        Node& node = m_state.make(NodeKind::Real);
        if (std::from_chars(begin, end, node.real).ec != std::errc())
            return m_state.unexpected("a smaller number");
        m_state.skip();
        return &node;
    }
    return m_state.unexpected("a value");
}

NodeResult ExpressionParser::literalName()
{
    const std::string& name = m_state.ahead().text;
    const bool isTrue = name == "true" || name == "True";
    const bool isFalse = name == "false" || name == "False";
    const bool isNone = name == "none" || name == "None";
    Node& node =
        m_state.make(isNone ? NodeKind::None : (isTrue || isFalse ? NodeKind::Bool : NodeKind::Name));
    node.flag = isTrue;
    node.text = name;
    m_state.skip();
    return &node;
}

NodeResult ExpressionParser::bracketed()
{
    if (m_state.isOperator("{"))
        return dictionary();
    if (m_state.takeOperator("[")) {
        Node& node = m_state.make(NodeKind::List);
        const Status done = elements(node, "]");
        return done ? NodeResult(&node) : failed(done);
    }
    if (!m_state.takeOperator("("))
        return m_state.unexpected("a value");
    if (m_state.takeOperator(")"))
        return &m_state.make(NodeKind::Tuple);
    NodeResult inner = tuple();
    if (!inner)
        return inner;
    const Status close = m_state.expectOperator(")");
    return close ? inner : failed(close);
}

Status ExpressionParser::elements(Node& into, std::string_view close)
{
    while (!m_state.takeOperator(close)) {
        NodeResult element = expression();
        if (!element)
            return failed(element);
        into.children.push_back(*element);
        if (!m_state.isOperator(close))
            if (const Status comma = m_state.expectOperator(","); !comma)
                return comma;
    }
    return {};
}

NodeResult ExpressionParser::dictionary()
{
    Node& node = m_state.make(NodeKind::Dict);
    m_state.skip();
    while (!m_state.takeOperator("}")) {
        NodeResult key = expression();
        if (!key)
            return key;
        if (const Status colon = m_state.expectOperator(":"); !colon)
            return failed(colon);
        NodeResult value = expression();
        if (!value)
            return value;
        node.children.push_back(*key);
        node.children.push_back(*value);
        if (!m_state.isOperator("}"))
            if (const Status comma = m_state.expectOperator(","); !comma)
                return failed(comma);
    }
    return &node;
}

} // namespace lectern::jinja
