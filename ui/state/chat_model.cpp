#include "ui/state/chat_model.h"

#include "ui/common/format.h"

#include <algorithm>

namespace lectern {

namespace {

AnswerState stateOf(const MessageRow& row)
{
    switch (row.state) {
    case StoredState::Generating:
    case StoredState::Interrupted:
        return row.stopReason == QLatin1String("cancelled") ? AnswerState::Stopped : AnswerState::Interrupted;
    case StoredState::Failed:
        return AnswerState::Failed;
    case StoredState::Complete:
        break;
    }
    const bool full = row.stopReason == QLatin1String("max_tokens") ||
                      row.stopReason == QLatin1String("length") ||
                      row.stopReason == QLatin1String("context_full");
    return full ? AnswerState::CutShort : AnswerState::Complete;
}

AnswerState stateOf(StopReason reason)
{
    switch (reason) {
    case StopReason::EndOfAnswer:
        break;
    case StopReason::MaxTokens:
    case StopReason::ContextFull:
        return AnswerState::CutShort;
    case StopReason::Cancelled:
        return AnswerState::Stopped;
    case StopReason::Failed:
        return AnswerState::Failed;
    }
    return AnswerState::Complete;
}

} // namespace

int ChatModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(m_messages.size());
}

QVariant ChatModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    const ChatMessage& message = m_messages[std::size_t(index.row())];
    switch (role) {
    case TextRole:
        return message.text;
    case KindRole:
        return int(message.kind);
    case StateRole:
        return int(message.state);
    default:
        return {};
    }
}

void ChatModel::reset(const std::vector<MessageRow>& rows, const std::vector<DocumentRow>& documents)
{
    beginResetModel();
    m_messages.clear();
    m_progress = {};
    m_severalDocuments = documents.size() > 1;
    for (const MessageRow& row : rows) {
        ChatMessage message{row.id, row.kind, AnswerState::Complete, row.text, {}, {}, {}, {}};
        if (row.kind == MessageKind::Answer) {
            message.state = stateOf(row);
            message.evidence = evidenceFromJson(row.evidenceJson, documents);
            message.facts = factsFromJson(row.statsJson);
            if (message.state == AnswerState::Failed)
                message.note = row.stopReason;
        }
        m_messages.push_back(std::move(message));
    }
    endResetModel();
}

void ChatModel::setSeveralDocuments(bool several)
{
    m_severalDocuments = several;
}

void ChatModel::addQuestion(const QString& text)
{
    const int row = rowCount();
    beginInsertRows({}, row, row + 1);
    m_messages.push_back({0, MessageKind::Question, AnswerState::Complete, text, {}, {}, {}, {}});
    m_messages.push_back({0, MessageKind::Answer, AnswerState::Reading, {}, {}, {}, {}, {}});
    m_progress = {};
    m_progress.kind = Activity::Kind::ReadingPrompt;
    endInsertRows();
}

void ChatModel::setIds(std::int64_t questionId, std::int64_t answerId)
{
    const std::size_t count = m_messages.size();
    if (count < 2 || m_messages[count - 1].id != 0)
        return;
    m_messages[count - 2].id = questionId;
    m_messages[count - 1].id = answerId;
}

void ChatModel::continueWriting(std::int64_t answerId)
{
    if (const int row = rowOf(answerId); row >= 0) {
        ChatMessage& message = m_messages[std::size_t(row)];
        message.state = message.text.isEmpty() ? AnswerState::Reading : AnswerState::Writing;
        announce(row);
    }
}

void ChatModel::setProgress(const Activity& activity)
{
    m_progress = activity;
    emit progressChanged(activity);
}

void ChatModel::appendText(std::int64_t answerId, const QString& text)
{
    const int row = rowOf(answerId);
    if (row < 0 || text.isEmpty())
        return;
    ChatMessage& message = m_messages[std::size_t(row)];
    message.text += text;
    message.state = AnswerState::Writing;
    announce(row);
}

void ChatModel::finish(const AnswerReply& reply)
{
    const int row = rowOf(reply.answerId);
    if (row < 0)
        return;
    ChatMessage& message = m_messages[std::size_t(row)];
    message.text = QString::fromStdString(reply.answer);
    message.state = stateOf(reply.stopReason);
    message.evidence = reply.evidence;
    message.tokenEnds = reply.tokenEnds;
    message.facts = factsOf(reply);
    if (reply.stopReason == StopReason::ContextFull)
        message.note = tr("There is no room left in the context. Start a new session, or raise the context "
                          "length in Settings.");
    announce(row);
}

void ChatModel::failLast(const Error& error)
{
    if (m_messages.empty() || !m_messages.back().isUnfinished())
        return;
    ChatMessage& message = m_messages.back();
    message.state = error.code == ErrorCode::Cancelled ? AnswerState::Stopped : AnswerState::Failed;
    message.note = message.state == AnswerState::Failed ? QString::fromStdString(error.message) : QString();
    announce(rowCount() - 1);
}

void ChatModel::removeFrom(std::int64_t id)
{
    const int row = rowOf(id);
    if (row < 0)
        return;
    beginResetModel();
    m_messages.resize(std::size_t(row));
    endResetModel();
}

void ChatModel::restore(std::vector<ChatMessage> messages)
{
    beginResetModel();
    m_messages = std::move(messages);
    m_progress = {};
    endResetModel();
}

const ChatMessage* ChatModel::find(std::int64_t id) const
{
    const int row = rowOf(id);
    return row >= 0 ? &m_messages[std::size_t(row)] : nullptr;
}

int ChatModel::rowOf(std::int64_t id) const
{
    for (int row = rowCount() - 1; row >= 0; --row)
        if (id != 0 && m_messages[std::size_t(row)].id == id)
            return row;
    return -1;
}

void ChatModel::announce(int row)
{
    emit dataChanged(index(row), index(row));
}

AnswerRange tokensOfAnswer(const ChatMessage& message, std::uint64_t begin, std::uint64_t end)
{
    if (end <= begin || message.tokenEnds.empty())
        return {};
    const auto& ends = message.tokenEnds;
    // A token belongs to the range in which its text ends.
    const auto first = std::upper_bound(ends.begin(), ends.end(), begin) - ends.begin();
    const auto last = std::upper_bound(ends.begin(), ends.end(), end) - ends.begin();
    return last > first ? AnswerRange{int(first), int(last)} : AnswerRange{};
}

QString stateNote(const ChatMessage& message)
{
    switch (message.state) {
    case AnswerState::Stopped:
        return ChatModel::tr("Stopped.");
    case AnswerState::Interrupted:
        return ChatModel::tr("Interrupted: Lectern was closed while this answer was being written.");
    case AnswerState::CutShort:
        return message.note.isEmpty()
                   ? ChatModel::tr("Cut short: the answer reached its longest allowed length.")
                   : message.note;
    case AnswerState::Failed:
        return ChatModel::tr("Failed: %1").arg(message.note);
    case AnswerState::Reading:
    case AnswerState::Writing:
    case AnswerState::Complete:
        break;
    }
    return {};
}

} // namespace lectern
