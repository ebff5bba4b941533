// Walks an XML text without recursion and without ever fetching or expanding anything it names.
#pragma once

#include "app/documents/document_readers.h"
#include "engine/base/result.h"

#include <functional>
#include <pugixml.hpp>
#include <string>
#include <string_view>

namespace lectern {

class XmlVisitor {
public:
    virtual ~XmlVisitor() = default;
    // False = do not look inside; leave() is called all the same.
    virtual bool enter(std::string_view tag, const pugi::xml_node& element) = 0;
    virtual void leave(std::string_view tag) = 0;
    virtual void text(std::string_view text) = 0;
};

// `xml` is used up. BadInput naming `name` where it is not well-formed, TooLong, Cancelled.
Status walkXml(std::string xml, const std::string& name, const ReadOptions& options, XmlVisitor& visitor);

} // namespace lectern
