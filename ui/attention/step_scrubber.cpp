#include "ui/attention/step_scrubber.h"

#include "ui/common/format.h"
#include "ui/common/plain_label.h"

#include <QHBoxLayout>
#include <QSignalBlocker>
#include <QSlider>
#include <QToolButton>

namespace lectern {

StepScrubber::StepScrubber(AttentionModel& model, QWidget* parent) : QWidget(parent), m_model(model)
{
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(8, 0, 8, 0);
    m_slider = new QSlider(Qt::Horizontal, this);
    m_slider->setAccessibleName(tr("Recorded step"));
    m_slider->setToolTip(tr("Back through the reading and the answer"));
    m_live = new QToolButton(this);
    m_live->setText(tr("Live"));
    m_live->setCheckable(true);
    m_live->setToolTip(tr("Follow each new step; otherwise the picture stands still"));
    m_live->setAccessibleName(tr("Follow the reading live"));
    m_where = new PlainLabel({}, this);
    m_where->setMuted(true);
    m_where->setMinimumWidth(fontMetrics().horizontalAdvance(QStringLiteral("888.8K, token 8888")));
    row->addWidget(m_slider, 1);
    row->addWidget(m_where);
    row->addWidget(m_live);
    connect(m_slider, &QSlider::valueChanged, &m_model, &AttentionModel::showStep);
    connect(m_live, &QToolButton::toggled, this, [this](bool on) { m_model.setPaused(!on); });
    connect(&m_model, &AttentionModel::stepChanged, this, &StepScrubber::show);
    connect(&m_model, &AttentionModel::pausedChanged, this, &StepScrubber::show);
    show();
}

void StepScrubber::show()
{
    const QSignalBlocker quietSlider(m_slider), quietButton(m_live);
    const auto& steps = m_model.recording().steps();
    m_slider->setRange(0, std::max(0, int(steps.size()) - 1));
    m_slider->setPageStep(std::max(1, int(steps.size()) / 10));
    m_slider->setEnabled(steps.size() > 1);
    m_live->setChecked(!m_model.isPaused());
    const int at = m_model.step();
    if (at < 0 || at >= int(steps.size())) {
        m_where->setText({});
        return;
    }
    m_slider->setValue(at);
    const RecordedStep& step = steps[std::size_t(at)];
    const QString position = formatTokensShort(step.position);
    m_where->setText(step.answerTokens > 0 ? tr("%1, token %2").arg(position).arg(step.answerTokens)
                                           : position);
    m_slider->setAccessibleDescription(m_where->text());
}

} // namespace lectern
