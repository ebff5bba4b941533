#include "ui/memory/memory_view.h"

#include "ui/common/empty_state.h"
#include "ui/common/format.h"
#include "ui/common/icons.h"
#include "ui/common/plain_label.h"
#include "ui/common/unit_text.h"
#include "ui/memory/kept_tokens.h"
#include "ui/memory/layer_bars.h"
#include "ui/memory/memory_timeline.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHeaderView>
#include <QScrollArea>
#include <QStackedWidget>
#include <QTableView>
#include <QTabWidget>
#include <QToolButton>
#include <QVBoxLayout>

namespace lectern {

MemoryView::MemoryView(Workspace& workspace, QWidget* parent) : QWidget(parent), m_workspace(workspace)
{
    setAccessibleName(tr("KV memory"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    m_stack = new QStackedWidget(this);
    auto* page = new QWidget(m_stack);
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(10, 8, 10, 8);
    column->setSpacing(4);
    m_bytes = new PlainLabel({}, page);
    m_bytes->setFontScale(1.3, true);
    m_summary = new PlainLabel({}, page);
    m_summary->setWordWrap(true);
    m_readout = new PlainLabel({}, page);
    m_readout->setMuted(true);
    m_readout->setWordWrap(true);
    m_readout->setMinimumHeight(m_readout->fontMetrics().height());
    auto* tabs = new QTabWidget(page);
    tabs->setDocumentMode(true);
    tabs->setAccessibleName(tr("KV memory as charts or as a table"));
    tabs->addTab(buildCharts(), tr("C&harts"));
    tabs->addTab(buildTable(), icon(QStringLiteral("table")), tr("Ta&ble"));
    column->addWidget(m_bytes);
    column->addWidget(m_summary);
    column->addWidget(tabs, 1);
    column->addWidget(m_readout);
    m_stack->addWidget(page);
    m_stack->addWidget(
        new EmptyState(QStringLiteral("memory"), tr("No KV memory in use"),
                       tr("While a document is read and answered from, this shows what each layer "
                          "keeps of it and what full attention would need."),
                       m_stack));
    layout->addWidget(m_stack);
    connect(&m_workspace.memory(), &MemoryModel::changed, this, &MemoryView::showNumbers);
    showNumbers();
}

QWidget* MemoryView::buildCharts()
{
    MemoryModel& model = m_workspace.memory();
    auto* scroll = new QScrollArea(this);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setAccessibleName(tr("KV memory charts"));
    auto* page = new QWidget(scroll);
    page->setBackgroundRole(QPalette::Base);
    page->setAutoFillBackground(true);
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto* bars = new LayerBars(model, page);
    column->addWidget(bars, 6);
    column->addWidget(new MemoryTimeline(model, page), 5);
    column->addWidget(new KeptTokens(model, page), 5);
    scroll->setWidget(page);
    connect(bars, &LayerBars::readoutChanged, m_readout, &QLabel::setText);
    return scroll;
}

QWidget* MemoryView::buildTable()
{
    auto* page = new QWidget(this);
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(0, 4, 0, 0);
    auto* table = new QTableView(page);
    table->setTabKeyNavigation(false); // Tab leaves the table
    table->setModel(&m_workspace.memory());
    table->setAccessibleName(tr("KV memory by layer, as a table"));
    table->verticalHeader()->hide();
    table->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    table->setSelectionBehavior(QAbstractItemView::SelectRows);
    table->setAlternatingRowColors(true);
    table->setFrameShape(QFrame::NoFrame);
    auto* copy = new QToolButton(page);
    copy->setText(tr("Copy as CSV"));
    copy->setIcon(icon(QStringLiteral("copy")));
    copy->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    copy->setAccessibleName(tr("Copy the table as CSV"));
    connect(copy, &QToolButton::clicked, this, [this] {
        QGuiApplication::clipboard()->setText(m_workspace.memory().toCsv());
        emit m_workspace.noticed(tr("Table copied"));
    });
    m_sum = new PlainLabel({}, page);
    m_sum->setWordWrap(true);
    m_sum->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    column->addWidget(table, 1);
    column->addWidget(m_sum);
    column->addWidget(copy, 0, Qt::AlignRight);
    return page;
}

void MemoryView::showNumbers()
{
    const MemoryModel& model = m_workspace.memory();
    m_stack->setCurrentIndex(model.isEmpty() ? 1 : 0);
    const KvUsage& usage = model.usage();
    m_bytes->setText(tr("%1 of KV memory").arg(formatBytes(usage.bytes)));
    m_bytes->setAccessibleName(tr("KV memory allocated: %1").arg(formatBytes(usage.bytes)));
    m_sum->setText(
        tr("Sum of the layers: %1 bytes. The allocator says: %2 bytes.")
            .arg(formatCount(std::int64_t(model.sumOfLayers())), formatCount(std::int64_t(usage.bytes))));
    m_sum->setAccessibleName(m_sum->text());
    QString text = usage.fullAttentionBytes > usage.bytes
                       ? tr("%1 less than the %2 that full attention would need.")
                             .arg(formatPercent(usage.savedFraction()), formatBytes(usage.fullAttentionBytes))
                       : tr("As much as full attention needs.");
    text += QLatin1Char(' ') +
            tr("%1 read, room for %2.").arg(formatTokens(usage.position), formatCount(usage.context));
    m_summary->setText(keepUnits(text));
}

} // namespace lectern
