// Text that remembers where each byte came from. Template text may become control tokens, input never can;
// and a token must be traceable to its place in a message. So the origin goes along through every string
// operation.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace lectern::jinja {

// >= 0: index of the message whose content this is.
constexpr std::int32_t kFromTemplate = -2;
constexpr std::int32_t kFromInput = -1; // input without a place in a message

struct Run {
    std::uint64_t begin = 0; // in the text it is part of
    std::uint64_t bytes = 0;
    std::int32_t source = kFromTemplate;
    std::uint64_t offset = 0; // of the first byte, in the content it came from (sources >= 0)
};

class Text {
public:
    Text() = default;
    Text(std::string bytes, std::int32_t source);

    const std::string& bytes() const { return m_bytes; }
    const std::vector<Run>& runs() const { return m_runs; }
    std::size_t size() const { return m_bytes.size(); }
    bool empty() const { return m_bytes.empty(); }

    void append(const Text& text) { appendSlice(text, 0, text.size()); }
    void append(std::string_view bytes, std::int32_t source, std::uint64_t offset = 0);
    void appendSlice(const Text& text, std::size_t begin, std::size_t bytes);
    Text slice(std::size_t begin, std::size_t bytes) const;

    // The source for something computed from this text: kFromTemplate if all of it is, else kFromInput.
    std::int32_t derivedSource() const;

    // Each character replaced by what `map` makes of it; origins stay, offsets become those of the run's
    // beginning plus the bytes written since.
    Text mapCharacters(const std::function<std::string(std::string_view character, bool first)>& map) const;

private:
    std::string m_bytes;
    std::vector<Run>
        m_runs; // their bytes add up to m_bytes.size(); neighbours that continue each other are one
};

} // namespace lectern::jinja
