// The conversation: questions and answers in a column that follows the newest text, and the line to ask in.
#pragma once

#include "ui/state/workspace.h"

#include <QTimer>
#include <QWidget>

#include <set>
#include <vector>

class QPushButton;
class QStackedWidget;

namespace lectern {

class Composer;
class EmptyState;
class FindBar;
class MessageList;
class MessageWidget;

class ChatView : public QWidget {
    Q_OBJECT
public:
    explicit ChatView(Workspace& workspace, QWidget* parent = nullptr);

    void openFind();
    void trySample();
    void focusComposer();
    QString draft() const;
    void setEnterSends(bool sends);
    Composer& composer() { return *m_composer; }
    void stepSentence(int step); // of the newest answer: the next or the previous is chosen
    const std::vector<MessageWidget*>& messageWidgets() const;
    int messageCount() const { return int(messageWidgets().size()); }
    MessageWidget* messageWidget(int row) const { return messageWidgets()[std::size_t(row)]; }
    MessageList& list() { return *m_list; }

    // Puts a question of the session into the line to ask in; sending replaces it and what follows.
    void editQuestion(std::int64_t id);

signals:
    void addDocumentsWanted();

private:
    QWidget* buildEmptyState();
    QWidget* buildEditBar();
    void rebuild();
    int rowOf(const MessageWidget* widget) const;
    void addRows(int first, int last);
    void refreshDirty();
    void showEmptyOrChat();
    void find(const QString& text, int step);
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
    MessageList* m_list = nullptr;
    Composer* m_composer = nullptr;
    FindBar* m_find = nullptr;
    EmptyState* m_empty = nullptr;
    QPushButton* m_add = nullptr;
    QPushButton* m_sample = nullptr;
    std::set<int> m_dirty; // rows to draw again, together: a fast answer is drawn 30 times a second
    QTimer m_refresh;
    QWidget* m_editing = nullptr; // the bar that tells what sending will do
    std::int64_t m_edited = 0;    // the question being edited; 0: none
    int m_match = 0;
};

} // namespace lectern
