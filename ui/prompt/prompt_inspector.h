// What the model is really given: every token of the prompt, which of them were in the KV cache already, and
// where each comes from. Filled when it is looked at, not before.
#pragma once

#include "ui/state/workspace.h"

#include <QWidget>

class QSpinBox;
class QStackedWidget;

namespace lectern {

class PlainLabel;
class PromptText;

class PromptInspector : public QWidget {
    Q_OBJECT
public:
    explicit PromptInspector(Workspace& workspace, QWidget* parent = nullptr);

    PromptText& text() { return *m_text; }
    QString summary() const;

protected:
    void showEvent(QShowEvent* event) override;

private:
    void refresh();
    void showToken(std::int64_t token);

    Workspace& m_workspace;
    PromptViewPtr m_shown;
    QStackedWidget* m_stack = nullptr;
    PlainLabel* m_summary = nullptr;
    PlainLabel* m_readout = nullptr;
    PromptText* m_text = nullptr;
    QSpinBox* m_jump = nullptr;
};

} // namespace lectern
