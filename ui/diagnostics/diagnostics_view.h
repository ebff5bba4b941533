// Is everything well: what the program runs on, the model and its memory, the log, a self-test of the engine,
// and a report to copy that names no file and no person.
#pragma once

#include "app/worker/self_test.h"
#include "ui/state/workspace.h"

#include <QThread>
#include <QTimer>
#include <QWidget>

#include <memory>

class QComboBox;
class QPlainTextEdit;
class QPushButton;
class QTableWidget;

namespace lectern {

class PlainLabel;

class DiagnosticsView : public QWidget {
    Q_OBJECT
public:
    explicit DiagnosticsView(Workspace& workspace, QWidget* parent = nullptr);
    ~DiagnosticsView() override; // stops a self-test under way

    QString report() const; // redacted
    void runTest();

signals:
    void tested(bool passed);

protected:
    void showEvent(QShowEvent* event) override;

private:
    QWidget* buildFacts();
    QWidget* buildLog();
    void showFacts();
    void showLog();
    void showTest(const std::vector<SelfCheck>& checks);

    Workspace& m_workspace;
    QTableWidget* m_facts = nullptr;
    PlainLabel* m_result = nullptr;
    QPushButton* m_test = nullptr;
    QPlainTextEdit* m_log = nullptr;
    QComboBox* m_level = nullptr;
    QTimer m_refresh;
    std::unique_ptr<QThread> m_thread;
    CancelToken m_cancel;
};

} // namespace lectern
