// Recognises the pre-tokenizer of a tokenizer.json by its regular expressions: those of
// pre_tokenizer_patterns.h, which are written in another dialect here and there.
#include "engine/text/hf_tokenizer.h"

#include "engine/text/pre_tokenizer_patterns.h"
#include "engine/text/utf8.h"

#include <cstdio>

namespace lectern {

using nlohmann::json;

namespace {

constexpr std::string_view kDigit = R"(\p{N})";
constexpr std::string_view kDigits = R"(\p{N}+)";

// One spelling for both dialects: characters outside ASCII and line ends as escapes.
std::string spelled(std::string_view pattern)
{
    std::string out;
    for (std::size_t at = 0; at < pattern.size();) {
        const utf8::Character character = utf8::decode(pattern.substr(at));
        const char first = pattern[at];
        at += character.bytes;
        char escape[16];
        std::snprintf(escape, sizeof escape, "\\x{%X}", unsigned(character.codePoint));
        if (character.codePoint >= 0x80)
            out += escape;
        else
            out += first == '\r' ? std::string("\\r") : first == '\n' ? std::string("\\n") : std::string(1, first);
    }
    // Ours keeps a run of blanks from being scanned again at each of its characters.
    if (out == R"((?<!\s)\s+$)")
        out = R"(\s+$)";
    return out;
}

std::string textAt(const json& object, const char* key)
{
    const auto value = object.find(key);
    return value != object.end() && value->is_string() ? value->get<std::string>() : std::string();
}

bool flagAt(const json& object, const char* key, bool fallback)
{
    const auto value = object.find(key);
    return value != object.end() && value->is_boolean() ? value->get<bool>() : fallback;
}

// The expressions in the order they cut; false where a part is unknown.
bool collect(const json& object, std::vector<std::string>& patterns)
{
    if (!object.is_object())
        return false;
    const std::string type = textAt(object, "type");
    if (type == "Sequence") {
        const auto parts = object.find("pretokenizers");
        if (parts == object.end() || !parts->is_array())
            return false;
        for (const json& part : *parts)
            if (!collect(part, patterns))
                return false;
        return true;
    }
    if (type == "Digits") {
        patterns.push_back(std::string(flagAt(object, "individual_digits", false) ? kDigit : kDigits));
        return true;
    }
    if (type == "ByteLevel") {
        if (flagAt(object, "use_regex", true))
            patterns.push_back(spelled(findPreTokenizer("gpt-2")->patterns[0]));
        return !flagAt(object, "add_prefix_space", false);
    }
    const auto pattern = object.find("pattern");
    const std::string behaviour = textAt(object, "behavior");
    const bool parts = behaviour == "Isolated" || (behaviour == "Removed" && flagAt(object, "invert", false));
    if (type != "Split" || !parts || pattern == object.end() || !pattern->is_object())
        return false;
    patterns.push_back(spelled(textAt(*pattern, "Regex")));
    return !patterns.back().empty();
}

} // namespace

const PreTokenizerRow* findHfPreTokenizer(const json& object, bool ignoreMerges)
{
    std::vector<std::string> wanted;
    if (!collect(object, wanted))
        return nullptr;
    const PreTokenizerRow* found = nullptr;
    for (const PreTokenizerRow& row : preTokenizers()) {
        bool same = row.patterns.size() == wanted.size();
        for (std::size_t i = 0; same && i < wanted.size(); ++i)
            same = spelled(row.patterns[i]) == wanted[i];
        if (same && (!found || (found->ignoreMerges != ignoreMerges && row.ignoreMerges == ignoreMerges)))
            found = &row;
    }
    return found;
}

} // namespace lectern
