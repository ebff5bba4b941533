#include "ui/needle/needle_view.h"

#include "ui/common/form_row.h"
#include "ui/common/format.h"
#include "ui/common/icons.h"
#include "ui/common/plain_label.h"
#include "ui/needle/needle_map.h"

#include <QComboBox>
#include <QFormLayout>
#include <QLineEdit>
#include <QPushButton>
#include <QRegularExpression>
#include <QSpinBox>
#include <QVBoxLayout>

namespace lectern {

NeedleView::NeedleView(Workspace& workspace, QWidget* parent) : QWidget(parent), m_workspace(workspace)
{
    setAccessibleName(tr("Needle lab"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(10, 8, 10, 8);
    column->setSpacing(6);
    auto* form = new QFormLayout;
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    m_kind = new QComboBox(this);
    m_kind->addItem(tr("A passkey in repeated sentences"), int(NeedleKind::Passkey));
    m_kind->addItem(tr("Sequences of code words"), int(NeedleKind::Words));
    m_kind->setAccessibleName(tr("Kind of needle"));
    m_contexts = new QLineEdit(QStringLiteral("1024, 2048, 4096, 8192"), this);
    m_contexts->setAccessibleName(tr("Lengths of the text, in tokens"));
    m_plans = new QLineEdit(QStringLiteral("full; longgen; window:sink=4,window=1024"), this);
    m_plans->setAccessibleName(tr("Plans to test"));
    m_depths = new QSpinBox(this);
    m_depths->setRange(1, 20);
    m_depths->setValue(5);
    m_depths->setAccessibleName(tr("Number of depths"));
    m_trials = new QSpinBox(this);
    m_trials->setRange(1, 50);
    m_trials->setAccessibleName(tr("Trials of each cell"));
    addFormRow(form, tr("&Needle:"), m_kind);
    addFormRow(form, tr("&Lengths:"), m_contexts);
    addFormRow(form, tr("&Plans:"), m_plans);
    addFormRow(form, tr("&Depths:"), m_depths);
    addFormRow(form, tr("T&rials:"), m_trials);
    auto* row = new QHBoxLayout;
    m_run = new QPushButton(icon(QStringLiteral("search")), tr("&Find needles"), this);
    m_run->setAccessibleName(tr("Find needles"));
    m_state = new PlainLabel({}, this);
    m_state->setMuted(true);
    m_state->setWordWrap(true);
    row->addWidget(m_run);
    row->addWidget(m_state, 1);
    m_map = new NeedleMap(m_workspace.needles(), this);
    m_readout = new PlainLabel({}, this);
    m_readout->setWordWrap(true);
    m_readout->setMinimumHeight(2 * fontMetrics().height());
    m_readout->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    m_readout->setAccessibleName(tr("Cell under the cursor"));
    column->addLayout(form);
    column->addLayout(row);
    column->addWidget(m_map, 1);
    column->addWidget(m_readout);
    connect(m_run, &QPushButton::clicked, this, &NeedleView::run);
    connect(m_map, &NeedleMap::readoutChanged, m_readout, &QLabel::setText);
    connect(&m_workspace.needles(), &NeedleModel::changed, this, &NeedleView::show);
    connect(&m_workspace, &Workspace::activityChanged, this, &NeedleView::show);
    connect(&m_workspace, &Workspace::modelChanged, this, &NeedleView::show);
    show();
}

void NeedleView::run()
{
    NeedleSettings settings;
    settings.kind = NeedleKind(m_kind->currentData().toInt());
    settings.trials = m_trials->value();
    settings.engine = m_workspace.engineSettings();
    for (const QString& part :
         m_contexts->text().split(QRegularExpression(QStringLiteral("[,;\\s]+")), Qt::SkipEmptyParts))
        if (const qlonglong tokens = part.toLongLong(); tokens >= 64)
            settings.contexts.push_back(tokens);
    for (const QString& plan : m_plans->text().split(QLatin1Char(';'), Qt::SkipEmptyParts))
        settings.plans.push_back(plan.trimmed().toStdString());
    for (int i = 0; i < m_depths->value(); ++i)
        settings.depths.push_back(m_depths->value() == 1 ? 0.5 : double(i) / (m_depths->value() - 1));
    if (settings.contexts.empty() || settings.plans.empty()) {
        m_state->setText(tr("Write at least one length of 64 tokens or more, and one plan."));
        return;
    }
    m_workspace.findNeedles(settings);
}

void NeedleView::show()
{
    const NeedleModel& model = m_workspace.needles();
    m_run->setEnabled(m_workspace.model() && !m_workspace.isBusy());
    m_state->setText(model.isRunning() ? tr("%1 of %2 cells").arg(model.cells().size()).arg(model.total())
                     : !m_workspace.model() ? tr("Open a model first.")
                                            : QString());
}

} // namespace lectern
