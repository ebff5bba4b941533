// Which documents of a session have changed on the disk since they were read. For a window to ask "read again?": the
// prompt up to the first changed file stays as it was, so only the text from there on is computed anew.
#pragma once

#include "app/session/session_store.h"
#include "engine/base/cancel.h"

#include <string>
#include <vector>

namespace lectern {

struct ChangedSource {
    DocumentId document;
    std::string name;
    std::string path;                // to watch and to read again
    bool gone = false;               // it is no longer there; the session keeps its text
    std::vector<std::string> files;  // of a folder: what was changed, added or removed; at most 100
    std::uint32_t changedFiles = 0;  // of a folder: how many in all
};

// Looks at dates and sizes only. Errors of the store, Cancelled.
Result<std::vector<ChangedSource>> changedSources(const SessionStore& store, SessionId session,
                                                  const CancelToken& cancel = {});

} // namespace lectern
