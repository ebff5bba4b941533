#include "engine/format/json_events.h"

#include <exception>

namespace lectern {

namespace {

constexpr std::size_t kMaxTokenBytes = 1 << 24;

// The parser copies each token (and the spaces before it) several times over: a single one of 100 MB would
// cost most of a gigabyte. Quotes end tokens, so far apart quotes are enough to know.
bool holdsHugeToken(std::string_view text)
{
    std::size_t start = 0;
    while (text.size() - start > kMaxTokenBytes) {
        const std::size_t quote = text.rfind('"', start + kMaxTokenBytes);
        if (quote == std::string_view::npos || quote < start)
            return true;
        start = quote + 1;
    }
    return false;
}

} // namespace

bool JsonEvents::refuse(std::string why)
{
    if (m_error.empty())
        m_error = std::move(why);
    return false;
}

bool JsonEvents::parse_error(std::size_t position, const std::string&, const nlohmann::json::exception&)
{
    return refuse("its JSON is broken at byte " + std::to_string(position));
}

Status readJson(std::string_view text, JsonEvents& events, const std::string& complaint,
                const std::string& hint)
{
    // The parser takes a zero byte for the end of the text, and would not look at what follows.
    if (const auto zero = text.find('\0'); zero != std::string_view::npos)
        return fail(ErrorCode::BadInput,
                    complaint + ": its JSON is broken at byte " + std::to_string(zero + 1) + ".", hint);
    if (holdsHugeToken(text))
        return fail(ErrorCode::BadInput, complaint + ": a text or gap in its JSON is too long.", hint);
    try {
        if (nlohmann::json::sax_parse(text.begin(), text.end(), &events))
            return {};
    } catch (const std::exception& problem) {
        return fail(ErrorCode::BadInput, complaint + ": " + problem.what() + ".", hint);
    }
    return fail(ErrorCode::BadInput, complaint + ": " + events.error() + ".", hint);
}

} // namespace lectern
