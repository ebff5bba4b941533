#include "ui/attention/attention_view.h"

#include "ui/attention/distance_chart.h"
#include "ui/attention/head_atlas.h"
#include "ui/attention/heat_map.h"
#include "ui/attention/source_strip.h"
#include "ui/attention/step_scrubber.h"
#include "ui/common/empty_state.h"
#include "ui/common/flow_layout.h"
#include "ui/common/format.h"
#include "ui/common/icons.h"
#include "ui/common/pattern_text.h"
#include "ui/common/plain_label.h"
#include "ui/common/visible_text.h"

#include <QCheckBox>
#include <QComboBox>
#include <QMenu>
#include <QScrollArea>
#include <QSplitter>
#include <QStackedWidget>
#include <QTabWidget>
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
    m_stack->addWidget(
        new EmptyState(QStringLiteral("attention"), tr("Nothing looked at yet"),
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
    auto* filter = new QComboBox(bar);
    filter->addItem(tr("All heads"), int(HeadFilter::All));
    filter->addItem(tr("Far-looking only"), int(HeadFilter::Far));
    filter->addItem(tr("Near-looking only"), int(HeadFilter::Near));
    filter->setToolTip(tr("Far-looking: a window would lose a tenth of the head's attention or more"));
    filter->setAccessibleName(tr("Heads to show"));
    row->addWidget(order);
    row->addWidget(filter);
    row->addWidget(range);
    row->addWidget(sink);
    row->addWidget(buildBookmarks(bar));
    connect(filter, &QComboBox::currentIndexChanged, this,
            [this, filter] { m_workspace.attention().setFilter(HeadFilter(filter->currentData().toInt())); });
    connect(range, &QComboBox::currentIndexChanged, this,
            [this, range] { m_map->setRange(HeatRange(range->currentData().toInt())); });
    connect(order, &QComboBox::currentIndexChanged, this,
            [this, order] { m_workspace.attention().setOrder(HeadOrder(order->currentData().toInt())); });
    connect(sink, &QCheckBox::toggled, this, [this](bool on) { m_map->setSinkHidden(on); });
    return bar;
}

QWidget* AttentionView::buildBookmarks(QWidget* bar)
{
    auto* button = new QToolButton(bar);
    button->setIcon(icon(QStringLiteral("bookmark")));
    button->setText(tr("Bookmarks"));
    button->setToolTip(tr("Go back to a head and a place; Ctrl+B marks the one on show"));
    button->setAccessibleName(tr("Bookmarks"));
    button->setPopupMode(QToolButton::InstantPopup);
    auto* menu = new QMenu(button);
    menu->setAccessibleName(tr("Bookmarks"));
    button->setMenu(menu);
    connect(menu, &QMenu::aboutToShow, this, [this, menu] {
        menu->clear();
        menu->addAction(tr("&Mark what is on show"), &m_workspace, &Workspace::addBookmark);
        menu->addSeparator();
        const auto& bookmarks = m_workspace.bookmarks();
        for (int i = 0; i < int(bookmarks.size()); ++i)
            menu->addAction(QStringLiteral("&%1 %2").arg(i + 1).arg(bookmarkName(bookmarks[std::size_t(i)])),
                            this, [this, i] { m_workspace.goToBookmark(i); });
        if (bookmarks.empty())
            menu->addAction(tr("Nothing is marked yet"))->setEnabled(false);
        else
            menu->addAction(tr("&Forget all"), &m_workspace, &Workspace::forgetBookmarks);
    });
    return button;
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
    m_map->setTokenText(
        [this](std::int64_t begin, std::int64_t end) { return m_workspace.promptText(begin, end); });
    auto* tabs = new QTabWidget(page);
    tabs->setDocumentMode(true);
    tabs->setAccessibleName(tr("About the answer and about the head"));
    m_strip = new SourceStrip(m_workspace.attention(), m_workspace.selection(), tabs);
    m_distances = new DistanceChart(m_workspace.attention(), m_workspace.selection(), tabs);
    tabs->addTab(m_strip, tr("Ans&wer tokens"));
    tabs->addTab(m_distances, tr("&Distance"));
    tabs->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    m_scrubber = new StepScrubber(m_workspace.attention(), page);
    column->addWidget(m_title);
    column->addWidget(m_map, 1);
    column->addWidget(m_scrubber);
    column->addWidget(tabs);
    connect(&m_workspace.selection(), &Selection::markedTextChanged, this, &AttentionView::showMarked);
    connect(&m_workspace, &Workspace::modelChanged, this, &AttentionView::showPattern);
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
    m_title->setText(head.isValid() ? tr("Layer %1, head %2").arg(head.layer).arg(head.head)
                                    : tr("One head"));
    showPattern();
}

// The keys that the chosen head may see under the plan in force.
void AttentionView::showPattern()
{
    const HeadChoice head = m_workspace.selection().head();
    const HeadPattern* pattern = m_workspace.patternOf(head);
    m_map->setPattern(pattern);
    if (pattern && head.isValid())
        m_title->setText(tr("Layer %1, head %2 · keeps %3")
                             .arg(head.layer)
                             .arg(head.head)
                             .arg(patternText(*pattern)));
}

void AttentionView::showMarked()
{
    const MarkedText& marked = m_workspace.selection().markedText();
    const auto [first, last] =
        marked.isEmpty() ? std::pair<std::int64_t, std::int64_t>(-1, -1)
                         : m_workspace.promptMap().tokensOfBytes(marked.document, marked.begin, marked.end);
    m_strip->setMarked(first, last);
}

} // namespace lectern
