#include "ui/diagnostics/diagnostics_view.h"

#include "ui/common/icons.h"
#include "ui/common/plain_label.h"
#include "ui/state/diagnostics.h"

#include <QClipboard>
#include <QComboBox>
#include <QFontDatabase>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QSplitter>
#include <QTableWidget>

#include <algorithm>

namespace lectern {

namespace {
constexpr int kFactsRefreshMs = 2000;
}

DiagnosticsView::DiagnosticsView(Workspace& workspace, QWidget* parent)
    : QWidget(parent), m_workspace(workspace)
{
    setAccessibleName(tr("Diagnostics"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(8, 8, 8, 8);
    auto* splitter = new QSplitter(Qt::Vertical, this);
    splitter->setChildrenCollapsible(false);
    splitter->addWidget(buildFacts());
    splitter->addWidget(buildLog());
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 2);
    column->addWidget(splitter, 1);
    connect(&m_workspace, &Workspace::modelChanged, this, &DiagnosticsView::showFacts);
    m_refresh.setInterval(kFactsRefreshMs);
    connect(&m_refresh, &QTimer::timeout, this, [this] {
        if (!isVisible()) {
            m_refresh.stop();
            return;
        }
        showFacts();
        showLog();
    });
}

DiagnosticsView::~DiagnosticsView()
{
    m_cancel.cancel();
    if (m_thread)
        m_thread->wait();
}

QWidget* DiagnosticsView::buildFacts()
{
    auto* page = new QWidget(this);
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, 0);
    m_facts = new QTableWidget(0, 2, page);
    m_facts->setHorizontalHeaderLabels({tr("What"), tr("Value")});
    m_facts->horizontalHeader()->setSectionResizeMode(0, QHeaderView::ResizeToContents);
    m_facts->horizontalHeader()->setStretchLastSection(true);
    m_facts->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_facts->verticalHeader()->hide();
    m_facts->setTabKeyNavigation(false); // Tab leaves the table
    m_facts->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_facts->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_facts->setAlternatingRowColors(true);
    m_facts->setShowGrid(false);
    m_facts->setWordWrap(false);
    m_facts->setFrameShape(QFrame::NoFrame);
    m_facts->setAccessibleName(tr("Facts about this program and machine"));
    m_result =
        new PlainLabel(tr("The self-test compares the engine with itself; it takes a few seconds."), page);
    m_result->setWordWrap(true);
    m_result->setMuted(true);
    m_result->setAccessibleName(tr("Result of the self-test"));
    auto* row = new QHBoxLayout;
    m_test = new QPushButton(icon(QStringLiteral("done")), tr("Run the &self-test"), page);
    m_test->setAccessibleName(tr("Run the self-test"));
    auto* copy = new QPushButton(icon(QStringLiteral("copy")), tr("Copy the &report"), page);
    copy->setAccessibleName(tr("Copy the report"));
    copy->setToolTip(tr("Facts and log, without names of files and people"));
    row->addWidget(m_test);
    row->addWidget(copy);
    row->addStretch(1);
    column->addWidget(m_facts, 1);
    column->addLayout(row);
    column->addWidget(m_result);
    connect(m_test, &QPushButton::clicked, this, &DiagnosticsView::runTest);
    connect(copy, &QPushButton::clicked, this, [this] {
        QGuiApplication::clipboard()->setText(report());
        emit m_workspace.noticed(tr("Report copied"));
    });
    return page;
}

QWidget* DiagnosticsView::buildLog()
{
    auto* page = new QWidget(this);
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, 0);
    auto* row = new QHBoxLayout;
    auto* caption = new PlainLabel(tr("Log"), page);
    caption->setFontScale(1.0, true);
    m_level = new QComboBox(page);
    m_level->addItem(tr("Everything"), QStringLiteral("trace"));
    m_level->addItem(tr("Warnings and errors"), QStringLiteral("warning"));
    m_level->addItem(tr("Errors"), QStringLiteral("error"));
    m_level->setAccessibleName(tr("Lines of the log to show"));
    row->addWidget(caption, 1);
    row->addWidget(m_level);
    m_log = new QPlainTextEdit(page);
    m_log->setReadOnly(true);
    m_log->setUndoRedoEnabled(false);
    m_log->setTabChangesFocus(true);
    m_log->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_log->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    m_log->setPlaceholderText(tr("Nothing has been logged."));
    m_log->setAccessibleName(tr("Log"));
    column->addLayout(row);
    column->addWidget(m_log, 1);
    connect(m_level, &QComboBox::currentIndexChanged, this, &DiagnosticsView::showLog);
    return page;
}

void DiagnosticsView::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    showFacts();
    showLog();
    m_refresh.start();
}

void DiagnosticsView::showFacts()
{
    if (!isVisible())
        return;
    const auto facts = diagnosticFacts(m_workspace);
    m_facts->setRowCount(int(facts.size()));
    for (int row = 0; row < int(facts.size()); ++row) {
        const auto& [what, value] = facts[std::size_t(row)];
        for (int cell = 0; cell < 2; ++cell) {
            const QString& text = cell == 0 ? what : value;
            if (!m_facts->item(row, cell))
                m_facts->setItem(row, cell, new QTableWidgetItem(text));
            m_facts->item(row, cell)->setText(text);
            m_facts->item(row, cell)->setToolTip(cell == 1 ? text.toHtmlEscaped() : QString());
        }
    }
}

void DiagnosticsView::showLog()
{
    const QString text = linesOfLevel(logTail(logPath()), m_level->currentData().toString());
    if (text == m_log->toPlainText())
        return;
    m_log->setPlainText(text);
    m_log->verticalScrollBar()->setValue(m_log->verticalScrollBar()->maximum());
}

void DiagnosticsView::runTest()
{
    if (m_thread && m_thread->isRunning())
        return;
    m_test->setEnabled(false);
    m_result->setText(tr("Testing…"));
    m_cancel = CancelToken();
    m_thread.reset(QThread::create([this, cancel = m_cancel] {
        const auto checks = runSelfTest(cancel);
        QMetaObject::invokeMethod(this, [this, checks] { showTest(checks); });
    }));
    m_thread->start();
}

void DiagnosticsView::showTest(const std::vector<SelfCheck>& checks)
{
    QStringList lines;
    for (const SelfCheck& check : checks)
        lines += (check.passed ? tr("Right: %1 (%2)") : tr("Wrong: %1 (%2)"))
                     .arg(QString::fromStdString(check.name), QString::fromStdString(check.detail));
    m_result->setText(lines.join(QLatin1Char('\n')));
    m_test->setEnabled(true);
    emit tested(
        std::all_of(checks.begin(), checks.end(), [](const SelfCheck& check) { return check.passed; }));
}

QString DiagnosticsView::report() const
{
    QString text = QStringLiteral("# Lectern\n\n");
    for (const auto& [what, value] : diagnosticFacts(m_workspace))
        text += QStringLiteral("- %1: %2\n").arg(what, value);
    text += QStringLiteral("\n") + m_result->text() + QStringLiteral("\n\n```\n") +
            logTail(logPath(), 16 << 10) + QStringLiteral("```\n");
    return redacted(text);
}

} // namespace lectern
