// Rows of forms whose captions are plain text with the field as buddy; QFormLayout's own would guess at HTML.
#pragma once

#include <QFormLayout>

namespace lectern {

// `caption` may hold a "&" for its letter; the form owns the label it makes.
void addFormRow(QFormLayout* form, const QString& caption, QWidget* field);

} // namespace lectern
