// One question or answer of the conversation, with its sources and what it cost.
#pragma once

#include "ui/state/chat_model.h"

#include <QFrame>

class QProgressBar;
class QToolButton;

namespace lectern {

class FlowLayout;
class PlainLabel;
class SafeTextBrowser;

class MessageWidget : public QFrame {
    Q_OBJECT
public:
    MessageWidget(const ChatMessage& message, bool severalDocuments, QWidget* parent = nullptr);

    void update(const ChatMessage& message, bool severalDocuments);
    void setProgress(const Activity& activity);
    SafeTextBrowser* browser() const { return m_browser; }

signals:
    void passageWanted(const lectern::EvidencePassage& passage);
    void copied();

protected:
    void changeEvent(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    void buildAnswer();
    void buildQuestion();
    void showText();
    void colorNote();
    void showSources(const ChatMessage& message, bool severalDocuments);

    enum class NoteKind { Mild, Bad };

    MessageKind m_kind;
    NoteKind m_noteKind = NoteKind::Mild;
    QString m_text, m_shown;
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
};

} // namespace lectern
