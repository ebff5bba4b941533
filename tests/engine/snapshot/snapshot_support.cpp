#include "tests/engine/snapshot/snapshot_support.h"

namespace lectern::test {

SessionSettings snapshotSettings(const std::string& plan, std::int64_t context)
{
    SessionSettings settings;
    settings.plan = plan;
    settings.context = context;
    settings.chunkTokens = 64;
    return settings;
}

SnapshotIdentity identityOf(const EngineSession& session, const Model& model)
{
    const DecoderSpec& spec = model.spec();
    return {"model",
            "tokenizer",
            planIdentity(session.plan()),
            positionsIdentity("model", spec, session.context()),
            "f16",
            spec.layers,
            spec.kvHeads,
            spec.headDim};
}

SnapshotCase::SnapshotCase(const std::shared_ptr<const Model>& of, const std::string& planText)
    : model(of), plan(planText), open(openSession(of, snapshotSettings(planText))),
      folder(place.path().toStdString())
{
}

std::string SnapshotCase::save()
{
    EngineSession& session = *open.session;
    const auto image = session.image(last ? commonTokens(last->text.tokens, session.tokens()) : 0);
    if (!image)
        return image.error().message;
    auto written = folder.write(last ? last->generation + 1 : 1, identityOf(session, *model), *image,
                                last ? &*last : nullptr, CancelToken());
    if (!written)
        return written.error().message;
    last = std::move(*written);
    folder.removeOthers(*last);
    return {};
}

TestSession SnapshotCase::reopened(std::string& error) const
{
    TestSession fresh = openSession(model, snapshotSettings(plan));
    const auto manifest = folder.manifest(last->generation);
    const Status restored =
        manifest ? restoreSnapshot(folder, *manifest, *fresh.session) : Status(failed(manifest));
    error = restored ? std::string() : restored.error().message;
    return fresh;
}

} // namespace lectern::test
