// The needle lab: hides facts at every depth of texts of every length, asks for them under each plan, and
// fills the map.
#pragma once

#include "ui/state/workspace.h"

#include <QWidget>

class QLineEdit;
class QPushButton;
class QSpinBox;
class QComboBox;

namespace lectern {

class NeedleMap;
class PlainLabel;

class NeedleView : public QWidget {
    Q_OBJECT
public:
    explicit NeedleView(Workspace& workspace, QWidget* parent = nullptr);

    NeedleMap& map() { return *m_map; }
    QLineEdit* contexts() const { return m_contexts; }
    void run();

private:
    void show();

    Workspace& m_workspace;
    QComboBox* m_kind = nullptr;
    QLineEdit* m_contexts = nullptr;
    QLineEdit* m_plans = nullptr;
    QSpinBox* m_depths = nullptr;
    QSpinBox* m_trials = nullptr;
    QPushButton* m_run = nullptr;
    PlainLabel* m_state = nullptr;
    PlainLabel* m_readout = nullptr;
    NeedleMap* m_map = nullptr;
};

} // namespace lectern
