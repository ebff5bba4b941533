// A mail kept as a file (eml): who, to whom, when, about what, then its text; of several versions the plain one. Parsed
// by GMime (RFC 5322, 2045-2049). What is attached is named and left out; a mail inside the mail is read.
#include "app/documents/document_builder.h"
#include "app/documents/html_text.h"
#include "app/documents/readers.h"
#include "app/documents/text_cleaner.h"

#include <gmime/gmime.h>
#include <memory>
#include <mutex>
#include <utility>

namespace lectern {

namespace {

constexpr int kMaxDepth = 20; // of parts inside parts, as in faults.md for embedded documents

struct ObjectUnref {
    void operator()(void* object) const { g_object_unref(object); }
};
template <typename T> using Owned = std::unique_ptr<T, ObjectUnref>;

struct GlibFree {
    void operator()(char* text) const { g_free(text); }
};
using GlibText = std::unique_ptr<char, GlibFree>;

void startGmime()
{
    static std::once_flag once;
    std::call_once(once, [] { g_mime_init(); });
}

class MailText {
public:
    MailText(const ReadOptions& options, Document& document) : m_options(options), m_document(document) {}

    Status addMessage(GMimeMessage* message, int depth)
    {
        addAddresses("From", g_mime_message_get_from(message));
        addAddresses("To", g_mime_message_get_to(message));
        addAddresses("Cc", g_mime_message_get_cc(message));
        if (GDateTime* date = g_mime_message_get_date(message)) {
            const GlibText text(g_date_time_format(date, "%Y-%m-%d %H:%M %z"));
            addHeader("Date", text.get());
        }
        addHeader("Subject", g_mime_message_get_subject(message));
        m_document.text += "\n";
        GMimeObject* body = g_mime_message_get_mime_part(message);
        return body ? addPart(body, depth) : Status();
    }

private:
    Status addPart(GMimeObject* part, int depth)
    {
        if (m_options.cancel.isCancelled())
            return fail(ErrorCode::Cancelled, "Reading " + m_document.name + " was stopped.");
        if (depth > kMaxDepth)
            return fail(ErrorCode::TooLong,
                        m_document.name + " has parts inside parts more than " + std::to_string(kMaxDepth) + " deep.",
                        "Save the inner mail as a file of its own and open that.");
        if (GMIME_IS_MULTIPART(part))
            return addParts(GMIME_MULTIPART(part), depth);
        if (GMIME_IS_MESSAGE_PART(part)) {
            GMimeMessage* inner = g_mime_message_part_get_message(GMIME_MESSAGE_PART(part));
            m_document.text += inner ? "\n---\n" : "";
            return inner ? addMessage(inner, depth + 1) : Status();
        }
        GMimeContentType* type = g_mime_object_get_content_type(part);
        const bool attached = g_mime_object_get_disposition(part) &&
                              std::string_view(g_mime_object_get_disposition(part)) == "attachment";
        if (GMIME_IS_TEXT_PART(part) && !attached)
            return addText(GMIME_TEXT_PART(part), g_mime_content_type_is_type(type, "text", "html"));
        const char* name = GMIME_IS_PART(part) ? g_mime_part_get_filename(GMIME_PART(part)) : nullptr;
        m_document.skipped.push_back({shownPath(name ? name : "(no name)"), "attached to the mail, not part of its text"});
        return {};
    }

    Status addParts(GMimeMultipart* parts, int depth)
    {
        const int count = g_mime_multipart_get_count(parts);
        GMimeContentType* type = g_mime_object_get_content_type(GMIME_OBJECT(parts));
        if (g_mime_content_type_is_type(type, "multipart", "alternative") && count > 0)
            return addPart(plainestOf(parts, count), depth + 1);
        for (int i = 0; i < count; ++i)
            if (const Status added = addPart(g_mime_multipart_get_part(parts, i), depth + 1); !added)
                return added;
        return {};
    }

    // Versions of one text stand in rising order of richness.
    static GMimeObject* plainestOf(GMimeMultipart* parts, int count)
    {
        for (int i = 0; i < count; ++i) {
            GMimeObject* part = g_mime_multipart_get_part(parts, i);
            if (g_mime_content_type_is_type(g_mime_object_get_content_type(part), "text", "plain"))
                return part;
        }
        return g_mime_multipart_get_part(parts, count - 1);
    }

    Status addText(GMimeTextPart* part, bool html)
    {
        const GlibText raw(g_mime_text_part_get_text(part)); // decoded, in UTF-8
        if (!raw)
            return {};
        std::string text;
        TextCleaner cleaner;
        cleaner.feed(raw.get(), text);
        cleaner.finish(text);
        if (html) {
            Result<std::string> laidOut = htmlToText(text, m_document.name, m_options);
            if (!laidOut)
                return failed(laidOut);
            text = std::move(*laidOut);
        }
        m_document.text += text;
        m_document.text += m_document.text.ends_with('\n') ? "" : "\n";
        if (m_document.text.size() > m_options.limits.maxTextBytes)
            return fail(ErrorCode::TooLong, m_document.name + " holds more than " +
                                                shownBytes(m_options.limits.maxTextBytes) + " of text.");
        return {};
    }

    void addAddresses(const char* name, InternetAddressList* list)
    {
        if (!list || internet_address_list_length(list) == 0)
            return;
        const GlibText text(internet_address_list_to_string(list, nullptr, FALSE));
        addHeader(name, text.get());
    }

    void addHeader(const char* name, const char* value)
    {
        if (value && *value)
            m_document.text += std::string(name) + ": " + shownPath(value) + "\n";
    }

    const ReadOptions& m_options;
    Document& m_document;
};

} // namespace

bool looksLikeMail(std::string_view head)
{
    for (const std::string_view begin : {"Return-Path: ", "Received: ", "Delivered-To: ", "X-Mozilla-Status: "})
        if (head.starts_with(begin))
            return true;
    return head.starts_with("From: ") && head.find("\nSubject: ") != std::string_view::npos &&
           head.find("\nDate: ") != std::string_view::npos;
}

Result<Document> readMail(const std::string& path, const ReadOptions& options)
{
    Result<InputFile> file = InputFile::open(path);
    if (!file)
        return failed(file);
    if (file->size() > options.limits.maxMailBytes)
        return fail(ErrorCode::TooLong,
                    file->name() + " is larger than " + shownBytes(options.limits.maxMailBytes) + ".",
                    "Save its text as a file of its own and open that.");
    std::string bytes(static_cast<std::size_t>(file->size()), '\0');
    const Result<std::size_t> got = file->read(bytes);
    if (!got)
        return failed(got);
    startGmime();
    const Owned<GMimeStream> stream(g_mime_stream_mem_new_with_buffer(bytes.data(), *got));
    const Owned<GMimeParser> parser(g_mime_parser_new_with_stream(stream.get()));
    const Owned<GMimeMessage> message(g_mime_parser_construct_message(parser.get(), nullptr));
    if (!message)
        return fail(ErrorCode::BadInput, file->name() + " is not a mail that can be read.",
                    "Save it again from the mail program.");
    Document document = beginDocument(*file, path, "mail");
    if (const Status added = MailText(options, document).addMessage(message.get(), 0); !added)
        return failed(added);
    return finishDocument(std::move(document));
}

} // namespace lectern
