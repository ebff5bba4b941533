// The bottom line: what is going on with its progress and Stop, or, at rest, the model, its plan and the KV memory.
#pragma once

#include "ui/state/workspace.h"

#include <QWidget>

class QProgressBar;
class QToolButton;

namespace lectern {

class ElidedLabel;
class PlainLabel;

class StatusLine : public QWidget {
    Q_OBJECT
public:
    explicit StatusLine(Workspace& workspace, QWidget* parent = nullptr);

    QString text() const;

signals:
    void modelDetailsWanted();

private:
    void showActivity();
    void showModel();
    void showMemory();

    Workspace& m_workspace;
    ElidedLabel* m_activity = nullptr;
    QProgressBar* m_bar = nullptr;
    QToolButton* m_stop = nullptr;
    QToolButton* m_model = nullptr;
    PlainLabel* m_plan = nullptr;
    PlainLabel* m_rate = nullptr;
    PlainLabel* m_memory = nullptr;
};

} // namespace lectern
