// One question or answer of the conversation, with its sources and what it cost.
#pragma once

#include "ui/state/chat_model.h"

#include <QFrame>

class QProgressBar;
class QToolButton;

namespace lectern {

class AnswerText;
class FlowLayout;
class PlainLabel;
class SafeTextBrowser;

class MessageWidget : public QFrame {
    Q_OBJECT
public:
    MessageWidget(const ChatMessage& message, bool severalDocuments, QWidget* parent = nullptr);

    // Lays itself out at this width; how tall it is then.
    int takeWidth(int width);
    void update(const ChatMessage& message, bool severalDocuments);
    void setProgress(const Activity& activity);
    SafeTextBrowser* browser() const { return m_browser; }
    AnswerText* answer() const { return m_answer; } // nullptr in a question
    // Whether its answer may be written anew: only the newest one, and not while the engine works.
    void setRegenerable(bool regenerable);

signals:
    void passageWanted(const lectern::EvidencePassage& passage);
    void copied(const QString& notice);
    void editWanted();                                           // of a question
    void regenerateWanted();                                     // of an answer
    void branchWanted();                                         // after an answer
    void sentenceChosen(std::uint64_t begin, std::uint64_t end); // bytes of the answer; empty: all of it

protected:
    void changeEvent(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    void buildAnswer();
    void buildQuestion();
    void showText(const ChatMessage& message, bool severalDocuments);
    void colorNote();
    QToolButton* addButton(QWidget* parent, const QString& iconName, const QString& what);
    void showSources(const ChatMessage& message, bool severalDocuments);

    enum class NoteKind { Mild, Bad };

    MessageKind m_kind;
    NoteKind m_noteKind = NoteKind::Mild;
    QString m_text, m_shown;
    bool m_shownFinal = false; // with its citations
    AnswerText* m_answer = nullptr;
    SafeTextBrowser* m_browser = nullptr;
    QWidget* m_waiting = nullptr;
    QProgressBar* m_bar = nullptr;
    PlainLabel* m_progress = nullptr;
    QWidget* m_sources = nullptr;
    FlowLayout* m_chips = nullptr;
    PlainLabel* m_note = nullptr;
    PlainLabel* m_facts = nullptr;
    QWidget* m_footer = nullptr;
    QToolButton* m_copy = nullptr;
    QToolButton* m_regenerate = nullptr;
    QToolButton* m_branch = nullptr;
    QToolButton* m_edit = nullptr;
};

} // namespace lectern
