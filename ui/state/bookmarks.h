// Places a person marked: a head, answer tokens and a place in a document, to come back to. Kept with the
// session in the settings. Pure values.
#pragma once

#include "ui/common/selection.h"

#include <QString>
#include <QStringList>

#include <optional>
#include <vector>

namespace lectern {

struct Bookmark {
    HeadChoice head;
    AnswerRange answer;
    MarkedText place;

    bool operator==(const Bookmark&) const = default;
};

QString bookmarkName(const Bookmark& bookmark); // "Layer 5, head 3 · answer token 2 · byte 3,402"
QString bookmarkToText(const Bookmark& bookmark);
std::optional<Bookmark> bookmarkFromText(const QString& text); // nothing where it is damaged

} // namespace lectern
