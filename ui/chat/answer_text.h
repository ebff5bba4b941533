// The text of an answer: its Markdown, after each sentence a link to the passage it rests on, a copy button
// on each block of code, and marks for the sentence chosen and for what a marked passage was used for.
#pragma once

#include "ui/chat/answer_stream.h"
#include "ui/common/safe_text_browser.h"
#include "ui/state/chat_model.h"

#include <vector>

class QToolButton;

namespace lectern {

class AnswerText : public SafeTextBrowser {
    Q_OBJECT
public:
    explicit AnswerText(QWidget* parent = nullptr);

    void setAnswer(const ChatMessage& message, bool severalDocuments);
    void restyle(); // the palette has changed
    // Shades each token by 0..1; empty removes it. Needs the message's tokenEnds.
    void setUse(const std::vector<float>& use);
    // Marks bytes [begin, end) of the answer as chosen; an empty range none.
    void setChosen(std::uint64_t begin, std::uint64_t end);
    int codeButtonCount() const { return int(m_copy.size()); }
    // Position in the shown text of a byte of the answer.
    int placeOf(std::uint64_t byte) const;

signals:
    void passageWanted(const lectern::EvidencePassage& passage);
    void sentenceClicked(std::uint64_t begin, std::uint64_t end); // bytes of the answer
    void codeCopied();

protected:
    void mouseReleaseEvent(QMouseEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void showWhole();
    void makeRoomBelowCode();
    void insertCitations();
    void makeCodeButtons();
    void placeCodeButtons();
    void showMarks();

    ChatMessage m_message;
    AnswerStream m_stream; // while it is being written
    bool m_severalDocuments = false;
    std::vector<int> m_places; // of each byte of the answer in the shown text
    std::vector<float> m_use;
    std::uint64_t m_chosenBegin = 0, m_chosenEnd = 0;
    struct CodeButton {
        QToolButton* button;
        int position; // of the block's first line
    };
    std::vector<CodeButton> m_copy;
};

} // namespace lectern
