#include "ui/common/engine_pickers.h"

#include <QCoreApplication>

namespace lectern {

namespace {

struct Choice {
    const char* text; // translated in the context "EnginePickers"
    const char* value;
};

constexpr Choice kPlans[] = {
    {QT_TRANSLATE_NOOP("EnginePickers", "As the model says"), "auto"},
    {QT_TRANSLATE_NOOP("EnginePickers", "Full attention"), "full"},
    {QT_TRANSLATE_NOOP("EnginePickers", "LongGen (full in the middle)"), "longgen"},
    {QT_TRANSLATE_NOOP("EnginePickers", "LongGen, strided blocks"),
     "longgen-block:stride=64,block=64,local=32,offset=0"},
    {QT_TRANSLATE_NOOP("EnginePickers", "Window only"), "window:sink=4,window=4096"},
};

constexpr Choice kKvTypes[] = {
    {QT_TRANSLATE_NOOP("EnginePickers", "As the plan says, else 16 bits"), "auto"},
    {QT_TRANSLATE_NOOP("EnginePickers", "16 bits (f16)"), "f16"},
    {QT_TRANSLATE_NOOP("EnginePickers", "8 bits (q8_0): half the memory"), "q8_0"},
    {QT_TRANSLATE_NOOP("EnginePickers", "4 bits (q4_0): a quarter, less exact"), "q4_0"},
};

template <std::size_t N> void fill(QComboBox* box, const Choice (&choices)[N])
{
    for (const Choice& choice : choices)
        box->addItem(QCoreApplication::translate("EnginePickers", choice.text),
                     QString::fromLatin1(choice.value));
}

} // namespace

void fillPlanBox(QComboBox* box)
{
    box->setEditable(true);
    box->setInsertPolicy(QComboBox::NoInsert);
    fill(box, kPlans);
}

void fillKvTypeBox(QComboBox* box)
{
    fill(box, kKvTypes);
}

std::string chosenValue(const QComboBox* box)
{
    const int known = box->findText(box->currentText());
    return (known >= 0 ? box->itemData(known).toString() : box->currentText().trimmed()).toStdString();
}

void chooseValue(QComboBox* box, const std::string& value)
{
    const QString wanted = QString::fromStdString(value);
    if (const int index = box->findData(wanted); index >= 0)
        box->setCurrentIndex(index);
    else if (box->isEditable())
        box->setEditText(wanted);
}

} // namespace lectern
