// The list of views: a new view is a folder and a row here. Docks, the View menu, shortcuts and tests iterate over it.
#pragma once

#include <QtGlobal>

#include <Qt>

#include <span>

class QWidget;

namespace lectern {

class Workspace;

enum class AtFirst { Open, Closed }; // closed views open by menu, palette and key

struct ViewInfo {
    const char* name;  // stable: layouts are saved under it
    const char* title; // translated in the context "Views"
    const char* icon;
    Qt::DockWidgetArea area; // where it stands at first; NoDockWidgetArea: in the middle of the window
    const char* tabbedWith;  // shares its place with this view at first; nullptr: its own place
    AtFirst atFirst;
    QWidget* (*make)(Workspace& workspace, QWidget* parent);
};

std::span<const ViewInfo> views();

} // namespace lectern
