// Everything a person can tell the window to do, as a table: menus, shortcuts, the command palette and the
// list of shortcuts iterate over it.
#pragma once

#include <span>

namespace lectern {

enum class Command {
    NewSession,
    AddDocuments,
    AddFolder,
    OpenModel,
    TrySample,
    ModelFacts,
    SaveConversation,
    SaveCapture,
    OpenCapture,
    SavePicture,
    Settings,
    Quit,
    FindInConversation,
    FindInDocument,
    CopyConversation,
    RenameSession,
    TrashSession,
    Stop,
    FocusQuestion,
    EditQuestion,
    Regenerate,
    Branch,
    NextSentence,
    PreviousSentence,
    NextPassage,
    PreviousPassage,
    AddBookmark,
    ResetLayout,
    FullScreen,
    CommandPalette,
    Shortcuts,
    About,
};

struct CommandInfo {
    Command command;
    const char* menu;     // title of its menu, translated in the context "Commands"
    const char* text;     // translated in the context "Commands"
    const char* icon;     // "" for none
    const char* shortcut; // in QKeySequence's portable form; "" for none
    bool separatorBefore;
};

std::span<const CommandInfo> commands();

} // namespace lectern
