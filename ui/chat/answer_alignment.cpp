#include "ui/chat/answer_alignment.h"

namespace lectern {

namespace {

constexpr int kLookAhead =
    12; // characters that only the shown text has: bullets, borders, the words of a picture

// The next place of `c` in `shown`, passing over nothing that is a letter or digit itself; -1 if there is
// none.
int nextPlace(const QString& shown, int from, QChar c)
{
    for (int i = from; i < shown.size() && i < from + kLookAhead; ++i) {
        if (shown[i] == c)
            return i;
        if (shown[i].isLetterOrNumber())
            return -1;
    }
    return -1;
}

} // namespace

std::vector<int> alignAnswer(const std::string& answer, const QString& shown)
{
    std::vector<int> places(answer.size() + 1, 0);
    int at = 0;
    for (std::size_t byte = 0; byte < answer.size();) {
        const auto lead = static_cast<unsigned char>(answer[byte]);
        const std::size_t length = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
        const QString character =
            QString::fromUtf8(answer.data() + byte, qsizetype(std::min(length, answer.size() - byte)));
        for (std::size_t i = byte; i < std::min(byte + length, answer.size()); ++i)
            places[i] = at;
        if (!character.isEmpty()) {
            const QChar c = character[0];
            const int found = c.isLetterOrNumber() || c.isSurrogate() ? nextPlace(shown, at, c)
                              : at < shown.size() && shown[at] == c   ? at
                                                                      : -1;
            if (found >= 0) {
                places[byte] = found;
                at = found + int(character.size());
            }
        }
        byte += length;
    }
    places[answer.size()] = at;
    for (std::size_t i = 1; i < places.size(); ++i)
        places[i] = std::max(places[i], places[i - 1]);
    return places;
}

} // namespace lectern
