// The head explorer: change what heads and layers keep, see memory and speed at once, ask again under the new
// plan or compare it with the one in force.
#pragma once

#include "ui/state/plan_editor.h"
#include "ui/state/workspace.h"

#include <QWidget>

class QPushButton;
class QSpinBox;
class QStackedWidget;

namespace lectern {

class PlainLabel;
class PlanGrid;

class ExplorerView : public QWidget {
    Q_OBJECT
public:
    explicit ExplorerView(Workspace& workspace, QWidget* parent = nullptr);

    PlanGrid& grid() { return *m_grid; }
    PlanEditor& editor() { return m_editor; }
    QString summary() const;
    void useAndAsk();

private:
    QWidget* buildControls();
    void begin(); // with the plan in force
    void showNumbers();
    // The plan as the engine takes it; empty where it could not be made (the person has been told).
    std::string planText();
    bool use();

    Workspace& m_workspace;
    PlanEditor m_editor;
    QStackedWidget* m_stack = nullptr;
    PlanGrid* m_grid = nullptr;
    QSpinBox* m_sink = nullptr;
    QSpinBox* m_window = nullptr;
    PlainLabel* m_summary = nullptr;
    PlainLabel* m_speed = nullptr;
    PlainLabel* m_current = nullptr;
    QPushButton* m_use = nullptr;
    QPushButton* m_ask = nullptr;
    QPushButton* m_compare = nullptr;
    QPushButton* m_reset = nullptr;
};

} // namespace lectern
