// Word documents (Office Open XML): body, tables, footnotes and endnotes. Text struck out by tracked changes
// and the second form of drawings are left out.
#include "app/documents/document_builder.h"
#include "app/documents/layout_writer.h"
#include "app/documents/readers.h"
#include "app/documents/xml_walk.h"
#include "app/documents/zip_archive.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace lectern {

namespace {

class WordText : public XmlVisitor {
public:
    explicit WordText(LayoutWriter& writer) : m_writer(writer) {}

    bool enter(std::string_view tag, const pugi::xml_node& element) override
    {
        if (tag == "mc:Fallback" || tag == "w:del" || tag == "w:moveFrom" || tag == "w:instrText")
            return false;
        if (tag == "w:p")
            beginParagraph(element);
        else if (tag == "w:t")
            m_inText = true;
        else if (tag == "w:tab" && std::string_view(element.parent().name()) == "w:r")
            m_writer.writeVerbatim("\t");
        else if (tag == "w:br" || tag == "w:cr")
            m_writer.writeVerbatim("\n");
        else if (tag == "w:noBreakHyphen")
            m_writer.writeVerbatim("-");
        else if (tag == "w:tr")
            beginRow();
        else if (tag == "w:tc")
            beginCell();
        return true;
    }

    void leave(std::string_view tag) override
    {
        if (tag == "w:t")
            m_inText = false;
        else if (tag == "w:tc")
            --m_cellDepth;
        else if (tag == "w:tr")
            m_writer.breakLines(1);
        else if (tag == "w:tbl")
            m_writer.breakLines(2);
    }

    void text(std::string_view text) override
    {
        if (m_inText)
            m_writer.writeVerbatim(text);
    }

private:
    void beginParagraph(const pugi::xml_node& paragraph)
    {
        if (m_cellDepth > 0) { // the paragraphs of a cell stay on its line
            m_writer.writeFlowing(" ");
            return;
        }
        const pugi::xml_node properties = paragraph.child("w:pPr");
        const std::string_view style = properties.child("w:pStyle").attribute("w:val").value();
        const bool listed = properties.child("w:numPr");
        m_writer.breakLines(listed && m_lastListed ? 1 : 2);
        m_lastListed = listed;
        if (style.starts_with("Heading") && style.size() == 8 && style[7] >= '1' && style[7] <= '6')
            m_writer.writeMark(std::string(static_cast<std::size_t>(style[7] - '0'), '#') + " ");
        else if (style == "Title")
            m_writer.writeMark("# ");
        else if (listed)
            m_writer.writeMark("- ");
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
    bool m_inText = false;
    bool m_lastListed = false;
    bool m_firstCell = false;
    int m_cellDepth = 0;
};

} // namespace

Result<Document> readDocx(const std::string& path, const ReadOptions& options)
{
    const Result<InputFile> file = InputFile::open(path);
    if (!file)
        return failed(file);
    Result<ZipArchive> archive = ZipArchive::open(*file, options);
    if (!archive)
        return failed(archive);
    LayoutWriter writer;
    for (const char* part : {"word/document.xml", "word/footnotes.xml", "word/endnotes.xml"}) {
        if (part != std::string_view("word/document.xml") && !archive->has(part))
            continue;
        Result<std::string> xml = archive->read(part);
        if (!xml)
            return failed(xml);
        writer.breakLines(2);
        WordText text(writer);
        if (const Status walked = walkXml(std::move(*xml), file->name(), options, text); !walked)
            return failed(walked);
    }
    Document document = beginDocument(*file, path, "docx");
    document.text = writer.take();
    return finishDocument(std::move(document));
}

} // namespace lectern
