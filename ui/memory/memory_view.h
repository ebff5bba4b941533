// Where the KV memory goes: the sum, bars by layer, the course while reading, what each layer holds, and the
// same numbers as a table.
#pragma once

#include "ui/state/workspace.h"

#include <QWidget>

class QStackedWidget;

namespace lectern {

class PlainLabel;

class MemoryView : public QWidget {
    Q_OBJECT
public:
    explicit MemoryView(Workspace& workspace, QWidget* parent = nullptr);

private:
    QWidget* buildCharts();
    QWidget* buildTable();
    void showNumbers();

    Workspace& m_workspace;
    QStackedWidget* m_stack = nullptr;
    PlainLabel* m_bytes = nullptr;
    PlainLabel* m_summary = nullptr;
    PlainLabel* m_sum = nullptr;
    PlainLabel* m_readout = nullptr;
};

} // namespace lectern
