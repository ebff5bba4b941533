#include "app/documents/charset_guess.h"

#include <algorithm>
#include <array>
#include <memory>
#include <uchardet/uchardet.h>
#include <vector>

namespace lectern {

namespace {

struct Mark {
    std::string_view bytes;
    const char* charset;
};

// UTF-32LE before UTF-16LE: its mark begins with the other's.
constexpr std::array<Mark, 5> kMarks = {{
    {std::string_view("\xEF\xBB\xBF", 3), "UTF-8"},
    {std::string_view("\xFF\xFE\0\0", 4), "UTF-32LE"},
    {std::string_view("\0\0\xFE\xFF", 4), "UTF-32BE"},
    {std::string_view("\xFF\xFE", 2), "UTF-16LE"},
    {std::string_view("\xFE\xFF", 2), "UTF-16BE"},
}};

// Enough for the guess to settle; more only costs time.
constexpr std::size_t kGuessBytes = std::size_t(2) << 20;

bool hasHighByte(std::string_view bytes)
{
    return std::any_of(bytes.begin(), bytes.end(),
                       [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

} // namespace

WideCharset wideCharset(std::string_view head)
{
    for (const Mark& mark : kMarks)
        if (head.starts_with(mark.bytes))
            return {mark.charset, mark.bytes.size()};
    // Without a mark: letters of most scripts leave every second byte of UTF-16 nearly constant, and spaces
    // and line ends leave it zero on one side only.
    if (head.size() < 8)
        return {};
    std::array<std::size_t, 2> zeros = {0, 0};
    for (std::size_t i = 0; i < head.size(); ++i)
        zeros[i % 2] += head[i] == '\0' ? 1 : 0;
    const std::size_t pairs = head.size() / 2;
    const bool little = zeros[1] * 10 >= pairs && zeros[0] * 20 <= zeros[1];
    const bool big = zeros[0] * 10 >= pairs && zeros[1] * 20 <= zeros[0];
    if (!little && !big)
        return {};
    // Binary data has many other control characters; text in UTF-16 has next to none as its low half.
    std::size_t controls = 0;
    for (std::size_t i = little ? 0 : 1; i < head.size(); i += 2) {
        const auto low = static_cast<unsigned char>(head[i]);
        const char high = head[i ^ 1];
        controls += high == '\0' && low < 0x20 && low != '\t' && low != '\n' && low != '\r' ? 1 : 0;
    }
    if (controls * 50 > pairs)
        return {};
    return {little ? "UTF-16LE" : "UTF-16BE", 0};
}

Result<std::string> guessCharset(InputFile& file, const CancelToken& cancel)
{
    const std::unique_ptr<uchardet, decltype(&uchardet_delete)> detector(uchardet_new(), &uchardet_delete);
    if (const Status start = file.rewind(); !start)
        return failed(start);
    std::vector<char> chunk(64 * 1024);
    for (std::size_t fed = 0; detector && fed < kGuessBytes;) {
        if (cancel.isCancelled())
            return fail(ErrorCode::Cancelled, "Reading " + file.name() + " was stopped.");
        const Result<std::size_t> got = file.read(chunk);
        if (!got)
            return failed(got);
        if (*got == 0)
            break;
        const std::string_view bytes(chunk.data(), *got);
        if (!hasHighByte(bytes))
            continue;
        if (uchardet_handle_data(detector.get(), bytes.data(), bytes.size()) != 0)
            break;
        fed += bytes.size();
    }
    std::string charset;
    if (detector) {
        uchardet_data_end(detector.get());
        charset = uchardet_get_charset(detector.get());
    }
    if (charset.empty() || charset == "UTF-8" || charset == "ASCII")
        return std::string("WINDOWS-1252");
    return charset;
}

} // namespace lectern
