// A slider over the recorded steps: back through the reading and the answer, token by token, and live again
// at its end.
#pragma once

#include "ui/state/attention_model.h"

#include <QWidget>

class QSlider;
class QToolButton;

namespace lectern {

class PlainLabel;

class StepScrubber : public QWidget {
    Q_OBJECT
public:
    explicit StepScrubber(AttentionModel& model, QWidget* parent = nullptr);

    QSlider* slider() const { return m_slider; }
    QToolButton* liveButton() const { return m_live; }

private:
    void show();

    AttentionModel& m_model;
    QSlider* m_slider = nullptr;
    QToolButton* m_live = nullptr;
    PlainLabel* m_where = nullptr;
};

} // namespace lectern
