// What the workbench does for sessions that go on after a restart.
#include "app/worker/workbench.h"

namespace lectern {

namespace {
constexpr std::int64_t kWorthKeeping = 256; // tokens of a text that a snapshot is written of
}

SnapshotIdentity Workbench::snapshotIdentity()
{
    const DecoderSpec& spec = m_model->model()->spec();
    if (m_identity.model.empty()) {
        m_identity.model = modelIdentity(*m_model);
        m_identity.tokenizer = tokenizerIdentity(m_model->tokenizer().vocabulary());
        m_identity.layers = spec.layers;
        m_identity.kvHeads = spec.kvHeads;
        m_identity.headDim = spec.headDim;
    }
    SnapshotIdentity identity = m_identity;
    identity.plan = planIdentity(m_engine->plan());
    identity.positions = positionsIdentity(m_engine->settledPlan().positions, spec, m_engine->context());
    identity.kvType = m_engine->settledPlan().kvTypes;
    return identity;
}

void Workbench::keepSnapshot(SessionId session)
{
    if (m_keeper && static_cast<std::int64_t>(m_engine->tokens().size()) >= kWorthKeeping)
        m_keeper->save(session, snapshotIdentity(), *m_engine);
}

void Workbench::waitForSnapshots(const CancelToken& cancel)
{
    if (m_keeper)
        m_keeper->wait(cancel);
}

} // namespace lectern
