// Choices about the engine and its answers.
#pragma once

#include "ui/state/settings.h"

#include <QDialog>

class QCheckBox;
class QComboBox;
class QDoubleSpinBox;
class QFormLayout;
class QSpinBox;

namespace lectern {

class SettingsDialog : public QDialog {
    Q_OBJECT
public:
    SettingsDialog(const Choices& choices, QWidget* parent);

    Choices choices() const;

private:
    QWidget* buildEngine();
    QWidget* buildAnswers();
    QWidget* buildLook();
    void fill(const Choices& choices);

    Choices m_original;
    QComboBox* m_plan = nullptr;
    QComboBox* m_kvType = nullptr;
    QComboBox* m_device = nullptr;
    QSpinBox* m_threads = nullptr;
    QSpinBox* m_context = nullptr;
    QSpinBox* m_maxTokens = nullptr;
    QDoubleSpinBox* m_temperature = nullptr;
    QSpinBox* m_topK = nullptr;
    QDoubleSpinBox* m_topP = nullptr;
    QDoubleSpinBox* m_minP = nullptr;
    QDoubleSpinBox* m_repetition = nullptr;
    QSpinBox* m_seed = nullptr;
    QCheckBox* m_enterSends = nullptr;
    QCheckBox* m_attention = nullptr;
    QComboBox* m_theme = nullptr;
    QComboBox* m_language = nullptr;
    QSpinBox* m_scale = nullptr;
};

} // namespace lectern
