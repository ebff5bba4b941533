// The prompt's text with its tokens told apart by their background: those that were in the KV cache already,
// new ones, and control tokens. Only what is in view is painted.
#pragma once

#include "app/worker/prompt_view.h"
#include "ui/state/display_text.h"

#include <QPlainTextEdit>

namespace lectern {

class PromptText : public QPlainTextEdit {
    Q_OBJECT
public:
    explicit PromptText(QWidget* parent = nullptr);

    void setPrompt(PromptViewPtr prompt);
    void setReused(std::int64_t tokens);
    void scrollToToken(std::int64_t token);
    std::int64_t tokenAtCursor() const; // -1 without a prompt

signals:
    void tokenChanged(std::int64_t token);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    std::int64_t tokenOfByte(std::uint64_t byte) const;

    PromptViewPtr m_prompt;
    DisplayText m_display;
    std::int64_t m_reused = 0;
};

} // namespace lectern
