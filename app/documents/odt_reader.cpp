// OpenDocument texts: headings, paragraphs, lists, tables and notes of content.xml.
#include "app/documents/document_builder.h"
#include "app/documents/layout_writer.h"
#include "app/documents/readers.h"
#include "app/documents/xml_walk.h"
#include "app/documents/zip_archive.h"

#include <algorithm>
#include <utility>

namespace lectern {

namespace {

class OpenText : public XmlVisitor {
public:
    explicit OpenText(LayoutWriter& writer) : m_writer(writer) {}

    bool enter(std::string_view tag, const pugi::xml_node& element) override
    {
        if (tag == "text:tracked-changes" || tag == "office:annotation" || tag == "text:note-citation" ||
            tag == "office:automatic-styles" || tag == "office:font-face-decls")
            return false;
        if (tag == "text:p" || tag == "text:h")
            beginParagraph(tag == "text:h" ? element.attribute("text:outline-level").as_int(1) : 0);
        else if (tag == "text:list")
            ++m_listDepth;
        else if (tag == "text:list-item")
            m_itemBegins = true;
        else if (tag == "text:s")
            m_writer.writeVerbatim(
                std::string(std::clamp<std::size_t>(element.attribute("text:c").as_uint(1), 1, 64), ' '));
        else if (tag == "text:tab")
            m_writer.writeVerbatim("\t");
        else if (tag == "text:line-break")
            m_writer.writeVerbatim("\n");
        else if (tag == "text:note")
            beginNote();
        else if (tag == "table:table-row")
            beginRow();
        else if (tag == "table:table-cell")
            beginCell();
        return true;
    }

    void leave(std::string_view tag) override
    {
        if (tag == "text:p" || tag == "text:h")
            --m_paragraphDepth;
        else if (tag == "text:list")
            --m_listDepth;
        else if (tag == "table:table-cell")
            --m_cellDepth;
        else if (tag == "table:table-row")
            m_writer.breakLines(1);
        else if (tag == "table:table")
            m_writer.breakLines(2);
        else if (tag == "text:note" && --m_noteDepth == 0)
            m_writer.writeFlowing("]");
    }

    void text(std::string_view text) override
    {
        if (m_paragraphDepth > 0)
            m_writer.writeFlowing(text);
    }

private:
    void beginParagraph(int heading)
    {
        ++m_paragraphDepth;
        if (m_cellDepth > 0 || m_noteDepth > 0) {
            m_writer.writeFlowing(" ");
            return;
        }
        const bool item = std::exchange(m_itemBegins, false) && m_listDepth > 0;
        m_writer.breakLines(item && m_lastItem ? 1 : 2);
        m_lastItem = item;
        if (heading > 0)
            m_writer.writeMark(std::string(static_cast<std::size_t>(std::min(heading, 6)), '#') + " ");
        else if (item)
            m_writer.writeMark(std::string(static_cast<std::size_t>(std::min(m_listDepth - 1, 8)) * 2, ' ') +
                               "- ");
    }

    void beginNote()
    {
        ++m_noteDepth;
        m_writer.writeMark(" [");
    }

    void beginRow()
    {
        m_writer.breakLines(1);
        m_firstCell = true;
    }

    void beginCell()
    {
        ++m_cellDepth;
        if (!std::exchange(m_firstCell, false))
            m_writer.writeMark(" | ");
    }

    LayoutWriter& m_writer;
    int m_paragraphDepth = 0;
    int m_listDepth = 0;
    int m_cellDepth = 0;
    int m_noteDepth = 0;
    bool m_itemBegins = false;
    bool m_lastItem = false;
    bool m_firstCell = false;
};

} // namespace

Result<Document> readOdt(const std::string& path, const ReadOptions& options)
{
    const Result<InputFile> file = InputFile::open(path);
    if (!file)
        return failed(file);
    Result<ZipArchive> archive = ZipArchive::open(*file, options);
    if (!archive)
        return failed(archive);
    Result<std::string> xml = archive->read("content.xml");
    if (!xml)
        return failed(xml);
    LayoutWriter writer;
    OpenText text(writer);
    if (const Status walked = walkXml(std::move(*xml), file->name(), options, text); !walked)
        return failed(walked);
    Document document = beginDocument(*file, path, "odt");
    document.text = writer.take();
    return finishDocument(std::move(document));
}

} // namespace lectern
