#include "app/documents/text_decoder.h"

#include "app/documents/charset_guess.h"

#include <algorithm>
#include <cerrno>
#include <iconv.h>
#include <memory>

namespace lectern {

namespace {

constexpr std::size_t kChunkBytes = 256 * 1024;

// iconv from one charset to UTF-8, chunk by chunk, through the cleaner.
class CharsetConverter {
public:
    explicit CharsetConverter(const std::string& charset) : m_handle(::iconv_open("UTF-8", charset.c_str()))
    {
    }
    CharsetConverter(const CharsetConverter&) = delete;
    CharsetConverter& operator=(const CharsetConverter&) = delete;
    ~CharsetConverter()
    {
        if (isOpen())
            ::iconv_close(m_handle);
    }
    bool isOpen() const { return m_handle != reinterpret_cast<iconv_t>(-1); }

    void feed(std::string_view bytes, TextCleaner& cleaner, std::string& out)
    {
        m_rest.append(bytes);
        char* in = m_rest.data();
        std::size_t left = m_rest.size();
        while (left > 0) {
            char* to = m_buffer.data();
            std::size_t room = m_buffer.size();
            const std::size_t done = ::iconv(m_handle, &in, &left, &to, &room);
            const int error = errno;
            cleaner.feed({m_buffer.data(), m_buffer.size() - room}, out);
            if (done != std::size_t(-1) || error == E2BIG)
                continue;
            if (error == EINVAL) // an unfinished character at the end of the chunk
                break;
            cleaner.feed("\xFF", out); // counted and replaced by the cleaner
            ++in;
            --left;
        }
        m_rest.erase(0, m_rest.size() - left);
    }

    void finish(TextCleaner& cleaner, std::string& out)
    {
        if (!m_rest.empty())
            cleaner.feed("\xFF", out);
        cleaner.finish(out);
    }

private:
    iconv_t m_handle;
    std::string m_rest;
    std::string m_buffer = std::string(kChunkBytes, '\0');
};

class FileDecoder {
public:
    FileDecoder(InputFile& file, const DecodeLimits& limits, const ReadOptions& options)
        : m_file(file), m_limits(limits), m_options(options)
    {
    }

    // The whole file through `converter` (nullptr = it is UTF-8 already), after `skip` bytes.
    Result<DecodedText> decode(const std::string& charset, CharsetConverter* converter, std::size_t skip)
    {
        if (const Status start = m_file.rewind(); !start)
            return failed(start);
        DecodedText decoded;
        decoded.charset = charset;
        decoded.text.reserve(std::min(m_file.size(), m_limits.maxTextBytes) + 4);
        TextCleaner cleaner;
        std::vector<char> chunk(kChunkBytes);
        std::uint64_t done = 0;
        while (true) {
            const Result<std::size_t> got = m_file.read(chunk);
            if (!got)
                return failed(got);
            if (*got == 0)
                break;
            const std::size_t from = done == 0 ? std::min(skip, *got) : 0;
            const std::string_view bytes(chunk.data() + from, *got - from);
            converter ? converter->feed(bytes, cleaner, decoded.text) : cleaner.feed(bytes, decoded.text);
            done += *got;
            if (const Status fits = check(done, decoded.text.size()); !fits)
                return failed(fits);
        }
        converter ? converter->finish(cleaner, decoded.text) : cleaner.finish(decoded.text);
        decoded.counts = cleaner.counts();
        return decoded;
    }

private:
    Status check(std::uint64_t done, std::uint64_t textBytes) const
    {
        if (m_options.cancel.isCancelled())
            return fail(ErrorCode::Cancelled, "Reading " + m_file.name() + " was stopped.");
        if (done > m_limits.maxFileBytes || textBytes > m_limits.maxTextBytes)
            return fail(ErrorCode::TooLong,
                        m_file.name() + " holds more than " +
                            shownBytes(std::min(m_limits.maxFileBytes, m_limits.maxTextBytes)) +
                            " of text, which is the most Lectern reads as one document.",
                        "Split it into smaller files.");
        if (m_options.progress)
            m_options.progress({done, std::max(done, m_file.size()), 0, 0, {}});
        return {};
    }

    InputFile& m_file;
    const DecodeLimits& m_limits;
    const ReadOptions& m_options;
};

Result<DecodedText> decodeAs(FileDecoder& decoder, const std::string& charset, std::size_t skip)
{
    CharsetConverter converter(charset);
    if (converter.isOpen())
        return decoder.decode(charset, &converter, skip);
    CharsetConverter western("WINDOWS-1252");
    return decoder.decode("WINDOWS-1252", &western, skip);
}

} // namespace

bool looksBinary(std::string_view head)
{
    if (!wideCharset(head).charset.empty())
        return false;
    const auto controls = std::count_if(head.begin(), head.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte == 0x7F || (byte < 0x20 && (byte < 7 || byte > 13) && byte != 0x1B);
    });
    return controls > 3 && static_cast<std::size_t>(controls) * 50 > head.size();
}

Result<DecodedText> decodeFile(InputFile& file, const DecodeLimits& limits, const ReadOptions& options,
                               std::string_view declared)
{
    std::vector<char> buffer(64 * 1024);
    const Result<std::size_t> got = file.read(buffer);
    if (!got)
        return failed(got);
    const std::string_view head(buffer.data(), *got);
    if (looksBinary(head))
        return fail(ErrorCode::BadInput, file.name() + " is not text: it holds binary data.",
                    "Lectern reads text, Markdown, HTML, PDF, office documents, books and source code.");
    FileDecoder decoder(file, limits, options);
    const WideCharset wide = wideCharset(head);
    if (!wide.charset.empty() && wide.charset != "UTF-8")
        return decodeAs(decoder, wide.charset, wide.markBytes);

    Result<DecodedText> utf8 = decoder.decode("UTF-8", nullptr, wide.markBytes);
    // Text in an 8-bit encoding next to never forms valid sequences, so when these outnumber the invalid ones
    // it is UTF-8 with damage.
    if (!utf8 || wide.markBytes > 0 || utf8->counts.multibyte >= utf8->counts.replaced)
        return utf8;
    utf8->text = {};
    if (!declared.empty())
        return decodeAs(decoder, std::string(declared), 0);
    const Result<std::string> charset = guessCharset(file, options.cancel);
    return charset ? decodeAs(decoder, *charset, 0) : Result<DecodedText>(failed(charset));
}

std::vector<std::string> decodingWarnings(const std::string& name, const DecodedText& decoded)
{
    std::vector<std::string> warnings;
    const TextCounts& counts = decoded.counts;
    if (counts.replaced > 0)
        warnings.push_back(name + " has " + std::to_string(counts.replaced) + " places that are not valid " +
                           decoded.charset + "; each is now the sign U+FFFD.");
    if (counts.dropped > 0)
        warnings.push_back(name + " had " + std::to_string(counts.dropped) +
                           " control characters, which were left out.");
    if (counts.hidden > 0)
        warnings.push_back(name + " has " + std::to_string(counts.hidden) +
                           " characters that can not be seen; the model reads them.");
    return warnings;
}

} // namespace lectern
