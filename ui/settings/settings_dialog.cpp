#include "ui/settings/settings_dialog.h"

#include "ui/common/appearance.h"
#include "ui/common/engine_pickers.h"
#include "ui/common/form_row.h"
#include "ui/common/plain_label.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QPushButton>
#include <QSpinBox>
#include <QTabWidget>
#include <QVBoxLayout>

#include <climits>

namespace lectern {

namespace {

// Adds a field with its label as buddy and accessible name, and a note below where one helps.
void addField(QFormLayout* form, const QString& label, QWidget* field, const QString& note = {})
{
    QString name = label;
    name.remove(QLatin1Char('&')).remove(QLatin1Char(':'));
    field->setAccessibleName(name);
    addFormRow(form, label, field);
    if (note.isEmpty())
        return;
    field->setAccessibleDescription(note);
    auto* text = new PlainLabel(note, form->parentWidget());
    text->setMuted(true);
    text->setWordWrap(true);
    text->setFontScale(0.9);
    form->addRow(QString(), text);
}

template <typename Box, typename T> Box* makeBox(QWidget* parent, T low, T high, T step)
{
    auto* box = new Box(parent);
    box->setRange(low, high);
    box->setSingleStep(step);
    return box;
}

} // namespace

SettingsDialog::SettingsDialog(const Choices& choices, QWidget* parent) : QDialog(parent), m_original(choices)
{
    setWindowTitle(tr("Settings"));
    setAccessibleName(windowTitle());
    auto* column = new QVBoxLayout(this);
    auto* tabs = new QTabWidget(this);
    tabs->setAccessibleName(tr("Groups of settings"));
    tabs->addTab(buildEngine(), tr("&Reading"));
    tabs->addTab(buildAnswers(), tr("&Answers"));
    tabs->addTab(buildLook(), tr("&Look"));
    auto* buttons = new QDialogButtonBox(
        QDialogButtonBox::Ok | QDialogButtonBox::Cancel | QDialogButtonBox::RestoreDefaults, this);
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(buttons->button(QDialogButtonBox::RestoreDefaults), &QPushButton::clicked, this, [this] {
        Choices defaults;
        defaults.model = m_original.model;
        fill(defaults);
    });
    column->addWidget(tabs);
    column->addWidget(buttons);
    fill(choices);
    resize(520, sizeHint().height());
}

QWidget* SettingsDialog::buildEngine()
{
    auto* page = new QWidget(this);
    auto* form = new QFormLayout(page);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    m_plan = new QComboBox(page);
    fillPlanBox(m_plan);
    addField(
        form, tr("Attention &plan:"), m_plan,
        tr("Which keys each layer keeps. A plan string such as longgen:full=10-21,sink=64,window=2048 can be "
           "typed."));
    m_kvType = new QComboBox(page);
    fillKvTypeBox(m_kvType);
    addField(form, tr("&KV memory:"), m_kvType);
    m_context = makeBox<QSpinBox>(page, 0, INT_MAX, 1024);
    m_context->setSpecialValueText(tr("As long as the documents need"));
    m_context->setSuffix(tr(" tokens"));
    m_context->setGroupSeparatorShown(true);
    addField(form, tr("&Context:"), m_context);
    m_device = new QComboBox(page);
    m_device->addItem(tr("The fastest there is"), QStringLiteral("auto"));
    m_device->addItem(tr("CPU"), QStringLiteral("cpu"));
    m_device->addItem(tr("NVIDIA GPU"), QStringLiteral("cuda"));
    addField(form, tr("&Device:"), m_device);
    m_threads = makeBox<QSpinBox>(page, 0, 1024, 1);
    m_threads->setSpecialValueText(tr("As many as there are cores"));
    addField(form, tr("&Threads:"), m_threads);
    m_attention = new QCheckBox(tr("&Measure attention while a view shows it"), page);
    m_attention->setAccessibleName(tr("Measure attention while a view shows it"));
    form->addRow(QString(), m_attention);
    return page;
}

QWidget* SettingsDialog::buildAnswers()
{
    auto* page = new QWidget(this);
    auto* form = new QFormLayout(page);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    m_maxTokens = makeBox<QSpinBox>(page, 1, 1 << 20, 64);
    m_maxTokens->setSuffix(tr(" tokens"));
    addField(form, tr("&Longest answer:"), m_maxTokens);
    m_temperature = makeBox<QDoubleSpinBox>(page, 0.0, 5.0, 0.1);
    m_temperature->setSpecialValueText(tr("0: always the likeliest word"));
    addField(form, tr("&Temperature:"), m_temperature, tr("Above 0 the answers vary; the seed repeats one."));
    m_topK = makeBox<QSpinBox>(page, 0, 1 << 20, 10);
    m_topK->setSpecialValueText(tr("All"));
    addField(form, tr("Top-&k:"), m_topK);
    m_topP = makeBox<QDoubleSpinBox>(page, 0.0, 1.0, 0.05);
    addField(form, tr("Top-&p:"), m_topP);
    m_minP = makeBox<QDoubleSpinBox>(page, 0.0, 1.0, 0.01);
    addField(form, tr("&Min-p:"), m_minP);
    m_repetition = makeBox<QDoubleSpinBox>(page, 0.5, 2.0, 0.05);
    addField(form, tr("&Repetition penalty:"), m_repetition);
    m_seed = makeBox<QSpinBox>(page, 0, INT_MAX, 1);
    addField(form, tr("&Seed:"), m_seed);
    m_enterSends = new QCheckBox(tr("&Enter sends the question (otherwise Ctrl+Enter)"), page);
    m_enterSends->setAccessibleName(tr("Enter sends the question"));
    form->addRow(QString(), m_enterSends);
    return page;
}

QWidget* SettingsDialog::buildLook()
{
    auto* page = new QWidget(this);
    auto* form = new QFormLayout(page);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    m_theme = new QComboBox(page);
    m_theme->addItem(tr("As the system"), QString());
    m_theme->addItem(tr("Light"), QStringLiteral("light"));
    m_theme->addItem(tr("Dark"), QStringLiteral("dark"));
    m_theme->addItem(tr("High contrast"), QStringLiteral("contrast"));
    addField(form, tr("&Theme:"), m_theme);
    m_language = new QComboBox(page);
    m_language->addItem(tr("As the system"), QString());
    for (const Language& language : languages())
        m_language->addItem(language.name, language.code);
    addField(form, tr("&Language:"), m_language, tr("From the next start on."));
    m_scale = makeBox<QSpinBox>(page, 100, 250, 25);
    m_scale->setSuffix(tr(" %"));
    addField(form, tr("&Size of everything:"), m_scale, tr("From the next start on."));
    return page;
}

void SettingsDialog::fill(const Choices& choices)
{
    chooseValue(m_plan, choices.engine.plan);
    chooseValue(m_kvType, choices.engine.kvType);
    chooseValue(m_device, choices.engine.device);
    m_threads->setValue(choices.engine.threads);
    m_context->setValue(int(std::min<std::int64_t>(choices.engine.context, INT_MAX)));
    m_maxTokens->setValue(choices.generation.maxTokens);
    m_temperature->setValue(choices.generation.temperature);
    m_topK->setValue(choices.generation.topK);
    m_topP->setValue(choices.generation.topP);
    m_minP->setValue(choices.generation.minP);
    m_repetition->setValue(choices.generation.repetitionPenalty);
    m_seed->setValue(int(std::min<std::uint64_t>(choices.generation.seed, INT_MAX)));
    m_enterSends->setChecked(choices.enterSends);
    m_attention->setChecked(choices.attentionLive);
    m_theme->setCurrentIndex(std::max(0, m_theme->findData(choices.theme)));
    m_language->setCurrentIndex(std::max(0, m_language->findData(choices.language)));
    m_scale->setValue(choices.scale);
}

Choices SettingsDialog::choices() const
{
    Choices chosen = m_original;
    chosen.engine.plan = chosenValue(m_plan);
    chosen.engine.kvType = chosenValue(m_kvType);
    chosen.engine.device = chosenValue(m_device);
    chosen.engine.threads = m_threads->value();
    chosen.engine.context = m_context->value();
    chosen.generation.maxTokens = m_maxTokens->value();
    chosen.generation.temperature = m_temperature->value();
    chosen.generation.topK = m_topK->value();
    chosen.generation.topP = m_topP->value();
    chosen.generation.minP = m_minP->value();
    chosen.generation.repetitionPenalty = m_repetition->value();
    chosen.generation.seed = std::uint64_t(m_seed->value());
    chosen.enterSends = m_enterSends->isChecked();
    chosen.attentionLive = m_attention->isChecked();
    chosen.theme = m_theme->currentData().toString();
    chosen.language = m_language->currentData().toString();
    chosen.scale = m_scale->value();
    return chosen;
}

} // namespace lectern
