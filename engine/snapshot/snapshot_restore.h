// From a snapshot's files back into a session.
#pragma once

#include "engine/snapshot/snapshot_folder.h"

namespace lectern {

// Tokens of `prompt` that the snapshot would save computing: how far its text is the prompt's beginning and
// its rings and checkpoints can go on from. 0 where it is not good for `identity`. The prompt's last token is
// always computed.
std::int64_t reusableTokens(const SnapshotManifest& manifest, const SnapshotIdentity& identity,
                            const LayerPlan& plan, std::span<const std::int32_t> prompt);

// Verifies every file of the snapshot first, then replaces the session's text by it. After an error the
// session is as it was, or, where a file changed between the two, empty.
Status restoreSnapshot(const SnapshotFolder& folder, const SnapshotManifest& manifest,
                       EngineSession& session);

} // namespace lectern
