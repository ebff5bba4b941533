#include "ui/commands.h"

#include <QtGlobal>

namespace lectern {

namespace {

#define LECTERN_TEXT(text) QT_TRANSLATE_NOOP("Commands", text) // so that lupdate finds it

constexpr const char* kFile = LECTERN_TEXT("&File");
constexpr const char* kEdit = LECTERN_TEXT("&Edit");
constexpr const char* kSession = LECTERN_TEXT("&Session");
constexpr const char* kView = LECTERN_TEXT("&View");
constexpr const char* kHelp = LECTERN_TEXT("&Help");

constexpr CommandInfo kCommands[] = {
    {Command::NewSession, kFile, LECTERN_TEXT("&New session"), "new-session", "Ctrl+N", false},
    {Command::AddDocuments, kFile, LECTERN_TEXT("&Add documents…"), "add-document", "Ctrl+O", true},
    {Command::AddFolder, kFile, LECTERN_TEXT("Add a &folder…"), "folder", "Ctrl+Alt+O", false},
    {Command::TrySample, kFile, LECTERN_TEXT("&Try the sample"), "book", "", false},
    {Command::OpenModel, kFile, LECTERN_TEXT("Open a &model…"), "open-model", "Ctrl+Shift+O", true},
    {Command::ModelFacts, kFile, LECTERN_TEXT("Model &details…"), "info", "Ctrl+I", false},
    {Command::SaveConversation, kFile, LECTERN_TEXT("&Save the conversation…"), "", "Ctrl+S", true},
    {Command::SavePicture, kFile, LECTERN_TEXT("Save the &picture in focus…"), "", "Ctrl+Shift+P", false},
    {Command::SaveCapture, kFile, LECTERN_TEXT("Save what the views sho&w…"), "", "Ctrl+Shift+S", true},
    {Command::OpenCapture, kFile, LECTERN_TEXT("Open a &capture…"), "", "Ctrl+Alt+S", false},
    {Command::Settings, kFile, LECTERN_TEXT("S&ettings…"), "settings", "Ctrl+,", true},
    {Command::Quit, kFile, LECTERN_TEXT("&Quit"), "", "Ctrl+Q", true},
    {Command::FindInConversation, kEdit, LECTERN_TEXT("&Find"), "search", "Ctrl+F", false},
    {Command::FindInDocument, kEdit, LECTERN_TEXT("Find in the &document"), "", "Ctrl+Shift+F", false},
    {Command::CopyConversation, kEdit, LECTERN_TEXT("&Copy the conversation"), "copy", "Ctrl+Shift+C", true},
    {Command::FocusQuestion, kSession, LECTERN_TEXT("&Write a question"), "", "Ctrl+L", false},
    {Command::Stop, kSession, LECTERN_TEXT("&Stop"), "stop", "Esc", false},
    {Command::EditQuestion, kSession, LECTERN_TEXT("&Edit the last question"), "edit", "Ctrl+E", true},
    {Command::Regenerate, kSession, LECTERN_TEXT("Write the answer &anew"), "retry", "Ctrl+Shift+R", false},
    {Command::Branch, kSession, LECTERN_TEXT("Go on in a new &branch"), "branch", "Ctrl+Shift+B", false},
    {Command::NextSentence, kSession, LECTERN_TEXT("Next sen&tence of the answer"), "", "Alt+Down", true},
    {Command::PreviousSentence, kSession, LECTERN_TEXT("Previo&us sentence of the answer"), "", "Alt+Up",
     false},
    {Command::NextPassage, kSession, LECTERN_TEXT("&Next source"), "down", "F3", true},
    {Command::PreviousPassage, kSession, LECTERN_TEXT("&Previous source"), "up", "Shift+F3", false},
    {Command::AddBookmark, kSession, LECTERN_TEXT("Mar&k what is on show"), "bookmark", "Ctrl+B", false},
    {Command::RenameSession, kSession, LECTERN_TEXT("&Rename the session"), "", "Ctrl+R", true},
    {Command::TrashSession, kSession, LECTERN_TEXT("&Move the session to the trash"), "trash",
     "Ctrl+Shift+Delete", false},
    {Command::ResetLayout, kView, LECTERN_TEXT("&Reset the layout"), "", "", true},
    {Command::FullScreen, kView, LECTERN_TEXT("&Full screen"), "", "F11", false},
    {Command::CommandPalette, kView, LECTERN_TEXT("Command &palette…"), "search", "Ctrl+K", false},
    {Command::Shortcuts, kHelp, LECTERN_TEXT("&Keyboard shortcuts"), "keyboard", "F1", false},
    {Command::About, kHelp, LECTERN_TEXT("&About Lectern"), "info", "", false},
};

#undef LECTERN_TEXT

} // namespace

std::span<const CommandInfo> commands()
{
    return kCommands;
}

} // namespace lectern
