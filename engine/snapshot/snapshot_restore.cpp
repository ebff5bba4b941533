#include "engine/snapshot/snapshot_restore.h"

namespace lectern {

std::int64_t reusableTokens(const SnapshotManifest& manifest, const SnapshotIdentity& identity,
                            const LayerPlan& plan, std::span<const std::int32_t> prompt)
{
    if (manifest.identity != identity || prompt.empty())
        return 0;
    RingCheckpoints checkpoints;
    for (const CheckpointMark& mark : manifest.text.marks)
        checkpoints.adoptMark(mark);
    for (const ColumnPlace& place : manifest.text.columns)
        if (place.takenAt != ColumnPlace::kKept)
            checkpoints.adoptColumn(
                {place.page, place.takenAt, place.validTo, place.owners(plan), {}, nullptr});
    const std::int64_t common = std::min<std::int64_t>(commonTokens(manifest.text.tokens, prompt),
                                                       static_cast<std::int64_t>(prompt.size()) - 1);
    return checkpoints.reachable(plan, common);
}

Status restoreSnapshot(const SnapshotFolder& folder, const SnapshotManifest& manifest, EngineSession& session)
{
    if (auto whole = folder.verify(manifest); !whole)
        return whole;
    return session.restore(manifest.text, [&](std::size_t column, std::span<std::byte> into) {
        return folder.load(manifest, column, into);
    });
}

} // namespace lectern
