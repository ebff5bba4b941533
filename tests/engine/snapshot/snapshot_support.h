// A small session and the folder of its snapshot.
#pragma once

#include "engine/snapshot/snapshot_restore.h"
#include "tests/engine/run/session_support.h"

#include <QTemporaryDir>

namespace lectern::test {

inline constexpr const char* kSnapshotPlans[] = {
    "full", "longgen:window=128", "longgen-block:local=1,stride=3", "window:sink=4,window=100"};

SessionSettings snapshotSettings(const std::string& plan, std::int64_t context = 1500);
SnapshotIdentity identityOf(const EngineSession& session, const Model& model);

struct SnapshotCase {
    SnapshotCase(const std::shared_ptr<const Model>& model, const std::string& plan);

    // Writes the session's text as the next generation on top of the last; "" or what went wrong.
    std::string save();
    // A session that has read nothing, with the snapshot in it.
    TestSession reopened(std::string& error) const;

    std::shared_ptr<const Model> model;
    std::string plan;
    TestSession open;
    QTemporaryDir place;
    SnapshotFolder folder;
    std::optional<SnapshotManifest> last;
};

} // namespace lectern::test
