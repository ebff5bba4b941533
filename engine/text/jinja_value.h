// The values a chat template computes with. Values are small and copied freely; texts, lists and dictionaries
// live in the Arena of one rendering, which frees them together: templates can neither leak by cycles nor
// overflow the stack by nesting.
#pragma once

#include "engine/text/jinja_ast.h"
#include "engine/text/jinja_text.h"

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lectern::jinja {

struct List;
struct Dict;
struct Callable;
struct Loop;

enum class Kind { Undefined, None, Bool, Integer, Real, Text, List, Dict, Callable, Loop };

struct Value {
    Kind kind = Kind::Undefined;
    union {
        bool boolean;
        std::int64_t integer = 0;
        double real;
        const Text* text;
        List* list;
        Dict* dict;
        const Callable* callable;
        Loop* loop;
    };

    Value() = default;
    static Value none() { return make(Kind::None); }
    static Value of(bool v);
    static Value of(std::int64_t v);
    static Value of(double v);
    static Value of(const Text* v);
    static Value of(List* v);
    static Value of(Dict* v);
    static Value of(const Callable* v);
    static Value of(Loop* v);

    bool is(Kind k) const { return kind == k; }
    bool isNumber() const { return kind == Kind::Integer || kind == Kind::Real || kind == Kind::Bool; }
    bool isWhole() const { return kind == Kind::Integer || kind == Kind::Bool; }
    std::int64_t whole() const { return kind == Kind::Bool ? (boolean ? 1 : 0) : integer; }
    double number() const { return kind == Kind::Real ? real : static_cast<double>(whole()); }

private:
    static Value make(Kind kind)
    {
        Value out;
        out.kind = kind;
        return out;
    }
};

struct List {
    std::vector<Value> items;
    bool tuple = false;
};

struct Dict {
    std::vector<std::pair<Value, Value>> entries; // in the order they were added
    bool isNamespace = false;

    const Value* find(std::string_view key) const; // text keys only
    void set(Value key, Value value);
};

struct Scope {
    std::vector<std::pair<std::string_view, Value>> names;
    Scope* parent = nullptr;
};

struct Callable {
    enum class Kind { Macro, Function, Method };
    Kind kind = Kind::Function;
    std::string_view name; // of the function or method; lives as long as the program or the tables
    Value self;            // Method: the object
    const Node* macro = nullptr;
    Scope* scope = nullptr; // Macro: where it was defined
};

struct Loop {
    const std::vector<Value>* items = nullptr;
    std::size_t index = 0;
    Value lastChanged;
    bool changedBefore = false;
};

struct Arena {
    std::deque<Text> texts;
    std::deque<List> lists;
    std::deque<Dict> dicts;
    std::deque<Callable> callables;
    std::deque<Loop> loops;
    std::deque<Scope> scopes;
};

// All of these stop at kDeepestNesting levels of nesting and treat what lies deeper as empty.
bool truth(const Value& value);
bool equal(const Value& a, const Value& b, int depth = 0);
// -1, 0 or 1; 2 if the two can not be ordered.
int compare(const Value& a, const Value& b, int depth = 0);

// As Python's str(): None, True, 1.0, ['a', 1]. Undefined gives nothing. Texts keep their origins.
Text toText(const Value& value);
std::string realText(double value);
// kFromTemplate only if every text inside is template text.
std::int32_t derivedSource(const Value& value, int depth = 0);

struct JsonStyle {
    int indent = -1; // -1: all on one line
    std::string itemSeparator = ", ";
    std::string keySeparator = ": ";
    bool asciiOnly = false;
    bool sortKeys = false;
};
// False if the value holds something JSON can not (undefined, a macro).
bool toJson(const Value& value, const JsonStyle& style, std::string& out, int depth = 0);

const char* kindName(const Value& value);

} // namespace lectern::jinja
