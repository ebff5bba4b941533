#include "ui/views.h"

#include "ui/attention/attention_view.h"
#include "ui/chat/chat_view.h"
#include "ui/documents/documents_view.h"
#include "ui/memory/memory_view.h"
#include "ui/sessions/sessions_view.h"

namespace lectern {

namespace {

template <typename View> QWidget* make(Workspace& workspace, QWidget* parent)
{
    return new View(workspace, parent);
}

constexpr ViewInfo kViews[] = {
    {"sessions", QT_TRANSLATE_NOOP("Views", "Sessions"), "sessions", Qt::LeftDockWidgetArea, nullptr,
     &make<SessionsView>},
    {"chat", QT_TRANSLATE_NOOP("Views", "Conversation"), "chat", Qt::NoDockWidgetArea, nullptr, &make<ChatView>},
    {"documents", QT_TRANSLATE_NOOP("Views", "Documents"), "document", Qt::RightDockWidgetArea, nullptr,
     &make<DocumentsView>},
    {"memory", QT_TRANSLATE_NOOP("Views", "KV memory"), "memory", Qt::RightDockWidgetArea, "documents",
     &make<MemoryView>},
    {"attention", QT_TRANSLATE_NOOP("Views", "Attention"), "attention", Qt::RightDockWidgetArea, "memory",
     &make<AttentionView>},
};

} // namespace

std::span<const ViewInfo> views()
{
    return kViews;
}

} // namespace lectern
