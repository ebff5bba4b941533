#include "ui/attention/attention_view.h"

#include "ui/attention/head_atlas.h"
#include "ui/attention/heat_map.h"
#include "ui/attention/source_strip.h"
#include "ui/common/empty_state.h"
#include "ui/common/flow_layout.h"
#include "ui/common/format.h"
#include "ui/common/plain_label.h"

#include <QCheckBox>
#include <QComboBox>
#include <QScrollArea>
#include <QSplitter>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace lectern {

AttentionView::AttentionView(Workspace& workspace, QWidget* parent) : QWidget(parent), m_workspace(workspace)
{
    setAccessibleName(tr("Attention"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    m_stack = new QStackedWidget(this);
    auto* page = new QWidget(m_stack);
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(8, 6, 8, 6);
    column->setSpacing(6);
    m_readout = new PlainLabel({}, page);
    m_readout->setWordWrap(true);
    m_readout->setMinimumHeight(m_readout->fontMetrics().height());
    m_readout->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    m_readout->setAccessibleName(tr("Value under the cursor"));
    m_splitter = new QSplitter(Qt::Vertical, page);
    m_splitter->setChildrenCollapsible(false);
    m_splitter->addWidget(buildAtlas());
    m_splitter->addWidget(buildMap());
    m_splitter->setStretchFactor(0, 4);
    m_splitter->setStretchFactor(1, 5);
    column->addWidget(buildControls());
    column->addWidget(m_splitter, 1);
    column->addWidget(m_readout);
    m_stack->addWidget(page);
    m_stack->addWidget(new EmptyState(QStringLiteral("attention"), tr("Nothing looked at yet"),
                                      tr("Ask a question. While the text is read, this shows where every head of "
                                         "every layer looks."),
                                      m_stack));
    layout->addWidget(m_stack);
    connect(m_atlas, &HeadAtlas::readoutChanged, m_readout, &QLabel::setText);
    connect(m_map, &HeatMap::readoutChanged, m_readout, &QLabel::setText);
    connect(m_strip, &SourceStrip::readoutChanged, m_readout, &QLabel::setText);
    connect(&m_workspace.attention(), &AttentionModel::changed, this, &AttentionView::showState);
    connect(&m_workspace.selection(), &Selection::headChanged, this, &AttentionView::showState);
    showState();
}

QWidget* AttentionView::buildControls()
{
    auto* bar = new QWidget(this);
    auto* row = new FlowLayout(bar, 8);
    auto* range = new QComboBox(bar);
    range->addItem(tr("Linear"), int(HeatRange::Linear));
    range->addItem(tr("Square root"), int(HeatRange::SquareRoot));
    range->addItem(tr("Logarithmic"), int(HeatRange::Logarithmic));
    range->setCurrentIndex(1);
    range->setToolTip(tr("How attention becomes colour in the large map"));
    range->setAccessibleName(tr("Colour range"));
    auto* order = new QComboBox(bar);
    order->addItem(tr("By layer"), int(HeadOrder::ByLayer));
    order->addItem(tr("Far-looking first"), int(HeadOrder::ByDistantMass));
    order->addItem(tr("Start-looking first"), int(HeadOrder::BySinkMass));
    order->setToolTip(tr("Order of the heads"));
    order->setAccessibleName(tr("Order of the heads"));
    auto* sink = new QCheckBox(tr("&Leave out the start"), bar);
    sink->setToolTip(tr("The first block draws attention from everywhere and hides the rest"));
    sink->setAccessibleName(tr("Leave out the first block of the text"));
    sink->setChecked(true);
    auto* live = new QCheckBox(tr("Foll&ow live"), bar);
    live->setToolTip(tr("Show each new step; otherwise the picture stands still"));
    live->setAccessibleName(tr("Follow the reading live"));
    live->setChecked(true);
    row->addWidget(order);
    row->addWidget(range);
    row->addWidget(sink);
    row->addWidget(live);
    connect(range, &QComboBox::currentIndexChanged, this,
            [this, range] { m_map->setRange(HeatRange(range->currentData().toInt())); });
    connect(order, &QComboBox::currentIndexChanged, this,
            [this, order] { m_workspace.attention().setOrder(HeadOrder(order->currentData().toInt())); });
    connect(sink, &QCheckBox::toggled, this, [this](bool on) { m_map->setSinkHidden(on); });
    connect(live, &QCheckBox::toggled, this, [this](bool on) { m_workspace.attention().setPaused(!on); });
    return bar;
}

QWidget* AttentionView::buildAtlas()
{
    auto* scroll = new QScrollArea(this);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAsNeeded);
    scroll->setAccessibleName(tr("All heads"));
    scroll->setMinimumHeight(110);
    m_atlas = new HeadAtlas(m_workspace.attention(), m_workspace.selection(), scroll);
    scroll->setWidget(m_atlas);
    return scroll;
}

QWidget* AttentionView::buildMap()
{
    auto* page = new QWidget(this);
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(4);
    m_title = new PlainLabel({}, page);
    m_title->setFontScale(1.0, true);
    m_map = new HeatMap(m_workspace.attention(), m_workspace.selection(), page);
    m_strip = new SourceStrip(m_workspace.attention(), m_workspace.selection(), page);
    column->addWidget(m_title);
    column->addWidget(m_map, 1);
    column->addWidget(m_strip);
    return page;
}

void AttentionView::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    m_workspace.setAttentionViewVisible(true);
}

void AttentionView::hideEvent(QHideEvent* event)
{
    QWidget::hideEvent(event);
    m_workspace.setAttentionViewVisible(false);
}

void AttentionView::fitAtlas()
{
    if (m_fitted || m_workspace.attention().isEmpty() || m_splitter->height() < 200)
        return;
    m_fitted = true;
    const int wanted = m_atlas->heightForWidth(m_atlas->width()) + 6;
    const int atlas = std::min(wanted, m_splitter->height() * 45 / 100);
    m_splitter->setSizes({atlas, m_splitter->height() - atlas});
}

void AttentionView::showState()
{
    QMetaObject::invokeMethod(this, &AttentionView::fitAtlas, Qt::QueuedConnection); // after the layout
    m_stack->setCurrentIndex(m_workspace.attention().isEmpty() ? 1 : 0);
    const HeadChoice head = m_workspace.selection().head();
    m_title->setText(head.isValid() ? tr("Layer %1, head %2").arg(head.layer).arg(head.head) : tr("One head"));
}

} // namespace lectern
