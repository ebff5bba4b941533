// E-books: the chapters in the order of the spine, each a web page. A citation names the chapter's file and
// its line.
#include "app/documents/document_builder.h"
#include "app/documents/html_text.h"
#include "app/documents/readers.h"
#include "app/documents/text_cleaner.h"
#include "app/documents/text_decoder.h"
#include "app/documents/xml_walk.h"
#include "app/documents/zip_archive.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <QByteArray>
#include <utility>

namespace lectern {

namespace {

std::string_view localName(std::string_view tag)
{
    return tag.substr(tag.rfind(':') + 1); // npos + 1 = 0
}

// META-INF/container.xml: where the package file lies.
class ContainerFile : public XmlVisitor {
public:
    bool enter(std::string_view tag, const pugi::xml_node& element) override
    {
        if (localName(tag) == "rootfile" && m_path.empty())
            m_path = element.attribute("full-path").value();
        return true;
    }
    void leave(std::string_view) override {}
    void text(std::string_view) override {}
    std::string m_path;
};

// The package file: all parts by id, and the ids in reading order.
class PackageFile : public XmlVisitor {
public:
    bool enter(std::string_view tag, const pugi::xml_node& element) override
    {
        if (localName(tag) == "item")
            m_parts[element.attribute("id").value()] = element.attribute("href").value();
        else if (localName(tag) == "itemref")
            m_spine.push_back(element.attribute("idref").value());
        return true;
    }
    void leave(std::string_view) override {}
    void text(std::string_view) override {}
    std::map<std::string, std::string> m_parts;
    std::vector<std::string> m_spine;
};

// The name inside the archive of a part that the package file at `package` calls `href`.
std::string partName(const std::string& package, const std::string& href)
{
    const std::string plain = QByteArray::fromPercentEncoding(QByteArray::fromStdString(href)).toStdString();
    const std::string relative = plain.substr(0, plain.find('#'));
    return (std::filesystem::path(package).parent_path() / relative).lexically_normal().generic_string();
}

// XML may close these at once; HTML would take the rest of the page as their text.
constexpr auto kRawTags = std::to_array<std::string_view>({"iframe", "script", "style", "textarea", "title"});

bool opensRawTag(std::string_view tag)
{
    return std::any_of(kRawTags.begin(), kRawTags.end(), [&](std::string_view name) {
        return tag.substr(1).starts_with(name) && tag.find_first_of(" \t\r\n/", 1) == 1 + name.size();
    });
}

std::string withoutEmptyRawTags(std::string_view xhtml)
{
    std::string kept;
    kept.reserve(xhtml.size());
    while (!xhtml.empty()) {
        const std::size_t begin = std::min(xhtml.find('<'), xhtml.size());
        kept += xhtml.substr(0, begin);
        xhtml.remove_prefix(begin);
        const std::size_t close = xhtml.find('>');
        const std::string_view tag = xhtml.substr(0, close == std::string_view::npos ? close : close + 1);
        if (!(tag.ends_with("/>") && opensRawTag(tag)))
            kept += tag;
        xhtml.remove_prefix(tag.size());
    }
    return kept;
}

class BookText {
public:
    BookText(ZipArchive& archive, const ReadOptions& options, Document& document)
        : m_archive(archive), m_options(options), m_document(document)
    {
    }

    Status read()
    {
        ContainerFile container;
        if (const Status done = walk("META-INF/container.xml", container); !done)
            return done;
        PackageFile package;
        if (const Status done = walk(container.m_path, package); !done)
            return done;
        for (std::size_t i = 0; i < package.m_spine.size(); ++i) {
            const auto part = package.m_parts.find(package.m_spine[i]);
            if (part == package.m_parts.end())
                continue;
            if (const Status added = addChapter(partName(container.m_path, part->second)); !added)
                return added;
            if (m_options.progress)
                m_options.progress({m_document.bytesOnDisk * (i + 1) / package.m_spine.size(),
                                    m_document.bytesOnDisk, static_cast<std::uint32_t>(i + 1),
                                    static_cast<std::uint32_t>(package.m_spine.size()), part->second});
        }
        return {};
    }

private:
    Status walk(const std::string& part, XmlVisitor& visitor)
    {
        Result<std::string> xml = m_archive.read(part);
        return xml ? walkXml(std::move(*xml), m_document.name, m_options, visitor) : Status(failed(xml));
    }

    Status addChapter(const std::string& part)
    {
        Result<std::string> bytes = m_archive.read(part);
        if (!bytes && bytes.error().code == ErrorCode::NotFound) {
            m_document.skipped.push_back({shownPath(part), "named by the book but not in it"});
            return {};
        }
        if (!bytes)
            return failed(bytes);
        if (looksBinary(std::string_view(*bytes).substr(0, 4096)))
            return fail(ErrorCode::Unsupported,
                        m_document.name + " is locked by its seller (DRM), or is not a book.",
                        "Only the program it was bought for can open it.");
        std::string clean;
        TextCleaner cleaner;
        cleaner.feed(*bytes, clean);
        cleaner.finish(clean);
        const Result<std::string> text = htmlToText(withoutEmptyRawTags(clean), m_document.name, m_options);
        if (!text)
            return failed(text);
        if (text->empty())
            return {};
        m_document.text += m_document.text.empty() ? "" : "\n";
        m_document.files.push_back({shownPath(part), m_document.text.size(), text->size(), 1});
        m_document.text += *text;
        if (m_document.text.size() > m_options.limits.maxTextBytes)
            return fail(ErrorCode::TooLong, m_document.name + " holds more than " +
                                                shownBytes(m_options.limits.maxTextBytes) + " of text.");
        return {};
    }

    ZipArchive& m_archive;
    const ReadOptions& m_options;
    Document& m_document;
};

} // namespace

Result<Document> readEpub(const std::string& path, const ReadOptions& options)
{
    const Result<InputFile> file = InputFile::open(path);
    if (!file)
        return failed(file);
    Result<ZipArchive> archive = ZipArchive::open(*file, options);
    if (!archive)
        return failed(archive);
    Document document = beginDocument(*file, path, "epub");
    if (const Status read = BookText(*archive, options, document).read(); !read)
        return failed(read);
    return finishDocument(std::move(document));
}

} // namespace lectern
