#include "ui/common/form_row.h"

#include "ui/common/plain_label.h"

namespace lectern {

void addFormRow(QFormLayout* form, const QString& caption, QWidget* field)
{
    auto* label = new PlainLabel(caption, field->parentWidget());
    label->setBuddy(field);
    form->addRow(label, field);
}

} // namespace lectern
