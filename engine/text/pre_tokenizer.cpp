#include "engine/text/pre_tokenizer.h"

#include "engine/text/utf8.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <algorithm>
#include <string>

namespace lectern {

namespace {

template <auto Free> struct Deleter {
    template <typename T> void operator()(T* object) const { Free(object); }
};
using Code = std::unique_ptr<pcre2_code, Deleter<pcre2_code_free>>;
using MatchData = std::unique_ptr<pcre2_match_data, Deleter<pcre2_match_data_free>>;
using MatchContext = std::unique_ptr<pcre2_match_context, Deleter<pcre2_match_context_free>>;
using JitStack = std::unique_ptr<pcre2_jit_stack, Deleter<pcre2_jit_stack_free>>;

constexpr std::size_t kJitStackStart = 32 * 1024;
constexpr std::size_t kJitStackMost = 4 * 1024 * 1024;
// A word of n characters is scanned by each alternative at most twice; the patterns have at most eight.
constexpr std::uint64_t kStepsPerByte = 64;
constexpr std::uint64_t kStepsAlways = 1'000'000;

std::string errorText(int code)
{
    PCRE2_UCHAR buffer[256] = {};
    pcre2_get_error_message(code, buffer, sizeof(buffer));
    return reinterpret_cast<const char*>(buffer);
}

} // namespace

struct PreTokenizer::Pattern {
    Code code;
};

struct PreTokenizer::Matching {
    MatchData data;
    MatchContext context;
    JitStack stack;
};

PreTokenizer::PreTokenizer() = default;
PreTokenizer::PreTokenizer(PreTokenizer&&) noexcept = default;
PreTokenizer& PreTokenizer::operator=(PreTokenizer&&) noexcept = default;
PreTokenizer::~PreTokenizer() = default;

Result<PreTokenizer> PreTokenizer::create(const PreTokenizerRow& row)
{
    PreTokenizer out;
    for (const std::string_view text : row.patterns) {
        int error = 0;
        PCRE2_SIZE at = 0;
        Code code(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(),
                                PCRE2_UTF | PCRE2_UCP | PCRE2_DOLLAR_ENDONLY | PCRE2_NO_AUTO_CAPTURE, &error,
                                &at, nullptr));
        if (!code)
            return fail(ErrorCode::Internal, "The pre-tokenizer '" + std::string(row.name) +
                                                 "' has a faulty pattern at " + std::to_string(at) + ": " +
                                                 errorText(error) + ".");
        // Without JIT (some hardened systems) the interpreter does the same, slower.
        pcre2_jit_compile(code.get(), PCRE2_JIT_COMPLETE);
        out.m_patterns.push_back(Pattern{std::move(code)});
    }
    return out;
}

Status PreTokenizer::cutOnce(const Pattern& pattern, std::string_view text, Matching& matching,
                             std::vector<std::uint64_t>& ends)
{
    const std::uint64_t base = ends.empty() ? 0 : ends.back();
    const PCRE2_SIZE* span = pcre2_get_ovector_pointer(matching.data.get());
    std::size_t at = 0;
    std::size_t done = 0;
    while (at < text.size()) {
        const int found =
            pcre2_match(pattern.code.get(), reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), at,
                        PCRE2_NO_UTF_CHECK, matching.data.get(), matching.context.get());
        if (found == PCRE2_ERROR_NOMATCH)
            break;
        if (found < 0)
            return fail(ErrorCode::Internal,
                        "The text could not be cut into words: " + errorText(found) + ".",
                        "Please report the document this happened with.");
        if (span[1] <= span[0]) { // an empty match cuts nothing; go on at the next character
            at = span[1] + utf8::decode(text.substr(std::min(span[1], text.size() - 1))).bytes;
            continue;
        }
        if (span[0] > done)
            ends.push_back(base + span[0]);
        ends.push_back(base + span[1]);
        at = done = span[1];
    }
    if (done < text.size())
        ends.push_back(base + text.size());
    return {};
}

Result<std::vector<std::uint64_t>> PreTokenizer::cut(std::string_view text) const
{
    Matching matching{MatchData(pcre2_match_data_create(1, nullptr)),
                      MatchContext(pcre2_match_context_create(nullptr)),
                      JitStack(pcre2_jit_stack_create(kJitStackStart, kJitStackMost, nullptr))};
    if (!matching.data || !matching.context)
        return fail(ErrorCode::OutOfMemory, "There is no memory left to cut the text into words.");
    if (matching.stack)
        pcre2_jit_stack_assign(matching.context.get(), nullptr, matching.stack.get());
    const std::uint64_t steps = kStepsAlways + kStepsPerByte * text.size();
    pcre2_set_match_limit(matching.context.get(),
                          static_cast<std::uint32_t>(std::min<std::uint64_t>(steps, 0xfffffff0u)));

    // Valid runs apart from stray bytes, so that PCRE2 may trust its input.
    std::vector<std::uint64_t> ends;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t valid = utf8::validPrefix(text.substr(at));
        at += valid > 0 ? valid : 1;
        ends.push_back(at);
    }
    for (const Pattern& pattern : m_patterns) {
        std::vector<std::uint64_t> finer;
        finer.reserve(ends.size());
        std::size_t begin = 0;
        for (const std::uint64_t end : ends) {
            const std::string_view word = text.substr(begin, end - begin);
            begin = end;
            if (utf8::decode(word).valid) {
                if (const Status cut = cutOnce(pattern, word, matching, finer); !cut)
                    return failed(cut);
            } else {
                finer.push_back(end);
            }
        }
        ends = std::move(finer);
    }
    return ends;
}

} // namespace lectern
