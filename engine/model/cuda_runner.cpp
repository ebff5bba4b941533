#include "engine/model/cuda_runner.h"

#include "engine/kernels/cuda/head_pattern.h"

namespace lectern {

namespace {

// The first of several steps that failed.
class Steps {
public:
    template <typename F> Steps& then(F&& step)
    {
        if (m_status)
            m_status = step();
        return *this;
    }
    Status status() const { return m_status; }

private:
    Status m_status;
};

} // namespace

CudaRunner::CudaRunner(std::shared_ptr<const CudaWeights> weights, const LayerPlan& plan, int chunkTokens)
    : m_weights(std::move(weights)), m_chunkTokens(chunkTokens),
      m_pages(plan, spec().kvHeads, api().pageBytes(spec().headDim), chunkTokens), m_rope(spec().rope)
{
    if (spec().windowRope)
        m_windowRope.emplace(*spec().windowRope);
}

CudaRunner::~CudaRunner()
{
    forgetGraph();
}

void CudaRunner::forgetGraph()
{
    if (m_graph)
        api().graphRelease(context(), m_graph);
    m_graph = nullptr;
}

Result<std::unique_ptr<CudaRunner>> CudaRunner::create(std::shared_ptr<const CudaWeights> weights,
                                                       const LayerPlan& plan, std::int64_t context,
                                                       int chunkTokens)
{
    const DecoderSpec& spec = weights->model().spec();
    if (spec.headDim > 256 || spec.headDim % 2 != 0)
        return fail(ErrorCode::Unsupported,
                    "The GPU computes heads of at most 256 numbers; this model's have " +
                        std::to_string(spec.headDim) + ".",
                    "Use --device cpu for this model.");
    // Their window moves with the stretch that is read, which the device is not told yet.
    for (const auto& layer : plan.layers)
        for (const HeadPattern& pattern : layer)
            if (std::holds_alternative<SinkChunkPattern>(pattern))
                return fail(ErrorCode::Unsupported, "The GPU does not read in DuoAttention's chunks yet.",
                            "Leave prefill=chunk out of the plan, or use --device cpu.");
    std::unique_ptr<CudaRunner> runner(new CudaRunner(std::move(weights), plan, chunkTokens));
    const Status done = Steps()
                            .then([&] { return runner->takeMemory(); })
                            .then([&] { return runner->placeHeads(plan); })
                            .then([&] { return runner->grow(context); })
                            .status();
    if (!done)
        return tl::unexpected(done.error());
    return runner;
}

Status CudaRunner::takeMemory()
{
    const DecoderSpec& s = spec();
    const auto tokens = std::size_t(m_chunkTokens), width = std::size_t(s.embedding),
               inner = std::size_t(s.feedForward);
    const auto heads = std::size_t(s.heads * s.headDim), kvHeads = std::size_t(s.kvHeads * s.headDim);
    m_hostInput.resize(tokens + kTokensAt);
    const auto angles = [&](const RopeSettings& rope) {
        return tokens * std::size_t(rope.dimensions) * sizeof(float);
    };
    const struct {
        DeviceBuffer& buffer;
        std::size_t bytes;
    } wanted[] = {
        {m_input, m_hostInput.size() * sizeof(std::int32_t)},
        {m_angles, angles(s.rope)},
        {m_windowAngles, s.windowRope ? angles(*s.windowRope) : 0},
        {m_residual, tokens * width * 4},
        {m_normed, tokens * width * 2},
        {m_qkv, tokens * (heads + 2 * kvHeads) * 4},
        {m_queries, api().queryBytes(s.heads, s.kvHeads, s.headDim, m_chunkTokens)},
        {m_mixed, tokens * heads * 2},
        {m_gateUp, tokens * inner * 8},
        {m_active, tokens * inner * 2},
        {m_delta, tokens * width * 4},
        {m_split, api().splitBytes(std::max({s.embedding, s.feedForward, s.heads * s.headDim}) + 31)},
        {m_unpacked, m_weights->unpackedBytes()},
        {m_workspace, api().attentionWorkspace(context(), s.heads, s.kvHeads, s.headDim)},
        {m_logits, std::size_t(s.vocabulary) * 4},
        {m_chosen, sizeof(std::int32_t)},
    };
    for (const auto& one : wanted) {
        auto buffer = DeviceBuffer::allocate(m_weights->device(), one.bytes, "the activations");
        if (!buffer)
            return failed(buffer);
        one.buffer = std::move(*buffer);
    }
    return {};
}

Status CudaRunner::placeHeads(const LayerPlan& plan)
{
    std::vector<LecternCudaHead> heads;
    for (const auto& layer : plan.layers)
        for (const HeadPattern& pattern : layer)
            heads.push_back(deviceHead(pattern));
    auto buffer =
        DeviceBuffer::allocate(m_weights->device(), heads.size() * sizeof(LecternCudaHead), "the plan");
    if (!buffer)
        return failed(buffer);
    m_heads = std::move(*buffer);
    return check(api().upload(context(), m_heads.as<void>(), heads.data(), m_heads.size()));
}

Status CudaRunner::grow(std::int64_t tokens)
{
    if (tokens <= m_pages.context())
        return {};
    DevicePages grown = m_pages;
    const std::uint64_t pageBytes = api().pageBytes(spec().headDim);
    const auto pool = std::uint64_t(grown.grow(tokens)) * pageBytes;
    const std::uint64_t moves =
        (std::uint64_t(spec().layers) * (grown.scratchBytes() / pageBytes) + 1) * sizeof(PageMove);
    auto newPool = DeviceBuffer::allocate(m_weights->device(), pool, "the KV cache");
    auto newTable =
        DeviceBuffer::allocate(m_weights->device(), grown.table().size_bytes(), "the table of pages");
    auto newMoves = DeviceBuffer::allocate(m_weights->device(), moves, "the table of pages");
    for (const auto* buffer : {&newPool, &newTable, &newMoves})
        if (!*buffer)
            return failed(*buffer);
    if (m_pool.size() > 0)
        if (auto done = check(api().copy(context(), newPool->as<void>(), m_pool.as<void>(), m_pool.size()));
            !done)
            return done;
    if (auto done = check(api().synchronize(context())); !done)
        return done;
    m_pool = std::move(*newPool);
    m_table = std::move(*newTable);
    m_moves = std::move(*newMoves);
    m_pages = std::move(grown);
    forgetGraph();
    if (auto done = placeAngles(tokens); !done)
        return done;
    return placeSplits(tokens);
}

std::uint64_t CudaRunner::workspaceBytes() const
{
    std::uint64_t bytes = m_pages.scratchBytes();
    for (const DeviceBuffer* buffer :
         {&m_input, &m_residual, &m_normed, &m_qkv, &m_queries, &m_mixed, &m_gateUp, &m_active, &m_delta,
          &m_split, &m_unpacked, &m_workspace, &m_heads, &m_table, &m_moves, &m_logits})
        bytes += buffer->size();
    return bytes;
}

// Frequencies of the context: some scalings depend on it.
Status CudaRunner::placeAngles(std::int64_t context)
{
    const auto place = [&](RopeTable& rope, DeviceBuffer& to) -> Status {
        rope.setContext(context);
        const auto& frequencies = rope.frequencies();
        auto buffer =
            DeviceBuffer::allocate(m_weights->device(), frequencies.size() * sizeof(double), "the angles");
        if (!buffer)
            return failed(buffer);
        to = std::move(*buffer);
        return check(api().upload(this->context(), to.as<void>(), frequencies.data(), to.size()));
    };
    if (auto done = place(m_rope, m_frequencies); !done || !m_windowRope)
        return done;
    return place(*m_windowRope, m_windowFrequencies);
}

// Decode's work, dealt to the heads by the pages that they keep.
Status CudaRunner::placeSplits(std::int64_t context)
{
    const auto kvHeads = std::size_t(spec().kvHeads);
    std::vector<std::int32_t> starts;
    m_totalSplits.clear();
    for (const auto& heads : m_pages.plan().layers) {
        std::vector<std::int64_t> pages;
        for (const HeadPattern& pattern : heads)
            pages.push_back(pageBudget(pattern, context).total());
        starts.resize(starts.size() + kvHeads + 1);
        std::int32_t* own = starts.data() + starts.size() - kvHeads - 1;
        if (auto done = check(api().splits(this->context(), spec().kvHeads, pages.data(), own)); !done)
            return done;
        m_totalSplits.push_back(own[kvHeads]);
    }
    auto buffer = DeviceBuffer::allocate(m_weights->device(), starts.size() * sizeof(starts[0]), "the plan");
    if (!buffer)
        return failed(buffer);
    m_splits = std::move(*buffer);
    return check(api().upload(this->context(), m_splits.as<void>(), starts.data(), m_splits.size()));
}

// Position and token ids, and the table of pages if it changed.
Status CudaRunner::sendStep(std::span<const std::int32_t> tokens)
{
    m_hostInput[0] = static_cast<std::int32_t>(m_pages.position());
    std::copy(tokens.begin(), tokens.end(), m_hostInput.begin() + kTokensAt);
    const auto send = [&](const DeviceBuffer& to, const void* from, std::size_t bytes) {
        return bytes == 0 ? Status() : check(api().upload(context(), to.as<void>(), from, bytes));
    };
    const auto table = m_pages.table();
    const std::size_t inputBytes = (tokens.size() + kTokensAt) * sizeof(std::int32_t);
    return Steps()
        .then([&] { return send(m_input, m_hostInput.data(), inputBytes); })
        .then([&] {
            return m_pages.takeChanged() ? send(m_table, table.data(), table.size_bytes()) : Status();
        })
        .then([&] { return send(m_moves, m_pages.moves().data(), m_pages.moves().size_bytes()); })
        .status();
}

Status CudaRunner::step(std::span<const std::int32_t> tokens, const CancelToken& cancel)
{
    const auto count = static_cast<int>(tokens.size());
    if (count < 1 || count > m_chunkTokens || m_pages.position() + count > m_pages.context())
        return fail(ErrorCode::Internal,
                    "A chunk of " + std::to_string(count) +
                        " tokens was given to a decoder with room for fewer.",
                    "Please report this.");
    for (const std::int32_t token : tokens)
        if (token < 0 || token >= spec().vocabulary)
            return fail(ErrorCode::Usage,
                        "The token id " + std::to_string(token) + " is not in the model's vocabulary of " +
                            std::to_string(spec().vocabulary) + ".",
                        "Use ids made by this model's tokenizer.");
    if (cancel.isCancelled())
        return fail(ErrorCode::Cancelled, "The reading was stopped.");
    m_pages.beginChunk(count);
    const Status done = Steps()
                            .then([&] { return sendStep(tokens); })
                            .then([&] { return count == 1 ? replayStep() : queueStep(count); })
                            // A single token's errors come with its logits.
                            .then([&] { return count == 1 ? Status() : check(api().synchronize(context())); })
                            .status();
    m_pages.endChunk();
    m_hasLogits = count == 1;
    return done;
}

Status CudaRunner::replayStep()
{
    if (!m_graph) {
        if (auto begun = check(api().graphBegin(context())); !begun)
            return begun;
        Status queued = queueStep(1);
        if (queued)
            queued = queueLogits(0);
        const Status ended = check(api().graphEnd(context(), &m_graph));
        if (!queued || !ended)
            return queued ? ended : queued;
    }
    return check(api().graphLaunch(context(), m_graph));
}

Status CudaRunner::logits(int index, float* out)
{
    return Steps()
        .then([&] { return needLogits(index); })
        .then([&] {
            return check(api().download(context(), out, m_logits.as<void>(),
                                        std::size_t(spec().vocabulary) * sizeof(float)));
        })
        .status();
}

Result<std::int32_t> CudaRunner::greedy(int index)
{
    std::int32_t token = 0;
    const Status done =
        Steps()
            .then([&] { return needLogits(index); })
            .then([&] {
                return check(api().argmax(context(), m_logits.as<float>(), spec().vocabulary,
                                          m_chosen.as<std::int32_t>()));
            })
            .then([&] { return check(api().download(context(), &token, m_chosen.as<void>(), sizeof token)); })
            .status();
    if (!done)
        return tl::unexpected(done.error());
    return token;
}

} // namespace lectern
