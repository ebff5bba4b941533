// Makes any stream of bytes that claims to be UTF-8 into text a model may read: invalid sequences become
// U+FFFD, NUL and other control characters are dropped, CR LF and CR become LF, and what a reader would not
// see is counted.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace lectern {

struct TextCounts {
    std::uint64_t replaced = 0;  // invalid sequences, each now one U+FFFD
    std::uint64_t dropped = 0;   // control characters taken out
    std::uint64_t hidden = 0;    // bidirectional overrides, zero-width and tag characters, all kept
    std::uint64_t multibyte = 0; // valid characters beyond ASCII
};

// State between chunks is at most three bytes. One thread.
class TextCleaner {
public:
    // Appends what is certain by now to `out`.
    void feed(std::string_view bytes, std::string& out);
    // The input is over: an unfinished sequence becomes U+FFFD.
    void finish(std::string& out);
    const TextCounts& counts() const { return m_counts; }

private:
    void feedControl(unsigned char byte, std::string& out);
    void feedMultibyte(unsigned char byte, std::string& out);
    void replacePending(std::string& out);

    std::array<unsigned char, 4> m_pending{};
    unsigned m_pendingSize = 0;
    unsigned m_pendingWant = 0;
    bool m_afterCr = false;
    TextCounts m_counts;
};

} // namespace lectern
