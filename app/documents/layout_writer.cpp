#include "app/documents/layout_writer.h"

#include <algorithm>
#include <utility>

namespace lectern {

namespace {

bool isSpace(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

constexpr std::string_view kNoBreakSpace = "\xC2\xA0";

} // namespace

void LayoutWriter::breakLines(int lines)
{
    m_breaks = std::max(m_breaks, lines);
    m_space = false;
}

void LayoutWriter::flushBreaks()
{
    if (!m_out.empty()) {
        std::size_t have = 0;
        while (have < m_out.size() && m_out[m_out.size() - 1 - have] == '\n')
            ++have;
        for (auto need = static_cast<std::size_t>(m_breaks); have < need; ++have)
            m_out += '\n';
    }
    if (m_breaks > 0)
        m_atLineBegin = true;
    m_breaks = 0;
}

void LayoutWriter::writeFlowing(std::string_view text)
{
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (isSpace(c)) {
            m_space = true;
            continue;
        }
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F)
            continue;
        flushBreaks();
        if (m_space && !m_atLineBegin)
            m_out += ' ';
        m_space = false;
        m_atLineBegin = false;
        if (text.substr(i).starts_with(kNoBreakSpace)) {
            m_out += ' ';
            ++i;
        } else {
            m_out += c;
        }
    }
}

void LayoutWriter::writeVerbatim(std::string_view text)
{
    if (text.empty())
        return;
    flushBreaks();
    if (m_space && !m_atLineBegin)
        m_out += ' ';
    m_space = false;
    std::copy_if(text.begin(), text.end(), std::back_inserter(m_out), [](char c) {
        return (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F) || c == '\n' || c == '\t';
    });
    m_atLineBegin = !m_out.empty() && m_out.back() == '\n';
}

void LayoutWriter::writeMark(std::string_view mark)
{
    flushBreaks();
    m_out += mark;
    m_space = false;
    m_atLineBegin = true; // no space between the mark and the text
}

std::string LayoutWriter::take()
{
    while (!m_out.empty() && (isSpace(m_out.back())))
        m_out.pop_back();
    if (!m_out.empty())
        m_out += '\n';
    return std::exchange(m_out, {});
}

} // namespace lectern
