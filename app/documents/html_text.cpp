#include "app/documents/html_text.h"

#include "app/documents/bounded_arena.h"
#include "app/documents/html_scan.h"
#include "app/documents/layout_writer.h"

#include <algorithm>
#include <array>
#include <gumbo.h>
#include <vector>

namespace lectern {

namespace {

enum class Block { Inline, Skip, Line, Paragraph, Heading, Item, Row, Cell, Break, Preformatted, List };

struct TagRule {
    GumboTag tag;
    Block block;
};

constexpr auto kRules = std::to_array<TagRule>({
    {GUMBO_TAG_SCRIPT, Block::Skip},
    {GUMBO_TAG_STYLE, Block::Skip},
    {GUMBO_TAG_TEMPLATE, Block::Skip},
    {GUMBO_TAG_IFRAME, Block::Skip},
    {GUMBO_TAG_NOFRAMES, Block::Skip},
    {GUMBO_TAG_NOEMBED, Block::Skip},
    {GUMBO_TAG_TEXTAREA, Block::Skip},
    {GUMBO_TAG_DATALIST, Block::Skip},
    {GUMBO_TAG_TITLE, Block::Paragraph},
    {GUMBO_TAG_P, Block::Paragraph},
    {GUMBO_TAG_BLOCKQUOTE, Block::Paragraph},
    {GUMBO_TAG_FIGURE, Block::Paragraph},
    {GUMBO_TAG_TABLE, Block::Paragraph},
    {GUMBO_TAG_DL, Block::Paragraph},
    {GUMBO_TAG_HR, Block::Paragraph},
    {GUMBO_TAG_ADDRESS, Block::Paragraph},
    {GUMBO_TAG_DIV, Block::Line},
    {GUMBO_TAG_SECTION, Block::Paragraph},
    {GUMBO_TAG_ARTICLE, Block::Paragraph},
    {GUMBO_TAG_HEADER, Block::Line},
    {GUMBO_TAG_FOOTER, Block::Line},
    {GUMBO_TAG_MAIN, Block::Line},
    {GUMBO_TAG_NAV, Block::Paragraph},
    {GUMBO_TAG_ASIDE, Block::Paragraph},
    {GUMBO_TAG_FORM, Block::Line},
    {GUMBO_TAG_FIELDSET, Block::Line},
    {GUMBO_TAG_LEGEND, Block::Line},
    {GUMBO_TAG_DT, Block::Line},
    {GUMBO_TAG_DD, Block::Line},
    {GUMBO_TAG_CAPTION, Block::Line},
    {GUMBO_TAG_FIGCAPTION, Block::Line},
    {GUMBO_TAG_DETAILS, Block::Line},
    {GUMBO_TAG_SUMMARY, Block::Line},
    {GUMBO_TAG_OPTION, Block::Line},
    {GUMBO_TAG_CENTER, Block::Line},
    {GUMBO_TAG_BODY, Block::Paragraph},
    {GUMBO_TAG_H1, Block::Heading},
    {GUMBO_TAG_H2, Block::Heading},
    {GUMBO_TAG_H3, Block::Heading},
    {GUMBO_TAG_H4, Block::Heading},
    {GUMBO_TAG_H5, Block::Heading},
    {GUMBO_TAG_H6, Block::Heading},
    {GUMBO_TAG_LI, Block::Item},
    {GUMBO_TAG_TR, Block::Row},
    {GUMBO_TAG_TD, Block::Cell},
    {GUMBO_TAG_TH, Block::Cell},
    {GUMBO_TAG_BR, Block::Break},
    {GUMBO_TAG_PRE, Block::Preformatted},
    {GUMBO_TAG_UL, Block::List},
    {GUMBO_TAG_OL, Block::List},
});

Block blockOf(GumboTag tag)
{
    static const std::vector<Block> kByTag = [] {
        std::vector<Block> table(GUMBO_TAG_LAST + 1, Block::Inline);
        for (const TagRule& rule : kRules)
            table[rule.tag] = rule.block;
        return table;
    }();
    return kByTag[std::min<std::size_t>(tag, GUMBO_TAG_LAST)];
}

int headingLevel(GumboTag tag)
{
    return static_cast<int>(tag) - static_cast<int>(GUMBO_TAG_H1) + 1;
}

// Walks the tree without recursion, so that no depth can overflow the stack.
class TreeText {
public:
    std::string write(const GumboNode* root)
    {
        const GumboNode* node = root;
        while (node) {
            if (enter(node) && childCount(node) > 0) {
                node = child(node, 0);
                continue;
            }
            while (node != root) {
                leave(node);
                const GumboNode* parent = node->parent;
                const std::size_t next = node->index_within_parent + 1;
                if (next < childCount(parent)) {
                    node = child(parent, next);
                    break;
                }
                node = parent;
            }
            if (node == root)
                break;
        }
        return m_writer.take();
    }

private:
    struct List {
        bool numbered = false;
        int next = 1;
    };

    static bool isElement(const GumboNode* node)
    {
        return node->type == GUMBO_NODE_ELEMENT || node->type == GUMBO_NODE_TEMPLATE;
    }
    static std::size_t childCount(const GumboNode* node)
    {
        return isElement(node) ? node->v.element.children.length : 0;
    }
    static const GumboNode* child(const GumboNode* node, std::size_t i)
    {
        return static_cast<const GumboNode*>(node->v.element.children.data[i]);
    }

    // False = do not look inside.
    bool enter(const GumboNode* node)
    {
        if (!isElement(node)) {
            writeText(node);
            return false;
        }
        const GumboTag tag = node->v.element.tag;
        switch (blockOf(tag)) {
        case Block::Inline:
            return true;
        case Block::Skip:
            return false;
        case Block::Line:
            m_writer.breakLines(1);
            return true;
        case Block::Paragraph:
            m_writer.breakLines(m_lists.empty() ? 2 : 1);
            return true;
        case Block::Heading:
            m_writer.breakLines(2);
            m_writer.writeMark(std::string(static_cast<std::size_t>(headingLevel(tag)), '#') + " ");
            return true;
        case Block::Item:
            beginItem();
            return true;
        case Block::Row:
            m_writer.breakLines(1);
            m_firstCell = true;
            return true;
        case Block::Cell:
            if (!m_firstCell)
                m_writer.writeMark(" | ");
            m_firstCell = false;
            return true;
        case Block::Break:
            m_writer.writeVerbatim("\n");
            return true;
        case Block::Preformatted:
            m_writer.breakLines(2);
            ++m_preformatted;
            return true;
        case Block::List:
            m_writer.breakLines(m_lists.empty() ? 2 : 1);
            m_lists.push_back({tag == GUMBO_TAG_OL, 1});
            return true;
        }
        return true;
    }

    void leave(const GumboNode* node)
    {
        if (!isElement(node))
            return;
        switch (blockOf(node->v.element.tag)) {
        case Block::Line:
        case Block::Item:
        case Block::Row:
            m_writer.breakLines(1);
            break;
        case Block::Paragraph:
            m_writer.breakLines(m_lists.empty() ? 2 : 1);
            break;
        case Block::Heading:
            m_writer.breakLines(2);
            break;
        case Block::Preformatted:
            --m_preformatted;
            m_writer.breakLines(2);
            break;
        case Block::List:
            m_lists.pop_back();
            m_writer.breakLines(m_lists.empty() ? 2 : 1);
            break;
        case Block::Inline:
        case Block::Skip:
        case Block::Cell:
        case Block::Break:
            break;
        }
    }

    void beginItem()
    {
        m_writer.breakLines(1);
        const std::size_t depth = std::min<std::size_t>(m_lists.size(), 8);
        std::string mark(depth > 1 ? (depth - 1) * 2 : 0, ' ');
        if (!m_lists.empty() && m_lists.back().numbered)
            mark += std::to_string(m_lists.back().next++) + ". ";
        else
            mark += "- ";
        m_writer.writeMark(mark);
    }

    void writeText(const GumboNode* node)
    {
        if (node->type != GUMBO_NODE_TEXT && node->type != GUMBO_NODE_WHITESPACE &&
            node->type != GUMBO_NODE_CDATA)
            return;
        if (m_preformatted > 0)
            m_writer.writeVerbatim(node->v.text.text);
        else
            m_writer.writeFlowing(node->v.text.text);
    }

    LayoutWriter m_writer;
    std::vector<List> m_lists;
    int m_preformatted = 0;
    bool m_firstCell = true;
};

void* arenaAllocate(void* arena, std::size_t size)
{
    return static_cast<BoundedArena*>(arena)->allocate(size);
}

void arenaRelease(void* arena, void* block)
{
    static_cast<BoundedArena*>(arena)->release(block);
}

// Holds no C++ object of its own: the arena may jump back into it.
BoundedArena::Stop parseInto(BoundedArena& arena, std::string_view html, const GumboNode** root)
{
    GumboOptions options = kGumboDefaultOptions;
    options.allocator = &arenaAllocate;
    options.deallocator = &arenaRelease;
    options.userdata = &arena;
    options.max_errors = 0;
    const int stop = setjmp(arena.exit());
    if (stop != 0)
        return static_cast<BoundedArena::Stop>(stop);
    *root = gumbo_parse_with_options(&options, html.data(), html.size())->root;
    return BoundedArena::Stop::None;
}

} // namespace

Result<std::string> htmlToText(std::string_view html, const std::string& name, const ReadOptions& options)
{
    if (const Status shape = checkHtmlShape(html, name, options); !shape)
        return failed(shape);
    // A page of short tags needs about forty bytes of tree for each byte; one that needs more is built to
    // explode.
    const std::size_t maxTree = std::min((std::size_t(64) << 20) + html.size() * 64, std::size_t(3) << 30);
    BoundedArena arena(maxTree, std::chrono::seconds(30), options.cancel);
    const GumboNode* root = nullptr;
    switch (parseInto(arena, html, &root)) {
    case BoundedArena::Stop::None:
        break;
    case BoundedArena::Stop::Cancelled:
        return fail(ErrorCode::Cancelled, "Reading " + name + " was stopped.");
    case BoundedArena::Stop::Memory:
    case BoundedArena::Stop::Time:
        return fail(ErrorCode::TooLong, name + " is built so that reading it would take all memory or time.",
                    "Open it in a browser and save its text.");
    }
    return TreeText().write(root);
}

} // namespace lectern
