#include "ui/views.h"

#include "ui/attention/attention_view.h"
#include "ui/chat/chat_view.h"
#include "ui/compare/compare_view.h"
#include "ui/diagnostics/diagnostics_view.h"
#include "ui/documents/documents_view.h"
#include "ui/explore/explorer_view.h"
#include "ui/memory/memory_view.h"
#include "ui/models/models_view.h"
#include "ui/needle/needle_view.h"
#include "ui/prompt/prompt_inspector.h"
#include "ui/sessions/sessions_view.h"

namespace lectern {

namespace {

template <typename View> QWidget* make(Workspace& workspace, QWidget* parent)
{
    return new View(workspace, parent);
}

constexpr ViewInfo kViews[] = {
    {"sessions", QT_TRANSLATE_NOOP("Views", "Sessions"), "sessions", Qt::LeftDockWidgetArea, nullptr,
     AtFirst::Open, &make<SessionsView>},
    {"chat", QT_TRANSLATE_NOOP("Views", "Conversation"), "chat", Qt::NoDockWidgetArea, nullptr, AtFirst::Open,
     &make<ChatView>},
    {"documents", QT_TRANSLATE_NOOP("Views", "Documents"), "document", Qt::RightDockWidgetArea, nullptr,
     AtFirst::Open, &make<DocumentsView>},
    {"memory", QT_TRANSLATE_NOOP("Views", "KV memory"), "memory", Qt::RightDockWidgetArea, "documents",
     AtFirst::Open, &make<MemoryView>},
    {"attention", QT_TRANSLATE_NOOP("Views", "Attention"), "attention", Qt::RightDockWidgetArea, "memory",
     AtFirst::Open, &make<AttentionView>},
    {"explorer", QT_TRANSLATE_NOOP("Views", "Heads"), "grid", Qt::RightDockWidgetArea, "attention",
     AtFirst::Open, &make<ExplorerView>},
    {"prompt", QT_TRANSLATE_NOOP("Views", "Prompt"), "quote", Qt::RightDockWidgetArea, "explorer",
     AtFirst::Open, &make<PromptInspector>},
    {"models", QT_TRANSLATE_NOOP("Views", "Models"), "open-model", Qt::LeftDockWidgetArea, "sessions",
     AtFirst::Open, &make<ModelsView>},
    {"compare", QT_TRANSLATE_NOOP("Views", "Compare"), "compare", Qt::RightDockWidgetArea, "prompt",
     AtFirst::Closed, &make<CompareView>},
    {"needle", QT_TRANSLATE_NOOP("Views", "Needle lab"), "search", Qt::RightDockWidgetArea, "compare",
     AtFirst::Closed, &make<NeedleView>},
    {"diagnostics", QT_TRANSLATE_NOOP("Views", "Diagnostics"), "health", Qt::RightDockWidgetArea, "needle",
     AtFirst::Closed, &make<DiagnosticsView>},
};

} // namespace

std::span<const ViewInfo> views()
{
    return kViews;
}

} // namespace lectern
