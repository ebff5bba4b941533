// What the diagnostics page says, as values: facts in words, the tail of the log, and a report without names.
// No window needed.
#pragma once

#include "app/worker/self_test.h"
#include "ui/state/workspace.h"

#include <QString>

#include <utility>
#include <vector>

namespace lectern {

std::vector<std::pair<QString, QString>> diagnosticFacts(Workspace& workspace);

// Folders become "…", the home folder and the user's name too: what is left can be shown to anybody.
QString redacted(const QString& text);

// At most the last `bytes` of the log, whole lines, hidden characters shown. Empty if there is none.
QString logTail(const QString& path, qint64 bytes = 256 << 10);
// The lines of at least a level: "trace", "debug", "info", "warning" or "error".
QString linesOfLevel(const QString& log, const QString& level);
QString logPath(); // $XDG_STATE_HOME/lectern/lectern.log

} // namespace lectern
