// One question under two plans, side by side: the answers with what differs marked, memory, times, and the
// passages each rests on.
#pragma once

#include "ui/state/workspace.h"

#include <QWidget>

#include <array>

class QComboBox;
class QLineEdit;
class QPushButton;
class QTableWidget;

namespace lectern {

class PlainLabel;
class SafeTextBrowser;

class CompareView : public QWidget {
    Q_OBJECT
public:
    explicit CompareView(Workspace& workspace, QWidget* parent = nullptr);

    void setPlans(const std::vector<std::string>& plans); // two
    void run();
    QTableWidget* table() const { return m_table; }
    SafeTextBrowser* answer(int side) const { return m_answers[std::size_t(side)]; }
    QLineEdit* question() const { return m_question; }

private:
    QTableWidget* buildTable();
    void show();
    void showAnswer(int side);
    void showFacts();
    void offerQuestion();

    Workspace& m_workspace;
    QLineEdit* m_question = nullptr;
    std::array<QComboBox*, 2> m_plans{};
    std::array<PlainLabel*, 2> m_titles{};
    std::array<SafeTextBrowser*, 2> m_answers{};
    QPushButton* m_run = nullptr;
    QPushButton* m_copy = nullptr;
    PlainLabel* m_state = nullptr;
    QTableWidget* m_table = nullptr;
};

} // namespace lectern
