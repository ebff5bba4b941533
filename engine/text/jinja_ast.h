// A parsed chat template. Nodes are owned by the Program in one flat list, so that taking it down needs no
// recursion. Chains (a + b + c, x.y.z|f, elif ...) are lists, not deep trees: depth counts nesting only.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace lectern::jinja {

constexpr int kDeepestNesting = 128;

enum class NodeKind {
    // Expressions. children, unless said otherwise, are the operands in order.
    None,
    Bool,
    Integer,
    Real,
    String, // literals
    Name,
    List,
    Tuple,
    Dict, // keys and values in turn
    Not,
    Negate,
    And,
    Or,
    Concat,
    Arithmetic,  // operands, and between them the operators in `words`: + - * / // % **
    Compare,     // the same with == != < <= > >= in "not in"
    Conditional, // value, condition, other value (may be absent)
    Postfix,     // a base, then links:
    Attribute,   // .text
    Subscript,   // [child]
    Slice,       // [from:to:step], each may be null
    Call,        // (children), the last words.size() of them named by `words`
    Filter,      // |text(children)
    Test,        // is text(children); flag: is not

    // Statements.
    Data,        // text as it stands
    Output,      // {{ child }}
    If,          // conditions in children; bodies, one more where there is an else
    For,         // words: targets; children: iterable, filter or null; bodies: loop, else
    Set,         // words: targets, or text.words[0] where flag says attribute; child: value
    SetBlock,    // words[0]; children: filters (links) to apply; bodies[0]
    FilterBlock, // children: filters; bodies[0]
    Macro,       // text: name; words: parameters; children: default or null for each; bodies[0]
    CallBlock,   // child: the call; words, children[1..]: the caller's parameters; bodies[0]
    With,        // words: names; children: values; bodies[0]
    Group,       // bodies[0], nothing else ({% generation %})
    Break,
    Continue,
};

struct Node {
    NodeKind kind = NodeKind::None;
    int line = 0;
    bool flag = false;
    std::int64_t integer = 0;
    double real = 0;
    std::string text;
    std::vector<std::string> words;
    std::vector<const Node*> children;
    std::vector<std::vector<const Node*>> bodies;
};

using Body = std::vector<const Node*>;

struct Program {
    std::vector<std::unique_ptr<Node>> nodes;
    Body body;
    std::size_t sourceBytes = 0;
};

} // namespace lectern::jinja
