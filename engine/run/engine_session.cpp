#include "engine/run/engine_session.h"

#include "engine/run/settled_plan.h"

#include <algorithm>
#include <chrono>
#include <numeric>

namespace lectern {

namespace {
constexpr std::int64_t kCheckpointTokens = 8192; // between those nobody asked for
constexpr std::int64_t kLeastTurn = 32;          // tokens from one checkpoint to the next turn's
}

EngineSession::~EngineSession() { cutLeases(0); }

EngineSession::EngineSession(std::shared_ptr<const Model> model, std::shared_ptr<ThreadPool> pool)
    : m_model(std::move(model)), m_pool(std::move(pool)), m_recorder(m_model->spec().layers, m_model->spec().heads),
      m_logits(static_cast<std::size_t>(m_model->spec().vocabulary))
{
}

Result<std::unique_ptr<EngineSession>> EngineSession::open(std::shared_ptr<const Model> model,
                                                           const std::string& modelPlan,
                                                           std::shared_ptr<ThreadPool> pool,
                                                           const SessionSettings& settings)
{
    auto settled =
        settlePlan(*model, modelPlan, settings.plan, settings.positions, settings.kvType, settings.context);
    if (!settled)
        return failed(settled);
    std::unique_ptr<EngineSession> session(new EngineSession(model, std::move(pool)));
    auto cache = KvCache::create(settled->plan, model->kvShape(), settled->types, settings.context, settings.chunkTokens);
    if (!cache)
        return failed(cache);
    auto decoder = Decoder::create(std::move(model), *session->m_pool, settings.chunkTokens, settled->positions);
    if (!decoder)
        return failed(decoder);
    session->m_settledPlan = std::move(settled->plan);
    session->m_cache = std::move(*cache);
    session->boundCheckpoints();
    session->m_decoder = std::move(*decoder);
    return session;
}

Status EngineSession::step(std::span<const TokenId> chunk, const CancelToken& cancel)
{
    if (auto done = m_decoder->step(chunk, *m_cache, cancel, &m_recorder); !done)
        return done;
    m_tokens.insert(m_tokens.end(), chunk.begin(), chunk.end());
    const Status intact = m_model->stillIntact();
    if (!intact)
        keepPrefix(0); // since when is not known
    return intact;
}

Status EngineSession::reserve(std::int64_t context)
{
    const std::int64_t before = m_cache->context();
    if (auto grown = m_cache->grow(context); !grown)
        return grown;
    boundCheckpoints();
    if (m_decoder->keysDependOn(before, m_cache->context()))
        keepPrefix(0);
    return {};
}

// Room for two windows' rings, and where the cache is large, for an eighth of it.
void EngineSession::boundCheckpoints()
{
    std::uint64_t rings = 0;
    const KvUsage usage = m_cache->usage();
    for (const KvLayerUsage& layer : usage.layers)
        rings += layer.bytes[static_cast<int>(HeadClass::Window)];
    m_hasRings = rings > 0;
    m_checkpoints.setBudget(2 * rings + usage.bytes / 8);
}

std::int64_t EngineSession::commonWith(std::span<const TokenId> tokens) const
{
    const auto differ = std::mismatch(m_tokens.begin(), m_tokens.end(), tokens.begin(), tokens.end()).first;
    // The last token is always computed: its logits are wanted.
    return std::min<std::int64_t>(differ - m_tokens.begin(), static_cast<std::int64_t>(tokens.size()) - 1);
}

void EngineSession::keepPrefix(std::size_t length)
{
    if (length == m_tokens.size())
        return;
    const std::int64_t target = m_checkpoints.rewindTarget(*m_cache, static_cast<std::int64_t>(length));
    cutLeases(target);
    m_checkpoints.rewind(*m_cache, target);
    m_tokens.resize(static_cast<std::size_t>(m_cache->position()));
}

void EngineSession::cutLeases(std::int64_t position)
{
    for (const auto& weak : m_leases)
        if (const auto lease = weak.lock())
            lease->cutAt(position);
    std::erase_if(m_leases, [](const auto& lease) { return lease.expired(); });
}

Status EngineSession::checkFits(std::span<const TokenId> tokens) const
{
    if (tokens.empty())
        return fail(ErrorCode::Usage, "There is nothing to read: the prompt has no tokens.",
                    "Add a document.");
    const auto count = static_cast<std::int64_t>(tokens.size());
    if (count > context())
        return fail(ErrorCode::TooLong,
                    "The text has " + std::to_string(count) + " tokens, " +
                        std::to_string(count - context()) + " more than the session has room for.",
                    "Raise the context, or read fewer documents.");
    return {};
}

Status EngineSession::readOn(std::span<const TokenId> tokens, const Progress& progress,
                             const CancelToken& cancel,
                             const std::function<void(std::size_t at, std::size_t count)>& onChunk)
{
    m_reused = static_cast<std::int64_t>(m_tokens.size());
    m_decoder->setTextLength(static_cast<std::int64_t>(tokens.size()));
    m_cache->beginReading(static_cast<std::int64_t>(tokens.size()));
    m_recorder.beginText(static_cast<std::int64_t>(tokens.size()));
    const auto start = std::chrono::steady_clock::now();
    const auto total = static_cast<std::int64_t>(tokens.size());
    const auto chunkTokens = static_cast<std::size_t>(m_decoder->chunkTokens());
    std::size_t last = 0;
    while (m_tokens.size() < tokens.size()) {
        const std::size_t at = m_tokens.size();
        // Chunks end at multiples of the chunk length, so that a text read in parts meets the same borders.
        last = std::min(chunkTokens - at % chunkTokens, tokens.size() - at);
        last = std::min(last, static_cast<std::size_t>(nextMark() - static_cast<std::int64_t>(at)));
        m_recorder.setFinalChunk(at + last == tokens.size());
        if (auto done = step(tokens.subspan(at, last), cancel); !done)
            return done;
        keepCheckpoint();
        if (onChunk)
            onChunk(at, last);
        const std::chrono::duration<double, std::milli> elapsed = std::chrono::steady_clock::now() - start;
        if (progress)
            progress({static_cast<std::int64_t>(m_tokens.size()), total, m_reused, elapsed.count()});
    }
    m_decoder->logits(static_cast<int>(last) - 1, m_logits.data());
    return {};
}

Result<std::int64_t> EngineSession::read(std::span<const TokenId> tokens, const Progress& progress,
                                         const CancelToken& cancel, std::span<const CheckpointMark> marks)
{
    if (auto fits = checkFits(tokens); !fits)
        return failed(fits);
    keepPrefix(static_cast<std::size_t>(commonWith(tokens)));
    if (m_hasRings)
        setMarks(marks, static_cast<std::int64_t>(tokens.size()));
    const Status done = readOn(tokens, progress, cancel, {});
    m_marks.clear();
    if (!done)
        return failed(done);
    return m_reused;
}

// A turn needs no checkpoint of its own right behind another one.
void EngineSession::setMarks(std::span<const CheckpointMark> marks, std::int64_t end)
{
    const auto crowds = [](const std::vector<CheckpointMark>& there, std::int64_t position) {
        return std::any_of(there.begin(), there.end(), [&](const CheckpointMark& mark) {
            return mark.position <= position && mark.position > position - kLeastTurn;
        });
    };
    for (const CheckpointMark& mark : marks)
        if (mark.kind == CheckpointKind::Document ||
            (!crowds(m_marks, mark.position) && !crowds(m_checkpoints.marks(), mark.position)))
            m_marks.push_back(mark);
    m_marks.push_back({end, CheckpointKind::Turn});
}

std::int64_t EngineSession::nextMark() const
{
    std::int64_t next = INT64_MAX;
    for (const CheckpointMark& mark : m_marks)
        if (mark.position > m_cache->position())
            next = std::min(next, mark.position);
    return next;
}

void EngineSession::keepCheckpoint()
{
    const std::int64_t position = m_cache->position();
    if (m_hasRings && position % kCheckpointTokens == 0)
        m_checkpoints.take(*m_cache, CheckpointKind::Periodic);
    for (const CheckpointMark& mark : m_marks)
        if (mark.position == position)
            m_checkpoints.take(*m_cache, mark.kind);
}

Status EngineSession::append(TokenId token, const CancelToken& cancel)
{
    if (static_cast<std::int64_t>(m_tokens.size()) >= context())
        return fail(ErrorCode::TooLong, "The session's context of " + std::to_string(context()) + " tokens is full.",
                    "Raise the context.");
    m_recorder.setFinalChunk(true);
    if (auto done = step({&token, 1}, cancel); !done)
        return done;
    m_decoder->logits(0, m_logits.data());
    return {};
}

Status EngineSession::readWithLogits(std::span<const TokenId> tokens, std::span<const std::int64_t> positions,
                                     const OnRow& onRow, const Progress& progress, const CancelToken& cancel)
{
    if (auto fits = checkFits(tokens); !fits)
        return fits;
    keepPrefix(0);
    std::size_t next = 0;
    return readOn(tokens, progress, cancel, [&](std::size_t at, std::size_t count) {
        for (; next < positions.size() && positions[next] < static_cast<std::int64_t>(at + count); ++next) {
            m_decoder->logits(static_cast<int>(positions[next] - static_cast<std::int64_t>(at)),
                              m_logits.data());
            onRow(positions[next], m_logits);
        }
    });
}

Status EngineSession::logitsOfAll(std::span<const TokenId> tokens, const CancelToken& cancel,
                                  const OnRow& onRow)
{
    std::vector<std::int64_t> all(tokens.size());
    std::iota(all.begin(), all.end(), 0);
    return readWithLogits(tokens, all, onRow, {}, cancel);
}

KvUsage EngineSession::kvUsage() const
{
    KvUsage usage = m_cache->usage();
    usage.reusedTokens = m_reused;
    usage.checkpointBytes = m_checkpoints.bytes();
    return usage;
}

} // namespace lectern
