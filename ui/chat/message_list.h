// The column of questions and answers, and where it stands. A message is measured when it comes near the view
// or has changed; the others keep the height they had and are measured bit by bit while nothing else waits.
// So neither a token of the newest answer nor a new width costs as much as the conversation is long. What a
// person reads stays where it is while heights above it change.
#pragma once

#include <QScrollArea>
#include <QTimer>

#include <vector>

namespace lectern {

class MessageWidget;

class MessageList : public QScrollArea {
    Q_OBJECT
public:
    static constexpr int kWidth = 860; // longer lines tire the eye

    explicit MessageList(QWidget* parent = nullptr);

    void insert(int row, MessageWidget* message); // which it owns from here on
    void clear();
    const std::vector<MessageWidget*>& messages() const { return m_messages; }

    void followEnd();                              // keeps the newest text in view, until a person scrolls
    void showPlace(MessageWidget* message, int y); // y in the message; stops following
    void measure(MessageWidget* message);          // now, so that places in it can be told
    void change(MessageWidget* message);           // it shows something else from now on
    std::int64_t measuredCount() const { return m_measuredCount; } // so far: for tests
    bool isMeasured() const;                                       // all of them, at the present width

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    struct Row {
        int y = 0;
        int height = 0; // as last measured
        int width = -1; // at which; -1: it has changed since
    };

    int columnWidth() const;
    void arrange(); // measures what is in view, and places everything
    void measureRow(std::size_t row);
    void measureView();
    void placeAll();
    void measureMore();
    void keepPlace(std::size_t anchor, int offset);

    QWidget* m_page;
    std::vector<MessageWidget*> m_messages;
    std::vector<Row> m_rows; // of the messages
    QTimer m_rest;           // measures what is out of view
    std::int64_t m_measuredCount = 0;
    bool m_follow = true, m_arranging = false;
};

} // namespace lectern
