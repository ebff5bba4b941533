// The conversation: questions and answers in a column that follows the newest text, and the line to ask in.
#pragma once

#include "ui/state/workspace.h"

#include <QTimer>
#include <QWidget>

#include <set>
#include <vector>

class QPushButton;
class QScrollArea;
class QStackedWidget;
class QVBoxLayout;

namespace lectern {

class Composer;
class EmptyState;
class FindBar;
class MessageWidget;

class ChatView : public QWidget {
    Q_OBJECT
public:
    explicit ChatView(Workspace& workspace, QWidget* parent = nullptr);

    void openFind();
    void focusComposer();
    QString draft() const;
    void setEnterSends(bool sends);
    Composer& composer() { return *m_composer; }
    void stepSentence(int step); // of the newest answer: the next or the previous is chosen
    int messageCount() const { return int(m_widgets.size()); }
    MessageWidget* messageWidget(int row) const { return m_widgets[std::size_t(row)]; }

    // Puts a question of the session into the line to ask in; sending replaces it and what follows.
    void editQuestion(std::int64_t id);

signals:
    void addDocumentsWanted();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void buildColumn();
    QWidget* buildEmptyState();
    QWidget* buildEditBar();
    void rebuild();
    void addRows(int first, int last);
    void refreshDirty();
    void showEmptyOrChat();
    void find(const QString& text, int step);
    void scrollToEnd();
    bool isAtEnd() const;
    MessageWidget*
    measuredWidget() const; // of the answer that the attention on show belongs to; nullptr: none
    void chooseSentence(MessageWidget* widget, std::uint64_t begin, std::uint64_t end);
    void showUse(); // of the marked passage by the answer's tokens
    void stopEditing();
    void send(const QString& text);
    void showButtons(); // those that only the newest answer has
    void showChosen();  // the answer tokens selected

    Workspace& m_workspace;
    QStackedWidget* m_stack = nullptr;
    QScrollArea* m_scroll = nullptr;
    QVBoxLayout* m_column = nullptr;
    Composer* m_composer = nullptr;
    FindBar* m_find = nullptr;
    EmptyState* m_empty = nullptr;
    QPushButton* m_add = nullptr;
    QPushButton* m_sample = nullptr;
    std::vector<MessageWidget*> m_widgets;
    std::set<int>
        m_dirty; // rows to draw again; drawn together so that a fast answer costs 30 layouts a second
    QTimer m_refresh;
    QWidget* m_editing = nullptr; // the bar that tells what sending will do
    std::int64_t m_edited = 0;    // the question being edited; 0: none
    bool m_follow = true;
    int m_match = 0;
};

} // namespace lectern
