#include "ui/chat/chat_view.h"

#include "ui/chat/answer_text.h"
#include "ui/chat/composer.h"
#include "ui/chat/message_list.h"
#include "ui/chat/message_widget.h"
#include "ui/common/empty_state.h"
#include "ui/common/find_bar.h"
#include "ui/common/plain_label.h"
#include "ui/common/safe_text_browser.h"
#include "ui/common/theme.h"

#include <QAccessible>
#include <QElapsedTimer>
#include <QPushButton>
#include <QStackedWidget>
#include <QVBoxLayout>

#include <algorithm>
#include <map>

namespace lectern {

namespace {
constexpr int kRefreshMs = 33;
constexpr int kRestShare = 3; // of the time that drawing took: the rest of the window gets at least as much
} // namespace

ChatView::ChatView(Workspace& workspace, QWidget* parent) : QWidget(parent), m_workspace(workspace)
{
    setAccessibleName(tr("Conversation"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    m_find = new FindBar(tr("Find in this conversation"), this);
    m_stack = new QStackedWidget(this);
    m_composer = new Composer(this);
    m_list = new MessageList(this);
    m_stack->addWidget(m_list);
    m_stack->addWidget(buildEmptyState());
    layout->addWidget(m_find);
    layout->addWidget(m_stack, 1);
    m_editing = buildEditBar();
    layout->addWidget(m_editing);
    auto* bottom = new QHBoxLayout;
    bottom->setContentsMargins(12, 6, 12, 10);
    bottom->addStretch(1);
    m_composer->setMaximumWidth(MessageList::kWidth);
    bottom->addWidget(m_composer, 100);
    bottom->addStretch(1);
    layout->addLayout(bottom);

    ChatModel& chat = m_workspace.chat();
    connect(&chat, &ChatModel::modelReset, this, &ChatView::rebuild);
    connect(&chat, &ChatModel::rowsInserted, this, [this](const QModelIndex&, int first, int last) {
        addRows(first, last);
        m_list->followEnd();
    });
    connect(&chat, &ChatModel::dataChanged, this, [this](const QModelIndex& index) {
        m_dirty.insert(index.row());
        if (!m_refresh.isActive())
            m_refresh.start();
    });
    connect(&chat, &ChatModel::progressChanged, this, [this](const Activity& activity) {
        if (messageCount() > 0)
            messageWidgets().back()->setProgress(activity);
    });
    connect(&m_workspace.selection(), &Selection::markedTextChanged, this, &ChatView::showUse);
    connect(&m_workspace.selection(), &Selection::answerTokenChanged, this, &ChatView::showChosen);
    m_refresh.setSingleShot(true);
    m_refresh.setInterval(kRefreshMs);
    connect(&m_refresh, &QTimer::timeout, this, &ChatView::refreshDirty);

    connect(m_composer, &Composer::sendWanted, this, &ChatView::send);
    connect(m_composer, &Composer::stopWanted, &m_workspace, &Workspace::stop);
    connect(&m_workspace, &Workspace::activityChanged, this, [this] {
        m_composer->setBusy(m_workspace.isAnswering());
        showButtons();
    });
    connect(&m_workspace, &Workspace::questionReturned, this,
            [this](const QString& text) { m_composer->setText(text); });
    connect(&m_workspace, &Workspace::documentsChanged, this, &ChatView::showEmptyOrChat);
    connect(&m_workspace, &Workspace::sessionChanged, this, &ChatView::showEmptyOrChat);
    connect(m_find, &FindBar::textChanged, this, [this](const QString& text) { find(text, 0); });
    connect(m_find, &FindBar::nextWanted, this, [this] { find(m_find->text(), 1); });
    connect(m_find, &FindBar::previousWanted, this, [this] { find(m_find->text(), -1); });
    connect(m_find, &FindBar::closed, this, &ChatView::focusComposer);
    m_composer->setEnterSends(m_workspace.choices().enterSends);
    rebuild();
}

QWidget* ChatView::buildEmptyState()
{
    auto* page = new QWidget(m_stack);
    page->setBackgroundRole(QPalette::Base);
    page->setAutoFillBackground(true);
    auto* layout = new QVBoxLayout(page);
    m_empty = new EmptyState(QStringLiteral("book"), {}, {}, page);
    layout->addWidget(m_empty);
    m_add = m_empty->addAction(tr("Add documents…"), QStringLiteral("add-document"));
    connect(m_add, &QPushButton::clicked, this, &ChatView::addDocumentsWanted);
    m_sample = m_empty->addAction(tr("Try the sample"), QStringLiteral("book"));
    connect(m_sample, &QPushButton::clicked, this, &ChatView::trySample);
    return page;
}

// With a question to begin with: who tries the program does not know what the sample tells.
void ChatView::trySample()
{
    m_workspace.openSample();
    if (m_composer->text().isEmpty())
        m_composer->setText(tr("What is the vault code of Stellost?"));
    focusComposer();
}

void ChatView::openFind()
{
    m_find->open();
}

QString ChatView::draft() const
{
    return m_composer->text();
}

void ChatView::setEnterSends(bool sends)
{
    m_composer->setEnterSends(sends);
}

void ChatView::focusComposer()
{
    m_composer->takeFocus();
}

const std::vector<MessageWidget*>& ChatView::messageWidgets() const
{
    return m_list->messages();
}

void ChatView::rebuild()
{
    m_dirty.clear();
    m_list->clear();
    if (m_workspace.chat().rowCount() > 0)
        addRows(0, m_workspace.chat().rowCount() - 1);
    stopEditing();
    m_composer->setText(m_workspace.draft());
    showButtons();
    showEmptyOrChat();
    m_list->followEnd();
}

int ChatView::rowOf(const MessageWidget* widget) const
{
    return int(std::find(messageWidgets().begin(), messageWidgets().end(), widget) -
               messageWidgets().begin());
}

void ChatView::addRows(int first, int last)
{
    const ChatModel& chat = m_workspace.chat();
    for (int row = first; row <= last; ++row) {
        auto* widget = new MessageWidget(chat.message(row), chat.severalDocuments(), this);
        connect(widget, &MessageWidget::passageWanted, &m_workspace.selection(), &Selection::showPassage);
        connect(widget, &MessageWidget::copied, this,
                [this](const QString& what) { emit m_workspace.noticed(what); });
        connect(
            widget, &MessageWidget::sentenceChosen, this,
            [this, widget](std::uint64_t begin, std::uint64_t end) { chooseSentence(widget, begin, end); });
        connect(widget, &MessageWidget::regenerateWanted, &m_workspace, &Workspace::regenerate);
        connect(widget, &MessageWidget::branchWanted, this,
                [this, widget] { m_workspace.branchAt(m_workspace.chat().message(rowOf(widget)).id); });
        connect(widget, &MessageWidget::editWanted, this,
                [this, widget] { editQuestion(m_workspace.chat().message(rowOf(widget)).id); });
        m_list->insert(row, widget);
    }
    showEmptyOrChat();
}

void ChatView::refreshDirty()
{
    QElapsedTimer clock;
    clock.start();
    const ChatModel& chat = m_workspace.chat();
    for (const int row : m_dirty) {
        if (row >= messageCount() || row >= chat.rowCount())
            continue;
        const ChatMessage& message = chat.message(row);
        messageWidget(row)->update(message, chat.severalDocuments());
        m_list->change(messageWidget(row));
        if (!message.isUnfinished() && QAccessible::isActive()) {
            QAccessibleEvent event(messageWidget(row),
                                   QAccessible::Alert); // read out once it is done
            QAccessible::updateAccessibility(&event);
        }
    }
    m_dirty.clear();
    showButtons();
    m_refresh.setInterval(std::max(kRefreshMs, kRestShare * int(clock.elapsed())));
}

void ChatView::showEmptyOrChat()
{
    const bool chatting = m_workspace.chat().rowCount() > 0;
    m_stack->setCurrentIndex(chatting ? 0 : 1);
    const int ready = m_workspace.documents().readyCount();
    const bool empty = m_workspace.documents().rowCount() == 0;
    m_add->setVisible(empty);
    m_sample->setVisible(empty && m_workspace.hasSample());
    if (ready > 0)
        m_empty->setText(
            tr("Ask a question"),
            tr("The whole text is read before each answer, and the passages an answer rests on are "
               "shown under it."));
    else if (m_workspace.documents().rowCount() > 0)
        m_empty->setText(tr("Adding documents"), tr("You can ask already: the question waits for them."));
    else
        m_empty->setText(
            tr("Read a long document"),
            tr("Drop a file or a folder anywhere on this window. It is read whole, on this computer, "
               "and every answer shows the passages it comes from."));
    m_composer->setHint(!empty ? tr("Ask about your documents") : tr("Add a document, then ask about it"));
}

void ChatView::find(const QString& text, int step)
{
    std::vector<QTextCursor> matches;
    std::vector<MessageWidget*> places;
    std::map<SafeTextBrowser*, QList<QTextEdit::ExtraSelection>> marks;
    for (MessageWidget* widget : messageWidgets()) {
        SafeTextBrowser* browser = widget->browser();
        marks[browser] = {};
        if (text.isEmpty())
            continue;
        for (QTextCursor at = browser->document()->find(text); !at.isNull();
             at = browser->document()->find(text, at)) {
            matches.push_back(at);
            places.push_back(widget);
        }
    }
    const int total = int(matches.size());
    m_match = total == 0 ? 0 : step == 0 ? 0 : (m_match + step + total) % total;
    m_find->showCount(total == 0 ? 0 : m_match + 1, total);
    const Theme theme(palette());
    for (int i = 0; i < total; ++i) {
        QTextEdit::ExtraSelection mark;
        mark.cursor = matches[std::size_t(i)];
        const QColor color = i == m_match ? theme.evidenceCurrent : theme.findMatch;
        mark.format.setBackground(color);
        mark.format.setForeground(theme.textOn(color));
        marks[places[std::size_t(i)]->browser()].append(mark);
    }
    for (const auto& [browser, found] : marks)
        browser->setMarks(SafeTextBrowser::MarkLayer::Found, found);
    if (total == 0)
        return;
    MessageWidget* place = places[std::size_t(m_match)];
    m_list->measure(place);
    const QRect spot = place->browser()->cursorRect(matches[std::size_t(m_match)]);
    m_list->showPlace(place, place->browser()->mapTo(place, spot.center()).y());
}

QWidget* ChatView::buildEditBar()
{
    auto* bar = new QWidget(this);
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(16, 4, 16, 0);
    auto* text = new PlainLabel(tr("Sending replaces the question and everything after it."), bar);
    text->setMuted(true);
    text->setWordWrap(true);
    auto* leave = new QPushButton(tr("Keep it as it was"), bar);
    leave->setAccessibleName(tr("Keep the question as it was"));
    connect(leave, &QPushButton::clicked, this, [this] {
        stopEditing();
        m_composer->setText({});
    });
    row->addWidget(text, 1);
    row->addWidget(leave);
    bar->hide();
    return bar;
}

void ChatView::editQuestion(std::int64_t id)
{
    const ChatMessage* message = m_workspace.chat().find(id);
    if (!message || message->kind != MessageKind::Question || m_workspace.isAnswering())
        return;
    m_edited = id;
    m_editing->show();
    m_composer->setText(message->text);
    focusComposer();
}

void ChatView::stopEditing()
{
    m_edited = 0;
    m_editing->hide();
}

void ChatView::send(const QString& text)
{
    const std::int64_t edited = m_edited;
    stopEditing();
    if (edited != 0)
        m_workspace.askInstead(edited, text);
    else
        m_workspace.ask(text);
}

void ChatView::showButtons()
{
    const bool free = !m_workspace.isBusy() && !m_workspace.showsCapture() && m_workspace.session() != 0;
    for (int row = 0; row < messageCount(); ++row) {
        const bool question = m_workspace.chat().message(row).kind == MessageKind::Question;
        messageWidget(row)->setRegenerable(free && (question || row == messageCount() - 1));
    }
}

} // namespace lectern
