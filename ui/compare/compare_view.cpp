#include "ui/compare/compare_view.h"

#include "ui/common/engine_pickers.h"
#include "ui/common/form_row.h"
#include "ui/common/format.h"
#include "ui/common/icons.h"
#include "ui/common/plain_label.h"
#include "ui/common/safe_text_browser.h"
#include "ui/common/theme.h"
#include "ui/common/visible_text.h"

#include <QClipboard>
#include <QFormLayout>
#include <QGuiApplication>
#include <QHeaderView>
#include <QLineEdit>
#include <QPushButton>
#include <QTableWidget>
#include <QTextCursor>
#include <QVBoxLayout>

#include <algorithm>

namespace lectern {

namespace {

QString passages(const std::vector<EvidencePassage>& evidence)
{
    QStringList labels;
    for (const EvidencePassage& passage : evidence)
        labels += QStringLiteral("%1 (%2)").arg(passageLabel(passage, false), formatPercent(passage.score));
    return labels.isEmpty() ? CompareView::tr("No confident source") : labels.join(QStringLiteral(", "));
}

// The first passage of each: the same place or not.
QString evidenceDifference(const PlanOutcome& a, const PlanOutcome& b)
{
    if (a.evidence.empty() || b.evidence.empty())
        return a.evidence.empty() == b.evidence.empty() ? CompareView::tr("Neither has a source")
                                                        : CompareView::tr("Only one has a source");
    const bool same =
        a.evidence[0].documentId == b.evidence[0].documentId && a.evidence[0].start == b.evidence[0].start;
    return same ? CompareView::tr("The same passage") : CompareView::tr("Different passages");
}

} // namespace

CompareView::CompareView(Workspace& workspace, QWidget* parent) : QWidget(parent), m_workspace(workspace)
{
    setAccessibleName(tr("Compare plans"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(10, 8, 10, 8);
    column->setSpacing(6);
    auto* form = new QFormLayout;
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    m_question = new QLineEdit(this);
    m_question->setAccessibleName(tr("Question to compare"));
    m_question->setPlaceholderText(tr("A question about the documents of this session"));
    addFormRow(form, tr("&Question:"), m_question);
    const QString names[] = {tr("Plan &A:"), tr("Plan &B:")};
    for (int side = 0; side < 2; ++side) {
        m_plans[std::size_t(side)] = new QComboBox(this);
        fillPlanBox(m_plans[std::size_t(side)]);
        m_plans[std::size_t(side)]->setAccessibleName(
            QString(names[side]).remove(QLatin1Char('&')).remove(QLatin1Char(':')));
        addFormRow(form, names[side], m_plans[std::size_t(side)]);
    }
    setPlans({"full", "longgen"});
    auto* row = new QHBoxLayout;
    m_run = new QPushButton(icon(QStringLiteral("compare")), tr("&Compare"), this);
    m_run->setAccessibleName(tr("Compare"));
    m_copy = new QPushButton(icon(QStringLiteral("copy")), tr("Copy as CS&V"), this);
    m_copy->setAccessibleName(tr("Copy the comparison as CSV"));
    m_state = new PlainLabel({}, this);
    m_state->setMuted(true);
    m_state->setWordWrap(true);
    row->addWidget(m_run);
    row->addWidget(m_copy);
    row->addWidget(m_state, 1);
    auto* sides = new QHBoxLayout;
    for (int side = 0; side < 2; ++side) {
        auto* half = new QVBoxLayout;
        m_titles[std::size_t(side)] = new PlainLabel({}, this);
        m_titles[std::size_t(side)]->setFontScale(1.0, true);
        m_titles[std::size_t(side)]->setWordWrap(true);
        m_answers[std::size_t(side)] = new SafeTextBrowser(this);
        m_answers[std::size_t(side)]->setVerticalScrollBarPolicy(Qt::ScrollBarAsNeeded);
        m_answers[std::size_t(side)]->setFrameShape(QFrame::StyledPanel);
        m_answers[std::size_t(side)]->document()->setDocumentMargin(8);
        m_answers[std::size_t(side)]->setAccessibleName(side == 0 ? tr("Answer under plan A")
                                                                  : tr("Answer under plan B"));
        m_answers[std::size_t(side)]->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
        half->addWidget(m_titles[std::size_t(side)]);
        half->addWidget(m_answers[std::size_t(side)], 1);
        sides->addLayout(half, 1);
    }
    column->addLayout(form);
    column->addLayout(row);
    column->addLayout(sides, 1);
    column->addWidget(buildTable(), 1);
    connect(m_run, &QPushButton::clicked, this, &CompareView::run);
    connect(m_question, &QLineEdit::returnPressed, this, &CompareView::run);
    connect(m_copy, &QPushButton::clicked, this, [this] {
        QGuiApplication::clipboard()->setText(m_workspace.comparison().toCsv());
        emit m_workspace.noticed(tr("Table copied"));
    });
    connect(&m_workspace.comparison(), &ComparisonModel::changed, this, &CompareView::show);
    connect(&m_workspace, &Workspace::activityChanged, this, &CompareView::show);
    connect(&m_workspace, &Workspace::sessionChanged, this, &CompareView::offerQuestion);
    connect(&m_workspace.chat(), &ChatModel::rowsInserted, this, &CompareView::offerQuestion);
    connect(&m_workspace, &Workspace::comparisonWanted, this, [this](const std::vector<std::string>& plans) {
        setPlans(plans);
        run();
    });
    offerQuestion();
    show();
}

QTableWidget* CompareView::buildTable()
{
    m_table = new QTableWidget(0, 3, this);
    m_table->setHorizontalHeaderLabels({tr("What"), tr("A"), tr("B")});
    m_table->horizontalHeader()->setSectionResizeMode(0, QHeaderView::ResizeToContents);
    m_table->horizontalHeader()->setSectionResizeMode(1, QHeaderView::Stretch);
    m_table->horizontalHeader()->setSectionResizeMode(2, QHeaderView::Stretch);
    m_table->verticalHeader()->hide();
    m_table->setTabKeyNavigation(false); // Tab leaves the table
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setAlternatingRowColors(true);
    m_table->setShowGrid(false);
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setAccessibleName(tr("The comparison in numbers"));
    return m_table;
}

void CompareView::setPlans(const std::vector<std::string>& plans)
{
    for (std::size_t side = 0; side < std::min<std::size_t>(2, plans.size()); ++side)
        chooseValue(m_plans[side], plans[side]);
}

// The last question of the session, until a person writes another.
void CompareView::offerQuestion()
{
    if (m_question->isModified() && !m_question->text().isEmpty())
        return;
    QString last;
    for (const ChatMessage& message : m_workspace.chat().messages())
        if (message.kind == MessageKind::Question)
            last = message.text.simplified();
    m_question->setText(last);
    show();
}

void CompareView::run()
{
    m_workspace.compare(m_question->text(), {chosenValue(m_plans[0]), chosenValue(m_plans[1])});
}

void CompareView::show()
{
    const ComparisonModel& model = m_workspace.comparison();
    const bool possible = !m_workspace.isBusy() && m_workspace.model() &&
                          m_workspace.documents().readyCount() > 0 && m_workspace.session() != 0;
    m_run->setEnabled(possible);
    m_copy->setEnabled(!model.isEmpty() && !model.isRunning());
    m_state->setText(model.isRunning() ? describe(m_workspace.activity())
                     : !possible && model.isEmpty()
                         ? tr("Open a session with documents, then compare one question under two plans.")
                         : QString());
    for (int side = 0; side < 2; ++side)
        showAnswer(side);
    showFacts();
}

void CompareView::showAnswer(int side)
{
    const auto& outcomes = m_workspace.comparison().outcomes();
    SafeTextBrowser* browser = m_answers[std::size_t(side)];
    const bool there = side < int(outcomes.size());
    m_titles[std::size_t(side)]->setText((side == 0 ? tr("A: %1") : tr("B: %1"))
                                             .arg(there ? visibleLine(outcomes[std::size_t(side)].plan)
                                                        : m_plans[std::size_t(side)]->currentText()));
    if (!there) {
        browser->clear();
        return;
    }
    const QString text = makeVisible(QString::fromStdString(outcomes[std::size_t(side)].answer)).text;
    const bool both = outcomes.size() == 2 && !m_workspace.comparison().isRunning();
    browser->clear();
    QTextCursor cursor(browser->document());
    if (!both) {
        cursor.insertText(text);
        return;
    }
    const Theme theme(palette());
    QTextCharFormat differs;
    differs.setBackground(theme.evidence);
    differs.setForeground(theme.textOn(theme.evidence));
    differs.setFontUnderline(true); // not by colour alone
    const QString other = makeVisible(QString::fromStdString(outcomes[std::size_t(1 - side)].answer)).text;
    for (const DiffWord& word : diffWords(text, other)) {
        cursor.insertText(word.text, word.common ? QTextCharFormat() : differs);
        cursor.insertText(QStringLiteral(" "), QTextCharFormat());
    }
}

void CompareView::showFacts()
{
    const auto& outcomes = m_workspace.comparison().outcomes();
    std::vector<std::array<QString, 3>> rows;
    const auto add = [&](const QString& what, auto value) {
        std::array<QString, 3> row{what, {}, {}};
        for (std::size_t side = 0; side < std::min<std::size_t>(2, outcomes.size()); ++side)
            row[side + 1] = value(outcomes[side]);
        rows.push_back(row);
    };
    if (!outcomes.empty()) {
        add(tr("KV memory"),
            [](const PlanOutcome& o) { return o.kv.bytes ? formatBytes(o.kv.bytes) : QString(); });
        add(tr("Saved"), [](const PlanOutcome& o) {
            return o.kv.bytes ? formatPercent(o.kv.savedFraction()) : QString();
        });
        add(tr("First token after"), [](const PlanOutcome& o) {
            return o.timing.firstTokenMs > 0 ? formatDuration(o.timing.firstTokenMs) : QString();
        });
        add(tr("Speed of writing"),
            [](const PlanOutcome& o) { return formatRate(o.timing.decodeTokensPerSecond()); });
        add(tr("Sources"), [](const PlanOutcome& o) { return passages(o.evidence); });
    }
    if (outcomes.size() == 2 && !m_workspace.comparison().isRunning()) {
        rows.push_back({tr("Same source"), {}, evidenceDifference(outcomes[0], outcomes[1])});
        rows.push_back({tr("Predictions drift by"),
                        {},
                        tr("%1 nats on average").arg(outcomes[1].meanDivergence(), 0, 'g', 3)});
        rows.push_back({tr("Same likeliest token"), {}, formatPercent(outcomes[1].topAgreement(), 1)});
    }
    m_table->setRowCount(int(rows.size()));
    for (int row = 0; row < int(rows.size()); ++row)
        for (int cell = 0; cell < 3; ++cell)
            m_table->setItem(row, cell,
                             new QTableWidgetItem(visibleLine(rows[std::size_t(row)][std::size_t(cell)])));
    m_table->setVisible(!rows.empty());
}

} // namespace lectern
