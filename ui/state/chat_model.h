// The conversation of one session: a list model over questions and answers, fed by the store and by the
// engine's signals. No window needed. GUI thread.
#pragma once

#include "ui/common/selection.h"
#include "ui/state/activity.h"
#include "ui/state/evidence.h"
#include "ui/state/library.h"

#include <QAbstractListModel>

#include <vector>

namespace lectern {

enum class AnswerState {
    Reading, // the prompt is being read; progress() tells how far
    Writing, // text is coming
    Complete,
    Stopped,     // by a person
    CutShort,    // the answer or the context was full
    Interrupted, // the program ended in the middle
    Failed,
};

struct ChatMessage {
    std::int64_t id = 0; // 0 until the store has it
    MessageKind kind = MessageKind::Question;
    AnswerState state = AnswerState::Complete;
    QString text;
    std::vector<EvidencePassage> evidence; // best first
    std::vector<std::uint64_t>
        tokenEnds; // UTF-8 bytes of the text where each token ends; only of a fresh answer
    std::optional<AnswerFacts> facts;
    QString note; // why it ended early, for a person

    bool isUnfinished() const { return state == AnswerState::Reading || state == AnswerState::Writing; }
};

class ChatModel : public QAbstractListModel {
    Q_OBJECT
public:
    enum Role { TextRole = Qt::DisplayRole, KindRole = Qt::UserRole, StateRole };
    using QAbstractListModel::QAbstractListModel;

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    const ChatMessage& message(int row) const { return m_messages[std::size_t(row)]; }
    const std::vector<ChatMessage>& messages() const { return m_messages; }
    const Activity& progress() const { return m_progress; }
    bool severalDocuments() const { return m_severalDocuments; }

    void reset(const std::vector<MessageRow>& rows, const std::vector<DocumentRow>& documents);
    void setSeveralDocuments(bool several);
    // A question goes on screen at once, with an answer being read for; ids come with answerStarted.
    void addQuestion(const QString& text);
    void setIds(std::int64_t questionId, std::int64_t answerId);
    // An answer of the engine's that is still being written in a session just opened.
    void continueWriting(std::int64_t answerId);
    void setProgress(const Activity& activity);
    void appendText(std::int64_t answerId, const QString& text);
    void finish(const AnswerReply& reply);
    void failLast(const Error& error);
    void removeFrom(std::int64_t id);                // that message and everything after it
    void restore(std::vector<ChatMessage> messages); // of a capture file

    const ChatMessage* find(std::int64_t id) const; // nullptr if absent

signals:
    void progressChanged(const lectern::Activity& activity);

private:
    int rowOf(std::int64_t id) const; // -1 if absent
    void announce(int row);

    std::vector<ChatMessage> m_messages;
    Activity m_progress;
    bool m_severalDocuments = false;
};

// The tokens whose text lies in bytes [begin, end) of an answer; all where that is not known or empty.
AnswerRange tokensOfAnswer(const ChatMessage& message, std::uint64_t begin, std::uint64_t end);

// "Stopped", "Interrupted: ...": what stands under an answer that is not complete; empty for one that is.
QString stateNote(const ChatMessage& message);

} // namespace lectern
