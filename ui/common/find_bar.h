// The line for finding text in a view: types, next, previous, how many. The view does the finding.
#pragma once

#include <QWidget>

class QLineEdit;
class QToolButton;

namespace lectern {

class PlainLabel;

class FindBar : public QWidget {
    Q_OBJECT
public:
    explicit FindBar(const QString& placeholder, QWidget* parent = nullptr);

    void open(); // shows it, selects its text
    QString text() const;
    // current counts from 1; total 0 shows "Not found", below 0 shows nothing.
    void showCount(int current, int total);

signals:
    void textChanged(const QString& text);
    void nextWanted();
    void previousWanted();
    void closed();

protected:
    void keyPressEvent(QKeyEvent* event) override;

private:
    QToolButton* addButton(const QString& iconName, const QString& text);
    void close();

    QLineEdit* m_edit = nullptr;
    PlainLabel* m_count = nullptr;
};

} // namespace lectern
