#include "ui/models/models_view.h"

#include "ui/common/engine_pickers.h"
#include "ui/common/flow_layout.h"
#include "ui/common/form_row.h"
#include "ui/common/format.h"
#include "ui/common/icons.h"
#include "ui/common/memory_bar.h"
#include "ui/common/plain_label.h"
#include "ui/common/two_line_delegate.h"
#include "ui/common/visible_text.h"

#include <QFileInfo>
#include <QFormLayout>
#include <QListWidget>
#include <QPushButton>
#include <QScrollArea>
#include <QSignalBlocker>
#include <QSlider>
#include <QSpinBox>
#include <QVBoxLayout>

#include <algorithm>
#include <climits>
#include <cmath>

namespace lectern {

namespace {

constexpr int kSizeRole = Qt::UserRole + 1;
constexpr std::int64_t kLeastContext = 1024;
constexpr int kStepsPerDoubling = 8; // of the slider
constexpr int kDoublings = 10;       // up to a million tokens

std::int64_t contextOfStep(int step)
{
    const double tokens = double(kLeastContext) * std::pow(2.0, double(step) / kStepsPerDoubling);
    return std::int64_t(std::lround(tokens / 64)) * 64;
}

int stepOfContext(std::int64_t context)
{
    return int(std::lround(kStepsPerDoubling *
                           std::log2(double(std::max(context, kLeastContext)) / double(kLeastContext))));
}

} // namespace

ModelsView::ModelsView(Workspace& workspace, QWidget* parent) : QWidget(parent), m_workspace(workspace)
{
    setAccessibleName(tr("Models"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    auto* scroll = new QScrollArea(this);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setAccessibleName(tr("Models and memory"));
    auto* page = new QWidget(scroll);
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(8, 8, 8, 8);
    column->setSpacing(8);
    column->addWidget(buildList(), 1);
    column->addWidget(buildPrice());
    scroll->setWidget(page);
    layout->addWidget(scroll);
    connect(&m_workspace, &Workspace::modelChanged, this, &ModelsView::showModel);
    connect(&m_workspace, &Workspace::modelsChanged, this, &ModelsView::showModels);
    showModels();
    showModel();
}

QWidget* ModelsView::buildList()
{
    auto* page = new QWidget(this);
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, 0);
    m_list = new QListWidget(page);
    m_list->setAccessibleName(tr("Models at hand"));
    m_list->setAlternatingRowColors(true);
    m_list->setMinimumHeight(5 * fontMetrics().height());
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setItemDelegate(new TwoLineDelegate({kSizeRole}, m_list));
    auto* row = new QHBoxLayout;
    auto* open = new QPushButton(icon(QStringLiteral("open-model")), tr("Open a &file…"), page);
    open->setAccessibleName(tr("Open a model file"));
    m_details = new QPushButton(icon(QStringLiteral("info")), tr("De&tails"), page);
    m_details->setAccessibleName(tr("Details of the open model"));
    row->addWidget(open);
    row->addWidget(m_details);
    row->addStretch(1);
    m_hint = new PlainLabel({}, page);
    m_hint->setMuted(true);
    m_hint->setWordWrap(true);
    column->addWidget(m_list, 1);
    column->addWidget(m_hint);
    column->addLayout(row);
    connect(m_list, &QListWidget::itemActivated, this,
            [this](QListWidgetItem* item) { m_workspace.openModel(item->data(Qt::UserRole).toString()); });
    connect(open, &QPushButton::clicked, this, &ModelsView::openModelWanted);
    connect(m_details, &QPushButton::clicked, this, &ModelsView::detailsWanted);
    return page;
}

QWidget* ModelsView::buildPrice()
{
    auto* page = new QWidget(this);
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, 0);
    auto* form = new QFormLayout;
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    m_plan = new QComboBox(page);
    fillPlanBox(m_plan);
    m_plan->setAccessibleName(tr("Attention plan"));
    m_kvType = new QComboBox(page);
    fillKvTypeBox(m_kvType);
    m_kvType->setAccessibleName(tr("Type of the KV memory"));
    m_slider = new QSlider(Qt::Horizontal, page);
    m_slider->setRange(0, kStepsPerDoubling * kDoublings);
    m_slider->setPageStep(kStepsPerDoubling);
    m_slider->setAccessibleName(tr("Context, in tokens"));
    m_context = new QSpinBox(page);
    m_context->setRange(1, INT_MAX);
    m_context->setSingleStep(1024);
    m_context->setGroupSeparatorShown(true);
    m_context->setAccessibleName(tr("Context, in tokens"));
    addFormRow(form, tr("&Plan:"), m_plan);
    addFormRow(form, tr("&KV memory:"), m_kvType);
    addFormRow(form, tr("&Context:"), m_context);
    form->addRow(QString(), m_slider);
    m_bar = new MemoryBar(page);
    m_summary = new PlainLabel({}, page);
    m_summary->setWordWrap(true);
    for (QComboBox* box : {m_plan, m_kvType}) { // as narrow as the dock
        box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        box->setMinimumContentsLength(6);
    }
    auto* buttons = new QWidget(page);
    auto* row = new FlowLayout(buttons, 6);
    m_apply = new QPushButton(tr("&Use"), buttons);
    m_apply->setAccessibleName(tr("Use this plan"));
    m_apply->setToolTip(tr("The model is opened again under this plan"));
    m_default = new QPushButton(tr("Use &always with this model"), buttons);
    m_default->setAccessibleName(tr("Use this plan always with this model"));
    row->addWidget(m_apply);
    row->addWidget(m_default);
    column->addLayout(form);
    column->addWidget(m_bar);
    column->addWidget(m_summary);
    column->addWidget(buttons);
    connect(m_plan, &QComboBox::currentTextChanged, this, &ModelsView::reprice);
    connect(m_kvType, &QComboBox::currentIndexChanged, this, &ModelsView::reprice);
    connect(m_context, &QSpinBox::valueChanged, this, [this](int tokens) {
        const QSignalBlocker quiet(m_slider);
        m_slider->setValue(stepOfContext(tokens));
        reprice();
    });
    connect(m_slider, &QSlider::valueChanged, this,
            [this](int step) { m_context->setValue(int(contextOfStep(step))); });
    connect(m_apply, &QPushButton::clicked, this, [this] { apply(false); });
    connect(m_default, &QPushButton::clicked, this, [this] { apply(true); });
    return page;
}

void ModelsView::showModels()
{
    m_list->clear();
    m_hint->setText(m_workspace.knownModels().isEmpty()
                        ? tr("No model is known yet. Drop a .gguf file on the window, or open one.")
                        : tr("Double-click or Enter opens a model; a file can be dropped on the window."));
    for (const QString& path : m_workspace.knownModels()) {
        const QFileInfo file(path);
        auto* item =
            new QListWidgetItem(icon(QStringLiteral("open-model")), visibleLine(file.fileName()), m_list);
        item->setData(kSizeRole, formatBytes(std::uint64_t(file.size())));
        item->setToolTip(Qt::convertFromPlainText(visibleLine(path)));
        item->setData(Qt::UserRole, path);
        if (m_workspace.model() && QString::fromStdString(m_workspace.model()->path) == path) {
            QFont bold = item->font();
            bold.setBold(true);
            item->setFont(bold);
            m_list->setCurrentItem(item);
        }
    }
}

void ModelsView::showModel()
{
    showModels();
    const bool open = m_workspace.model().has_value();
    for (QWidget* widget :
         {static_cast<QWidget*>(m_details), static_cast<QWidget*>(m_apply), static_cast<QWidget*>(m_default)})
        widget->setEnabled(open);
    if (open) {
        const QSignalBlocker quiet(m_plan), quietType(m_kvType);
        chooseValue(m_plan, m_workspace.engineSettings().plan);
        chooseValue(m_kvType, m_workspace.engineSettings().kvType);
        const std::int64_t context = m_workspace.engineSettings().context;
        m_context->setValue(
            int(std::min<std::int64_t>(context > 0 ? context : m_workspace.model()->contextLength, INT_MAX)));
    }
    reprice();
}

void ModelsView::reprice()
{
    m_price.reset();
    QString problem;
    if (const auto& model = m_workspace.model()) {
        const auto price = pricePlan(*model, chosenValue(m_plan), chosenValue(m_kvType), m_context->value());
        if (price)
            m_price = *price;
        else
            problem = QString::fromStdString(price.error().message + " " + price.error().hint);
    }
    m_bar->setMinimumHeight(m_bar->sizeHint().height() + 8); // its last line's descent
    m_bar->setPrice(m_price);
    m_apply->setEnabled(m_price.has_value());
    m_default->setEnabled(m_price.has_value());
    if (m_price && m_price->fullAttentionKvBytes > m_price->kvBytes)
        problem =
            tr("%1 less KV memory than the %2 of full attention at %3.")
                .arg(formatPercent(1 - double(m_price->kvBytes) / double(m_price->fullAttentionKvBytes)),
                     formatBytes(m_price->fullAttentionKvBytes), formatTokens(m_context->value()));
    m_summary->setText(visibleLine(problem));
}

void ModelsView::apply(bool asDefault)
{
    if (!m_price || !m_workspace.model())
        return;
    Choices choices = m_workspace.choices();
    choices.engine.plan = chosenValue(m_plan);
    choices.engine.kvType = chosenValue(m_kvType);
    choices.engine.context = m_context->value();
    if (asDefault) {
        m_workspace.setModelPlan(QString::fromStdString(m_workspace.model()->path), choices.engine.plan);
        emit m_workspace.noticed(tr("This model is opened under this plan from now on"));
    }
    m_workspace.applyChoices(choices);
}

} // namespace lectern
