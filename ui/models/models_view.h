// The models at hand, what the open one takes of the memory as context, plan and KV type change, and its
// default plan.
#pragma once

#include "ui/state/workspace.h"

#include <QWidget>

class QComboBox;
class QListWidget;
class QPushButton;
class QSlider;
class QSpinBox;

namespace lectern {

class MemoryBar;
class PlainLabel;

class ModelsView : public QWidget {
    Q_OBJECT
public:
    explicit ModelsView(Workspace& workspace, QWidget* parent = nullptr);

    const std::optional<PlanPrice>& price() const { return m_price; }
    QComboBox* planBox() const { return m_plan; }
    QSpinBox* contextBox() const { return m_context; }

signals:
    void openModelWanted();
    void detailsWanted();

private:
    QWidget* buildList();
    QWidget* buildPrice();
    void showModels();
    void showModel();
    void reprice();
    void apply(bool asDefault);

    Workspace& m_workspace;
    QListWidget* m_list = nullptr;
    PlainLabel* m_hint = nullptr; // under it
    QPushButton* m_details = nullptr;
    QComboBox* m_plan = nullptr;
    QComboBox* m_kvType = nullptr;
    QSlider* m_slider = nullptr;
    QSpinBox* m_context = nullptr;
    MemoryBar* m_bar = nullptr;
    PlainLabel* m_summary = nullptr;
    QPushButton* m_apply = nullptr;
    QPushButton* m_default = nullptr;
    std::optional<PlanPrice> m_price;
};

} // namespace lectern
