#include "ui/documents/documents_view.h"

#include "ui/common/empty_state.h"
#include "ui/common/find_bar.h"
#include "ui/common/format.h"
#include "ui/common/message_bar.h"
#include "ui/common/plain_label.h"
#include "ui/common/two_line_delegate.h"
#include "ui/documents/overview_strip.h"

#include <QCheckBox>
#include <QListView>
#include <QMenu>
#include <QPushButton>
#include <QScrollBar>
#include <QSplitter>
#include <QStackedWidget>
#include <QVBoxLayout>

#include <algorithm>

namespace lectern {

namespace {
constexpr int kStrengthBins = 2048; // of the shading: finer than any strip, coarse enough to be instant
constexpr int kShortList = 4;       // rows
} // namespace

DocumentsView::DocumentsView(Workspace& workspace, QWidget* parent) : QWidget(parent), m_workspace(workspace)
{
    setAccessibleName(tr("Documents"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    m_stack = new QStackedWidget(this);
    m_splitter = new QSplitter(Qt::Vertical, m_stack);
    m_splitter->setChildrenCollapsible(false);
    m_splitter->addWidget(buildList());
    m_readerPage = buildReader();
    m_readerPage->hide();
    m_splitter->addWidget(m_readerPage);
    m_choose = new PlainLabel(tr("The text appears here."), m_splitter);
    m_choose->setMuted(true);
    m_choose->setAlignment(Qt::AlignCenter);
    m_splitter->addWidget(m_choose);
    m_splitter->setStretchFactor(1, 1);
    m_splitter->setStretchFactor(2, 1);
    auto* empty = new EmptyState(QStringLiteral("document"), tr("No documents"),
                                 tr("Drop a file or a folder here to read it."), m_stack);
    connect(empty->addAction(tr("Add documents…"), QStringLiteral("add-document")), &QPushButton::clicked,
            this, &DocumentsView::addDocumentsWanted);
    m_stack->addWidget(m_splitter);
    m_stack->addWidget(empty);
    layout->addWidget(m_stack);

    Selection& selection = m_workspace.selection();
    connect(&selection, &Selection::documentChanged, this, &DocumentsView::showDocument);
    connect(&selection, &Selection::passageShown, this, &DocumentsView::showPassage);
    connect(&selection, &Selection::answerTokenChanged, this, &DocumentsView::showStrengths);
    connect(&selection, &Selection::markedTextChanged, this, &DocumentsView::showUse);
    connect(&m_workspace, &Workspace::documentsChanged, this, &DocumentsView::showEmptyOrList);
    connect(&m_workspace.attention(), &AttentionModel::changed, this, &DocumentsView::showStrengths);
    connect(&m_workspace.chat(), &ChatModel::dataChanged, this, [this](const QModelIndex& index) {
        if (!m_workspace.chat().message(index.row()).isUnfinished())
            showPassages();
    });
    connect(&m_workspace.chat(), &ChatModel::modelReset, this, &DocumentsView::showPassages);
    connect(&m_workspace.chat(), &ChatModel::rowsInserted, this, &DocumentsView::showPassages);
    showEmptyOrList();
}

QWidget* DocumentsView::buildList()
{
    m_list = new QListView(this);
    m_list->setModel(&m_workspace.documents());
    m_list->setItemDelegate(
        new TwoLineDelegate({DocumentListModel::DetailRole, DocumentListModel::FractionRole, -1}, m_list));
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setUniformItemSizes(true);
    m_list->setAccessibleName(tr("Documents of this session"));
    m_list->setContextMenuPolicy(Qt::CustomContextMenu);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    connect(m_list, &QListView::customContextMenuRequested, this, &DocumentsView::openContextMenu);
    connect(m_list->selectionModel(), &QItemSelectionModel::currentChanged, this,
            [this](const QModelIndex& index) {
                if (const auto id = index.data(DocumentListModel::IdRole).toLongLong(); id != 0)
                    m_workspace.selection().setDocument(id);
            });
    return m_list;
}

QWidget* DocumentsView::buildReader()
{
    auto* page = new QWidget(this);
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto* header = new QHBoxLayout;
    header->setContentsMargins(10, 5, 8, 5);
    header->setSpacing(10);
    m_name = new ElidedLabel({}, page);
    m_name->setFontScale(1.0, true);
    m_place = new PlainLabel({}, page);
    m_place->setMuted(true);
    m_shade = new QCheckBox(tr("S&hade by use"), page);
    m_shade->setToolTip(tr("Colour the text by how much the answer used it"));
    m_shade->setAccessibleName(tr("Shade the text by how much the answer used it"));
    m_shade->setChecked(true);
    header->addWidget(m_name, 1);
    header->addWidget(m_place);
    header->addWidget(m_shade);
    m_use = new PlainLabel({}, page);
    m_use->setWordWrap(true);
    m_use->setContentsMargins(10, 0, 10, 5);
    m_use->setAccessibleName(tr("What the marked passage was used for"));
    m_use->hide();
    m_hidden = new PlainLabel({}, page);
    m_hidden->setMuted(true);
    m_hidden->setWordWrap(true);
    m_hidden->setContentsMargins(10, 0, 10, 5);
    m_hidden->hide();
    m_find = new FindBar(tr("Find in this document"), page);
    m_reader = new DocumentReader(page);
    m_overview = new OverviewStrip(page);
    auto* row = new QHBoxLayout;
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    row->addWidget(m_reader, 1);
    row->addWidget(m_overview);
    column->addLayout(header);
    column->addWidget(m_hidden);
    column->addWidget(m_use);
    column->addWidget(m_find);
    column->addLayout(row, 1);

    const auto find = [this](int step) {
        const auto found = m_reader->find(m_find->text(), step);
        m_find->showCount(found.current, m_find->text().isEmpty() ? -1 : found.total);
    };
    connect(m_find, &FindBar::textChanged, this, [find] { find(0); });
    connect(m_find, &FindBar::nextWanted, this, [find] { find(1); });
    connect(m_find, &FindBar::previousWanted, this, [find] { find(-1); });
    connect(m_find, &FindBar::closed, this, [this] {
        m_reader->find({}, 0);
        m_reader->setFocus();
    });
    connect(m_reader, &DocumentReader::marked, this, [this](std::uint64_t begin, std::uint64_t end) {
        m_workspace.selection().setMarkedText({m_shown, begin, end});
    });
    connect(m_reader, &DocumentReader::placeChanged, this, &DocumentsView::showPlace);
    connect(m_overview, &OverviewStrip::placeWanted, this, [this](double share) {
        m_reader->scrollToByte(std::uint64_t(share * double(m_reader->display().document().utf8.size())));
    });
    connect(m_shade, &QCheckBox::toggled, this, [this](bool on) {
        m_workspace.setOverlayVisible(on && isVisible());
        showStrengths();
    });
    return page;
}

void DocumentsView::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    m_workspace.setOverlayVisible(m_shade->isChecked());
}

void DocumentsView::hideEvent(QHideEvent* event)
{
    QWidget::hideEvent(event);
    m_workspace.setOverlayVisible(false);
}

void DocumentsView::openFind()
{
    m_find->open();
}

void DocumentsView::showDocument(std::int64_t id)
{
    if (id == m_shown)
        return;
    m_shown = id;
    if (const QModelIndex index = m_workspace.documents().indexOf(id); index.isValid())
        m_list->setCurrentIndex(index);
    m_hidden->hide();
    m_readerPage->setVisible(id != 0);
    m_choose->setVisible(id == 0);
    if (id == 0) {
        m_reader->clearDocument();
        m_name->setFullText({});
        showPlace();
        return;
    }
    auto text = m_workspace.documentText(id);
    if (!text) {
        m_reader->clearDocument();
        m_reader->setPlaceholderText(errorDetails(text.error()));
        return;
    }
    m_reader->setPlaceholderText({});
    m_name->setFullText(text->name);
    m_reader->setDocumentText(std::move(*text));
    if (const int hidden = m_reader->display().escapedCharacters(); hidden > 0) {
        m_hidden->setText(
            tr("Hidden or direction-changing characters are shown as ‹U+…›: %1").arg(formatCount(hidden)));
        m_hidden->show();
    }
    showPassages();
    showStrengths();
    showPlace();
}

std::vector<EvidencePassage> DocumentsView::passagesHere() const
{
    const auto& messages = m_workspace.chat().messages();
    if (messages.empty())
        return {};
    std::vector<EvidencePassage> passages = messages.back().evidence;
    std::erase_if(passages, [this](const EvidencePassage& passage) { return passage.documentId != m_shown; });
    return passages;
}

void DocumentsView::showPassages()
{
    std::vector<EvidencePassage> passages = passagesHere();
    const EvidencePassage& chosen = m_workspace.selection().passage();
    const auto same = [&](const EvidencePassage& p) {
        return p.documentId == chosen.documentId && p.start == chosen.start && p.end == chosen.end;
    };
    auto current = std::find_if(passages.begin(), passages.end(), same);
    if (current == passages.end() && chosen.documentId == m_shown && chosen.end > chosen.start) {
        passages.push_back(chosen); // of an earlier answer
        current = std::prev(passages.end());
    }
    const int index = current == passages.end() ? -1 : int(current - passages.begin());
    std::vector<ByteRange> ranges;
    std::vector<OverviewStrip::Mark> marks;
    const double size = std::max(1.0, double(m_reader->display().document().utf8.size()));
    for (const EvidencePassage& passage : passages) {
        ranges.push_back({passage.start, passage.end});
        marks.push_back({double(passage.start) / size, double(passage.end - passage.start) / size});
    }
    m_reader->setPassages(std::move(ranges), index);
    m_overview->setPassages(std::move(marks), index);
}

void DocumentsView::showPassage(const EvidencePassage& passage)
{
    showDocument(passage.documentId);
    showPassages();
    m_reader->scrollToByte(passage.start);
}

void DocumentsView::showStrengths()
{
    std::vector<float> strengths;
    if (const auto& snapshot = m_workspace.attention().snapshot(); snapshot && m_shade->isChecked()) {
        const AnswerRange range = m_workspace.selection().answerRange();
        const auto profile = range.isAll() ? sourceProfile(snapshot->sources, -1)
                                           : sourceProfile(snapshot->sources, range.begin, range.end);
        strengths = m_workspace.promptMap().strengths(m_shown, m_reader->display().document().utf8.size(),
                                                      profile, kStrengthBins);
    }
    m_reader->setStrengths(strengths);
    m_overview->setStrengths(std::move(strengths));
}

// What the marked passage was used for: the answer's tokens that looked at it most, in words; the chat shades
// them.
void DocumentsView::showUse()
{
    const MarkedText& marked = m_workspace.selection().markedText();
    const auto& snapshot = m_workspace.attention().snapshot();
    m_use->setVisible(!marked.isEmpty() && marked.document == m_shown && snapshot &&
                      !snapshot->sources.empty());
    if (!m_use->isVisibleTo(this))
        return;
    const auto [first, last] =
        m_workspace.promptMap().tokensOfBytes(marked.document, marked.begin, marked.end);
    const std::vector<float> use = useOfTokens(snapshot->sources, first, last);
    double sum = 0;
    for (const float share : use)
        sum += double(share);
    const auto best = std::max_element(use.begin(), use.end()) - use.begin();
    m_use->setText(
        first < 0 || sum <= 0
            ? tr("No token of the answer looked at the marked passage.")
            : tr("The marked passage drew %1 of the answer's attention, most from its token %2 (%3).")
                  .arg(formatShare(sum / double(use.size())))
                  .arg(best + 1)
                  .arg(formatShare(double(use[std::size_t(best)]))));
}

void DocumentsView::showPlace()
{
    m_place->setText(m_reader->placeLabel());
    const QScrollBar* bar = m_reader->verticalScrollBar();
    const double total = std::max(1, bar->maximum() + bar->pageStep());
    m_overview->setVisibleRange(bar->value() / total, (bar->value() + bar->pageStep()) / total);
}

void DocumentsView::showEmptyOrList()
{
    m_stack->setCurrentIndex(m_workspace.documents().rowCount() > 0 ? 0 : 1);
    fitList();
    if (const QModelIndex index = m_workspace.documents().indexOf(m_shown); index.isValid())
        m_list->setCurrentIndex(index);
    else
        showDocument(m_workspace.selection().document());
    showStrengths();
}

// As high as its rows while there are few; a person may make a longer list higher.
void DocumentsView::fitList()
{
    const int rows = m_workspace.documents().rowCount();
    if (rows == m_rows || rows == 0)
        return;
    m_rows = rows;
    const int height = std::min(rows, kShortList) * m_list->sizeHintForRow(0) + 2;
    m_list->setMinimumHeight(std::min(rows, 2) * m_list->sizeHintForRow(0) + 2);
    m_list->setMaximumHeight(rows <= kShortList ? height : QWIDGETSIZE_MAX);
    const int rest = std::max(200, m_splitter->height() - height);
    m_splitter->setSizes({height, rest, rest});
}

void DocumentsView::openContextMenu(const QPoint& at)
{
    const QModelIndex index = m_list->indexAt(at);
    if (!index.isValid())
        return;
    const int row = index.row();
    const DocumentItem item = m_workspace.documents().item(row);
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    if (item.state == DocumentState::Failed) {
        menu->addAction(tr("&Try again"), this, [this, path = item.row.path, row] {
            m_workspace.documents().forgetFailed(row);
            m_workspace.openPaths({path});
        });
        menu->addAction(tr("&Hide"), this, [this, row] { m_workspace.documents().forgetFailed(row); });
    } else if (item.state == DocumentState::Ready) {
        menu->addAction(tr("&Remove from this session"), this,
                        [this, id = item.row.id] { m_workspace.removeDocument(id); });
    }
    menu->popup(m_list->viewport()->mapToGlobal(at));
}

} // namespace lectern
