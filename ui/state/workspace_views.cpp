// What the views share beside the conversation: bookmarks, captures, models at hand, the text behind tokens.
#include "ui/common/visible_text.h"
#include "ui/state/workspace.h"

#include <QFileInfo>

#include <algorithm>

namespace lectern {

namespace {
constexpr int kTextLength = 40; // of a readout
constexpr std::size_t kMostBookmarks = 30;
} // namespace

Result<DocumentText> Workspace::documentText(std::int64_t document) const
{
    if (m_capture)
        for (const DocumentText& text : m_capture->texts)
            if (text.id == document)
                return text;
    return m_library->documentText(document);
}

const HeadPattern* Workspace::patternOf(HeadChoice head) const
{
    if (!m_plan || !m_model || !head.isValid() || m_model->heads <= 0 ||
        head.layer >= m_plan->plan.layerCount() || head.head >= m_model->heads || showsCapture())
        return nullptr;
    const auto& heads = m_plan->plan.layers[std::size_t(head.layer)];
    return &heads[std::size_t(head.head) * heads.size() / std::size_t(m_model->heads)];
}

QString Workspace::promptText(std::int64_t begin, std::int64_t end) const
{
    const PromptViewPtr shown = prompt();
    if (!shown || begin < 0 || begin >= std::int64_t(shown->size()))
        return {};
    const auto last =
        std::size_t(std::min<std::int64_t>({end, std::int64_t(shown->size()), begin + kTextLength}));
    const std::uint32_t from = begin == 0 ? 0 : shown->ends[std::size_t(begin - 1)];
    const QString text = visibleLine(shown->text.substr(from, shown->ends[last - 1] - from)).trimmed();
    return text.size() > kTextLength ? text.left(kTextLength) + QStringLiteral("…") : text;
}

QStringList Workspace::knownModels() const
{
    QStringList models = m_bundled;
    for (const QString& path : m_settings->recentModels())
        if (!models.contains(path) && QFileInfo::exists(path))
            models += path;
    return models;
}

void Workspace::setBundledModels(QStringList paths)
{
    m_bundled = std::move(paths);
    emit modelsChanged();
}

void Workspace::addBookmark()
{
    const EvidencePassage& passage = m_selection.passage();
    MarkedText place = m_selection.markedText();
    if (place.isEmpty() && passage.documentId == m_selection.document())
        place = {passage.documentId, passage.start, passage.end};
    const Bookmark bookmark{m_selection.head(), m_selection.answerRange(), place};
    std::erase(m_bookmarks, bookmark);
    m_bookmarks.push_back(bookmark);
    if (m_bookmarks.size() > kMostBookmarks)
        m_bookmarks.erase(m_bookmarks.begin());
    keepBookmarks();
    emit noticed(tr("Marked: %1").arg(bookmarkName(bookmark)));
}

void Workspace::goToBookmark(int index)
{
    if (index < 0 || index >= int(m_bookmarks.size()))
        return;
    const Bookmark bookmark = m_bookmarks[std::size_t(index)];
    if (bookmark.head.isValid())
        m_selection.setHead(bookmark.head);
    m_selection.setAnswerRange(bookmark.answer);
    if (!bookmark.place.isEmpty()) {
        EvidencePassage passage;
        passage.documentId = bookmark.place.document;
        passage.start = bookmark.place.begin;
        passage.end = bookmark.place.end;
        m_selection.showPassage(passage);
    }
}

void Workspace::forgetBookmarks()
{
    const std::vector<Bookmark> before = std::exchange(m_bookmarks, {});
    keepBookmarks();
    emit noticedUndoable(tr("Bookmarks forgotten"), [this, before] {
        m_bookmarks = before;
        keepBookmarks();
    });
}

void Workspace::keepBookmarks()
{
    QStringList lines;
    for (const Bookmark& bookmark : m_bookmarks)
        lines += bookmarkToText(bookmark);
    if (m_session != 0)
        m_settings->saveBookmarks(m_session, lines);
}

Capture Workspace::capture() const
{
    if (m_capture)
        return *m_capture;
    Capture capture;
    capture.session = sessionName();
    if (m_model) {
        capture.model = QString::fromStdString(m_model->name);
        capture.plan = QString::fromStdString(m_model->plan);
    }
    capture.measuredAnswer = m_measuredAnswer;
    capture.messages = m_chat.messages();
    for (const DocumentRow& row : m_documents.readyRows())
        if (auto text = documentText(row.id)) {
            capture.documents.push_back(row);
            capture.texts.push_back(std::move(*text));
        }
    capture.spans = promptMap().spans();
    capture.memory = m_memory.history();
    capture.steps = m_attention.recording().steps();
    return capture;
}

bool Workspace::saveCapture(const QString& path)
{
    if (const Status saved = lectern::saveCapture(path, capture()); !saved) {
        report(tr("The capture could not be saved"), saved.error());
        return false;
    }
    emit noticed(tr("Capture saved"));
    return true;
}

void Workspace::openCapture(const QString& path)
{
    auto loaded = loadCapture(path);
    if (!loaded) {
        report(tr("The capture could not be opened"), loaded.error());
        return;
    }
    newSession();
    m_capture = std::move(*loaded);
    m_measuredAnswer = m_capture->measuredAnswer;
    m_documents.reset(m_capture->documents);
    m_chat.restore(m_capture->messages);
    m_promptMap = PromptMap(m_capture->spans);
    m_memory.setHistory(m_capture->memory);
    if (!m_capture->steps.empty())
        m_memory.setUsage(m_capture->steps.back().usage);
    m_attention.setRecording(m_capture->steps);
    m_headChosen = false;
    chooseTellingHead();
    emit documentsChanged();
    m_selection.setDocument(m_documents.items().empty() ? 0 : m_documents.item(0).row.id);
    emit sessionChanged(m_session);
    emit noticed(
        tr("Capture of “%1” opened; asking begins a new session").arg(visibleLine(m_capture->session)));
}

void Workspace::leaveCapture()
{
    m_capture.reset();
    m_promptMapKnown = false;
    m_attention.setPaused(false);
}

} // namespace lectern
