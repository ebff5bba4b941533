#include "ui/state/experiments.h"

#include <QStringList>

#include <algorithm>
#include <cmath>

namespace lectern {

namespace {

constexpr qsizetype kLongestDiff = 2000; // words: the table of the longest common sequence is quadratic

QString csvText(const std::string& text)
{
    return QLatin1Char('"') + QString::fromStdString(text).replace(QLatin1Char('"'), QStringLiteral("\"\"")) +
           QLatin1Char('"');
}

} // namespace

void ComparisonModel::begin(const QString& question, int plans)
{
    m_question = question;
    m_expected = plans;
    m_outcomes.clear();
    m_running = true;
    emit changed();
}

void ComparisonModel::startPlan(const QString& plan)
{
    m_outcomes.emplace_back().plan = plan.toStdString();
    emit changed();
}

void ComparisonModel::appendText(const QString& text)
{
    if (m_outcomes.empty())
        return;
    m_outcomes.back().answer += text.toStdString();
    emit changed();
}

void ComparisonModel::finishPlan(const PlanOutcome& outcome)
{
    if (m_outcomes.empty())
        m_outcomes.emplace_back();
    m_outcomes.back() = outcome;
    emit changed();
}

void ComparisonModel::finish()
{
    m_running = false;
    emit changed();
}

QString ComparisonModel::toCsv() const
{
    QString csv =
        QStringLiteral("plan,answer,kv_bytes,full_attention_bytes,first_token_ms,decode_tokens_per_second,"
                       "evidence,mean_divergence_nats,top_agreement\n");
    for (const PlanOutcome& outcome : m_outcomes)
        csv += QStringLiteral("%1,%2,%3,%4,%5,%6,%7,%8,%9\n")
                   .arg(csvText(outcome.plan), csvText(outcome.answer))
                   .arg(outcome.kv.bytes)
                   .arg(outcome.kv.fullAttentionBytes)
                   .arg(outcome.timing.firstTokenMs)
                   .arg(outcome.timing.decodeTokensPerSecond())
                   .arg(outcome.evidence.size())
                   .arg(outcome.meanDivergence())
                   .arg(outcome.topAgreement());
    return csv;
}

std::vector<DiffWord> diffWords(const QString& text, const QString& other)
{
    const QStringList a = text.simplified().split(QLatin1Char(' '), Qt::SkipEmptyParts).mid(0, kLongestDiff);
    const QStringList b = other.simplified().split(QLatin1Char(' '), Qt::SkipEmptyParts).mid(0, kLongestDiff);
    const auto rows = std::size_t(a.size()), cols = std::size_t(b.size());
    std::vector<std::uint16_t> longest((rows + 1) * (cols + 1), 0); // of the words from (i, j) on
    const auto at = [cols](std::size_t i, std::size_t j) { return i * (cols + 1) + j; };
    for (std::size_t i = rows; i-- > 0;)
        for (std::size_t j = cols; j-- > 0;)
            longest[at(i, j)] = a[qsizetype(i)] == b[qsizetype(j)]
                                    ? std::uint16_t(longest[at(i + 1, j + 1)] + 1)
                                    : std::max(longest[at(i + 1, j)], longest[at(i, j + 1)]);
    std::vector<DiffWord> words;
    std::size_t j = 0;
    for (std::size_t i = 0; i < rows; ++i) {
        while (j < cols && a[qsizetype(i)] != b[qsizetype(j)] &&
               longest[at(i, j + 1)] >= longest[at(i + 1, j)] && longest[at(i, j + 1)] == longest[at(i, j)])
            ++j;
        const bool common = j < cols && a[qsizetype(i)] == b[qsizetype(j)];
        words.push_back({a[qsizetype(i)], common});
        if (common)
            ++j;
    }
    return words;
}

void NeedleModel::begin(const NeedleSettings& settings)
{
    m_settings = settings;
    m_cells.clear();
    m_running = true;
    emit changed();
}

void NeedleModel::finishCell(const NeedleCell& cell)
{
    m_cells.push_back(cell);
    emit changed();
}

void NeedleModel::finish()
{
    m_running = false;
    emit changed();
}

int NeedleModel::total() const
{
    return int(m_settings.plans.size() * m_settings.contexts.size() * m_settings.depths.size());
}

const NeedleCell* NeedleModel::cell(int plan, int context, int depth) const
{
    for (const NeedleCell& cell : m_cells)
        if (cell.plan == m_settings.plans[std::size_t(plan)] &&
            cell.context == m_settings.contexts[std::size_t(context)] &&
            std::abs(cell.depth - m_settings.depths[std::size_t(depth)]) < 1e-9)
            return &cell;
    return nullptr;
}

QString NeedleModel::toCsv() const
{
    QString csv = QStringLiteral(
        "plan,context,depth,trials,passed,prompt_tokens,prefill_ms,kv_bytes,expected,answer\n");
    for (const NeedleCell& cell : m_cells)
        csv += QStringLiteral("%1,%2,%3,%4,%5,%6,%7,%8,%9,%10\n")
                   .arg(csvText(cell.plan))
                   .arg(cell.context)
                   .arg(cell.depth)
                   .arg(cell.trials)
                   .arg(cell.passed)
                   .arg(cell.promptTokens)
                   .arg(cell.prefillMs)
                   .arg(cell.kvBytes)
                   .arg(csvText(cell.expected), csvText(cell.answer));
    return csv;
}

} // namespace lectern
