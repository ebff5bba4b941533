#include "ui/state/display_text.h"

#include "ui/common/visible_text.h"

#include <algorithm>

namespace lectern {

namespace {

constexpr char32_t kReplacement = 0xFFFD;

bool isContinuationByte(unsigned char byte)
{
    return (byte & 0xC0) == 0x80;
}

} // namespace

DisplayText::DisplayText(DocumentText document) : m_document(std::move(document))
{
    build();
}

DisplayText::Step DisplayText::stepAt(std::uint64_t byte) const
{
    const std::string& text = m_document.utf8;
    const auto lead = static_cast<unsigned char>(text[byte]);
    Step step;
    if (lead < 0x80) {
        step.point = lead;
        step.hidden = (lead < 0x20 && lead != '\n' && lead != '\t') || lead == 0x7F;
        return step;
    }
    const int length = lead >= 0xF0 && lead < 0xF5 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC2 ? 2 : 1;
    char32_t point = length == 4 ? lead & 0x07 : length == 3 ? lead & 0x0F : lead & 0x1F;
    if (length == 1 || byte + std::uint64_t(length) > text.size()) {
        step.point = kReplacement;
        return step;
    }
    for (int i = 1; i < length; ++i) {
        const auto next = static_cast<unsigned char>(text[byte + std::uint64_t(i)]);
        if (!isContinuationByte(next)) {
            step.point = kReplacement;
            return step;
        }
        point = (point << 6) | (next & 0x3F);
    }
    step.bytes = length;
    step.point = QChar::isSurrogate(point) || point > QChar::LastValidCodePoint ? kReplacement : point;
    step.hidden = isHiddenCharacter(point);
    return step;
}

int DisplayText::unitsOf(const Step& step)
{
    if (step.hidden)
        return int(hiddenCharacterEscape(step.point).size());
    return QChar::requiresSurrogates(step.point) ? 2 : 1;
}

void DisplayText::build()
{
    const std::string& source = m_document.utf8;
    m_text.reserve(qsizetype(source.size()));
    m_lines.push_back({});
    int sourceLines = 0;
    for (std::uint64_t byte = 0; byte < source.size();) {
        const Step step = stepAt(byte);
        if (step.hidden) {
            m_text += hiddenCharacterEscape(step.point);
            ++m_escaped;
        } else if (QChar::requiresSurrogates(step.point)) {
            m_text += QChar(QChar::highSurrogate(step.point));
            m_text += QChar(QChar::lowSurrogate(step.point));
        } else {
            m_text += QChar(char16_t(step.point));
        }
        byte += std::uint64_t(step.bytes);
        const int units = int(m_text.size()) - m_lines.back().position;
        if (step.point == U'\n') {
            m_lines.push_back({byte, int(m_text.size()), false, ++sourceLines});
        } else if ((units >= kFoldUnits && step.point == U' ') || units >= kFoldUnits + 200) {
            m_text += QLatin1Char('\n');
            m_lines.push_back({byte, int(m_text.size()), true, sourceLines});
        }
    }
}

int DisplayText::positionOfByte(std::uint64_t byte) const
{
    if (m_lines.empty() || byte >= m_document.utf8.size())
        return int(m_text.size());
    const auto next = std::upper_bound(m_lines.begin(), m_lines.end(), byte,
                                       [](std::uint64_t value, const Line& line) { return value < line.byte; });
    const Line& line = *std::prev(next);
    int position = line.position;
    for (std::uint64_t at = line.byte; at < byte;) {
        const Step step = stepAt(at);
        if (at + std::uint64_t(step.bytes) > byte)
            break;
        position += unitsOf(step);
        at += std::uint64_t(step.bytes);
    }
    return position;
}

std::uint64_t DisplayText::byteOfPosition(int position) const
{
    if (m_lines.empty() || position >= m_text.size())
        return m_document.utf8.size();
    const Line& line = m_lines[std::size_t(lineOfPosition(position))];
    std::uint64_t byte = line.byte;
    for (int at = line.position; at < position && byte < m_document.utf8.size();) {
        const Step step = stepAt(byte);
        at += unitsOf(step);
        if (at > position)
            break;
        byte += std::uint64_t(step.bytes);
    }
    return byte;
}

int DisplayText::lineOfPosition(int position) const
{
    const auto next = std::upper_bound(m_lines.begin(), m_lines.end(), position,
                                       [](int value, const Line& line) { return value < line.position; });
    return std::max(0, int(next - m_lines.begin()) - 1);
}

std::uint64_t DisplayText::byteOfLine(int line) const
{
    return line >= 0 && line < lineCount() ? m_lines[std::size_t(line)].byte : m_document.utf8.size();
}

bool DisplayText::isContinuation(int line) const
{
    return line >= 0 && line < lineCount() && m_lines[std::size_t(line)].continuation;
}

int DisplayText::sourceLineOfByte(std::uint64_t byte) const
{
    const auto next = std::upper_bound(m_lines.begin(), m_lines.end(), byte,
                                       [](std::uint64_t value, const Line& line) { return value < line.byte; });
    return next == m_lines.begin() ? 0 : std::prev(next)->number;
}

LinePlace DisplayText::place(int line) const
{
    LinePlace place;
    if (line < 0 || line >= lineCount())
        return place;
    const Line& here = m_lines[std::size_t(line)];
    place.line = here.number + 1;
    const auto& pages = m_document.pages;
    const auto page = std::upper_bound(pages.begin(), pages.end(), here.byte,
                                       [](std::uint64_t value, const PagePlace& p) { return value < p.byte; });
    if (page != pages.begin()) {
        place.page = std::prev(page)->page;
        place.line = here.number - sourceLineOfByte(std::prev(page)->byte) + 1;
    }
    const auto& files = m_document.files;
    const auto file = std::upper_bound(files.begin(), files.end(), here.byte,
                                       [](std::uint64_t value, const FilePlace& f) { return value < f.byte; });
    if (file != files.begin() && here.byte < std::prev(file)->byte + std::prev(file)->length) {
        place.file = int(file - files.begin()) - 1;
        place.line = here.number - sourceLineOfByte(std::prev(file)->byte) + std::prev(file)->firstLine;
    }
    return place;
}

} // namespace lectern
