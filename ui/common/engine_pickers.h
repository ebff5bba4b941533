// The lists a person chooses a plan and a KV type from, the same in every place. A plan may also be typed.
#pragma once

#include <QComboBox>

#include <string>

namespace lectern {

void fillPlanBox(QComboBox* box); // editable
void fillKvTypeBox(QComboBox* box);

// The value behind what a box shows: a row's data, else the typed text.
std::string chosenValue(const QComboBox* box);
void chooseValue(QComboBox* box, const std::string& value);

} // namespace lectern
