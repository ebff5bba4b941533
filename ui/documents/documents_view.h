// The documents of the session: the list with each one's state, and the reader of the chosen one.
#pragma once

#include "ui/documents/document_reader.h"
#include "ui/state/workspace.h"

#include <QWidget>

class QCheckBox;
class QListView;
class QSplitter;
class QStackedWidget;

namespace lectern {

class ElidedLabel;
class FindBar;
class OverviewStrip;
class PlainLabel;

class DocumentsView : public QWidget {
    Q_OBJECT
public:
    explicit DocumentsView(Workspace& workspace, QWidget* parent = nullptr);

    void openFind();
    DocumentReader& reader() { return *m_reader; }
    OverviewStrip& overview() { return *m_overview; }
    // Passages of the newest answer that lie in the document on show.
    void showPassages();

signals:
    void addDocumentsWanted();

protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    QWidget* buildList();
    QWidget* buildReader();
    void showDocument(std::int64_t id);
    void showPassage(const EvidencePassage& passage);
    void showStrengths();
    void showUse();
    void showPlace();
    void showEmptyOrList();
    void fitList();
    void openContextMenu(const QPoint& at);
    std::vector<EvidencePassage> passagesHere() const;

    Workspace& m_workspace;
    QStackedWidget* m_stack = nullptr;
    QSplitter* m_splitter = nullptr;
    QListView* m_list = nullptr;
    DocumentReader* m_reader = nullptr;
    OverviewStrip* m_overview = nullptr;
    FindBar* m_find = nullptr;
    ElidedLabel* m_name = nullptr;
    PlainLabel* m_place = nullptr;
    PlainLabel* m_choose = nullptr; // in place of the reader without a document
    PlainLabel* m_hidden = nullptr;
    PlainLabel* m_use = nullptr;
    QWidget* m_readerPage = nullptr;
    QCheckBox* m_shade = nullptr;
    std::int64_t m_shown = 0;
    int m_rows = -1; // of the list when its height was last fitted
};

} // namespace lectern
