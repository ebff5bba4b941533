// What is known of the open model.
#pragma once

#include "app/worker/values.h"

#include <QDialog>
#include <QString>

#include <utility>
#include <vector>

namespace lectern {

// Rows of (what, value), in the order they are shown. No window needed.
std::vector<std::pair<QString, QString>> modelFactRows(const ModelFacts& facts);

class ModelDialog : public QDialog {
    Q_OBJECT
public:
    ModelDialog(const ModelFacts& facts, QWidget* parent);

signals:
    void openAnotherWanted();
};

} // namespace lectern
