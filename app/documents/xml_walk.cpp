#include "app/documents/xml_walk.h"

#include "app/documents/input_file.h"

namespace lectern {

namespace {

// A tree takes up to sixteen times the text of its XML.
constexpr std::size_t kMaxXmlBytes = std::size_t(64) << 20;

// The node after `node` in the order of the text, leaving elements on the way; null at the end of `root`.
pugi::xml_node nextNode(pugi::xml_node node, const pugi::xml_node& root, XmlVisitor& visitor)
{
    while (node != root) {
        if (node.type() == pugi::node_element)
            visitor.leave(node.name());
        if (const pugi::xml_node sibling = node.next_sibling())
            return sibling;
        node = node.parent();
    }
    return {};
}

} // namespace

Status walkXml(std::string xml, const std::string& name, const ReadOptions& options, XmlVisitor& visitor)
{
    if (xml.size() > kMaxXmlBytes)
        return fail(ErrorCode::TooLong, name + " has a part of more than " + shownBytes(kMaxXmlBytes) + ".",
                    "Split it into smaller documents.");
    pugi::xml_document document;
    const pugi::xml_parse_result parsed =
        document.load_buffer_inplace(xml.data(), xml.size(), pugi::parse_default | pugi::parse_ws_pcdata);
    if (!parsed)
        return fail(ErrorCode::BadInput, name + " is damaged: " + parsed.description() + ".",
                    "Open it in its own program and save it again.");
    std::size_t visited = 0;
    for (pugi::xml_node node = document.first_child(); node;) {
        if (++visited % 8192 == 0 && options.cancel.isCancelled())
            return fail(ErrorCode::Cancelled, "Reading " + name + " was stopped.");
        bool inside = false;
        if (node.type() == pugi::node_element)
            inside = visitor.enter(node.name(), node);
        else if (node.type() == pugi::node_pcdata || node.type() == pugi::node_cdata)
            visitor.text(node.value());
        if (inside && node.first_child())
            node = node.first_child();
        else
            node = nextNode(node, document, visitor);
    }
    return {};
}

} // namespace lectern
