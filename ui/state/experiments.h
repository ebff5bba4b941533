// A comparison of plans and a needle grid while they run and afterwards: what their views show. No window
// needed. GUI thread.
#pragma once

#include "app/worker/experiment_values.h"

#include <QObject>
#include <QString>

#include <vector>

namespace lectern {

class ComparisonModel : public QObject {
    Q_OBJECT
public:
    using QObject::QObject;

    void begin(const QString& question, int plans);
    void startPlan(const QString& plan);
    void appendText(const QString& text); // of the plan started last
    void finishPlan(const PlanOutcome& outcome);
    void finish();

    bool isEmpty() const { return m_outcomes.empty(); }
    bool isRunning() const { return m_running; }
    int expected() const { return m_expected; }
    const QString& question() const { return m_question; }
    const std::vector<PlanOutcome>& outcomes() const { return m_outcomes; } // the last may be unfinished
    QString toCsv() const;

signals:
    void changed();

private:
    QString m_question;
    std::vector<PlanOutcome> m_outcomes;
    int m_expected = 0;
    bool m_running = false;
};

// A word of an answer, and whether the other answer has it too (by the longest common sequence of words).
struct DiffWord {
    QString text;
    bool common = true;
};
std::vector<DiffWord> diffWords(const QString& text, const QString& other);

class NeedleModel : public QObject {
    Q_OBJECT
public:
    using QObject::QObject;

    void begin(const NeedleSettings& settings);
    void finishCell(const NeedleCell& cell);
    void finish();

    bool isEmpty() const { return m_settings.contexts.empty(); }
    bool isRunning() const { return m_running; }
    const NeedleSettings& settings() const { return m_settings; }
    const std::vector<NeedleCell>& cells() const { return m_cells; }
    const NeedleCell* cell(int plan, int context, int depth) const; // nullptr until it has run
    int total() const;
    QString toCsv() const;

signals:
    void changed();

private:
    NeedleSettings m_settings;
    std::vector<NeedleCell> m_cells;
    bool m_running = false;
};

} // namespace lectern
