// The table of functions: checks of what is asked, then the launch.
#include "engine/kernels/cuda/module/attention_params.cuh"
#include "engine/kernels/cuda/module/context.cuh"
#include "engine/kernels/cuda/module/elementwise.cuh"
#include "engine/kernels/cuda/module/linear.cuh"
#include "engine/kernels/cuda/module/packed.cuh"

#include <algorithm>
#include <numeric>

namespace lectern::cuda {

namespace {

using Context = LecternCudaContext;

// Parts of decode's work: two blocks a multiprocessor, and each head has one at least.
int partsOf(const Context& c, int kvHeads)
{
    return std::max(2 * c.properties.multiProcessorCount, kvHeads);
}

const char* lastMessage(Context* c)
{
    return c->message.c_str();
}

std::int32_t memory(Context* c, std::uint64_t* free, std::uint64_t* total)
{
    std::size_t freeBytes = 0, totalBytes = 0;
    const std::int32_t code = c->code(cudaMemGetInfo(&freeBytes, &totalBytes), "say how much memory is free");
    *free = freeBytes;
    *total = totalBytes;
    return code;
}

std::int32_t allocate(Context* c, std::uint64_t bytes, void** out)
{
    *out = nullptr;
    cudaSetDevice(c->device); // of this thread
    const cudaError_t error = cudaMalloc(out, std::max<std::uint64_t>(bytes, 256));
    if (error != cudaSuccess)
        return c->code(error, "give memory");
    return c->code(cudaMemsetAsync(*out, 0, std::max<std::uint64_t>(bytes, 256), c->stream), "clear memory");
}

std::int32_t release(Context* c, void* pointer)
{
    return c->code(cudaFree(pointer), "take memory back");
}

std::int32_t upload(Context* c, void* to, const void* from, std::uint64_t bytes)
{
    cudaSetDevice(c->device); // of this thread; every step begins with an upload
    return c->code(cudaMemcpyAsync(to, from, bytes, cudaMemcpyHostToDevice, c->stream), "take data");
}

std::int32_t download(Context* c, void* to, const void* from, std::uint64_t bytes)
{
    const cudaError_t error = cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToHost, c->stream);
    return c->code(error == cudaSuccess ? cudaStreamSynchronize(c->stream) : error, "compute");
}

std::int32_t copy(Context* c, void* to, const void* from, std::uint64_t bytes)
{
    return c->code(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToDevice, c->stream), "copy memory");
}

std::int32_t synchronize(Context* c)
{
    return c->code(cudaStreamSynchronize(c->stream), "compute");
}

std::int32_t mark(Context* c, std::int32_t which)
{
    return c->code(cudaEventRecord(c->marks[std::size_t(which & 1)], c->stream), "take the time");
}

std::int32_t elapsed(Context* c, float* ms)
{
    const cudaError_t error = cudaEventSynchronize(c->marks[1]);
    return c->code(error == cudaSuccess ? cudaEventElapsedTime(ms, c->marks[0], c->marks[1]) : error,
                   "take the time");
}

std::int32_t graphBegin(Context* c)
{
    return c->code(cudaStreamBeginCapture(c->stream, cudaStreamCaptureModeThreadLocal), "record its work");
}

std::int32_t graphEnd(Context* c, void** out)
{
    cudaGraph_t graph = nullptr;
    cudaGraphExec_t made = nullptr;
    cudaError_t error = cudaStreamEndCapture(c->stream, &graph);
    if (error == cudaSuccess)
        error = cudaGraphInstantiate(&made, graph, 0);
    if (graph)
        cudaGraphDestroy(graph);
    *out = made;
    return c->code(error, "record its work");
}

std::int32_t graphLaunch(Context* c, void* graph)
{
    return c->code(cudaGraphLaunch(static_cast<cudaGraphExec_t>(graph), c->stream), "run what it recorded");
}

std::int32_t graphRelease(Context* c, void* graph)
{
    return c->code(cudaGraphExecDestroy(static_cast<cudaGraphExec_t>(graph)), "forget what it recorded");
}

std::uint64_t pageBytes(std::int32_t headDim)
{
    return 4ull * kPage * std::uint64_t(paddedDim(headDim));
}

std::uint64_t queryBytes(std::int32_t heads, std::int32_t kvHeads, std::int32_t headDim, std::int32_t tokens)
{
    const std::uint64_t rows = std::uint64_t(tokens) * std::uint64_t(heads / kvHeads);
    return (rows + 127) / 128 * 128 * std::uint64_t(kvHeads) * 2 * std::uint64_t(paddedDim(headDim));
}

// Decode is asked of at most this many packed rows.
constexpr int kDecodeRows = 64;

std::uint64_t attentionWorkspace(Context* c, std::int32_t heads, std::int32_t kvHeads, std::int32_t headDim)
{
    const int rows = std::max(kDecodeRows, heads / kvHeads);
    return std::uint64_t(partsOf(*c, kvHeads) + kvHeads) * std::uint64_t(rows) *
           std::uint64_t(paddedDim(headDim) + 2) * sizeof(float);
}

std::int32_t splits(Context* c, std::int32_t kvHeads, const std::int64_t* pages, std::int32_t* starts)
{
    const std::int64_t all = std::accumulate(pages, pages + kvHeads, std::int64_t{0});
    const std::int64_t total = std::max<std::int64_t>(1, all);
    const int parts = partsOf(*c, kvHeads);
    starts[0] = 0;
    for (int head = 0; head < kvHeads; ++head)
        starts[head + 1] = starts[head] + std::max(1, int(pages[head] * parts / total));
    return LECTERN_CUDA_OK;
}

std::uint64_t weightBytes(std::int32_t type, std::int32_t rows, std::int32_t cols)
{
    return deviceWeightBytes(type, rows, cols);
}

// The file's blocks go over in pieces, and the device puts them in their places.
std::int32_t repack(Context* c, int type, std::size_t weights, FileBlocks blocks, const std::byte* from,
                    void* to)
{
    const std::size_t total = weights / blocks.weights,
                      piece = std::min<std::size_t>(total, (64u << 20) / blocks.bytes);
    void* staging = nullptr;
    std::int32_t code = allocate(c, piece * blocks.bytes, &staging);
    for (std::size_t first = 0; code == LECTERN_CUDA_OK && first < total; first += piece) {
        const std::size_t count = std::min(piece, total - first);
        code = upload(c, staging, from + first * blocks.bytes, count * blocks.bytes);
        if (code == LECTERN_CUDA_OK)
            code =
                c->code(launchRepack(type, staging, count, first, weights, to, c->stream), "place weights");
    }
    if (code == LECTERN_CUDA_OK)
        code = synchronize(c);
    const std::int32_t released = release(c, staging);
    return code == LECTERN_CUDA_OK ? released : code;
}

std::int32_t prepareWeights(Context* c, std::int32_t type, std::int32_t rows, std::int32_t cols,
                            const void* from, void* to)
{
    const std::size_t bytes = deviceWeightBytes(type, rows, cols);
    if (bytes == 0)
        return c->refuse("The GPU has no layout for weights of this type.");
    const FileBlocks blocks = fileBlocks(type);
    return blocks.weights == 0
               ? upload(c, to, from, bytes)
               : repack(c, type, std::size_t(rows) * cols, blocks, static_cast<const std::byte*>(from), to);
}

std::int32_t angles(Context* c, const double* frequencies, std::int32_t pairs, double magnitude,
                    const std::int32_t* position, float* cosSin, std::int32_t tokens)
{
    return pairs == 0 ? std::int32_t(LECTERN_CUDA_OK)
                      : c->code(launchAngles(frequencies, pairs, magnitude, position, cosSin, tokens, c->stream),
                                "compute angles");
}

std::int32_t ropeAppend(Context* c, const LecternCudaRope* rope)
{
    if (rope->headDim > 256 || rope->tokens < 1)
        return c->refuse("The GPU computes heads of at most 256 numbers.");
    return c->code(launchRopeAppend(*rope, c->stream), "place keys and values");
}

std::uint64_t splitBytes(std::int32_t cols)
{
    return SplitInput::bytes(std::size_t(cols));
}

std::int32_t split(Context* c, const void* x, void* out, std::int32_t cols)
{
    if (cols % kPackedBlock != 0)
        return c->refuse("The GPU splits inputs whose length is a multiple of 32.");
    return c->code(launchSplit(static_cast<const __half*>(x), out, cols, c->stream), "split");
}

std::int32_t attention(Context* c, const LecternCudaAttention* a)
{
    if (a->headDim > 256 || a->headDim % 2 != 0 || a->tokens < 1 || a->heads % a->kvHeads != 0)
        return c->refuse("The GPU computes heads of at most 256 numbers.");
    AttentionParams p{};
    p.queries = static_cast<const std::byte*>(a->queries);
    p.out = static_cast<__half*>(a->out);
    p.pool = static_cast<const std::byte*>(a->pool);
    p.pageTable = a->pageTable;
    p.tableStride = a->tableStride;
    p.heads = a->headPatterns;
    p.position = a->position;
    p.tokens = a->tokens;
    p.group = a->heads / a->kvHeads;
    p.kvHeads = a->kvHeads;
    p.headDim = a->headDim;
    p.scale = a->scale;
    p.softcap = a->softcap;
    p.splits = partsOf(*c, a->kvHeads) / a->kvHeads;
    p.splitStarts = a->splits;
    p.parts = a->splits ? a->totalSplits : p.splits * a->kvHeads;
    const int rows = p.tokens * p.group;
    const bool few = p.tokens == 1 || rows <= 16;
    const int kernel = a->kernel != LECTERN_CUDA_AUTO     ? a->kernel
                       : few                              ? LECTERN_CUDA_SPLIT_KV
                       : c->hasWgmma() && !c->avoidsWgmma ? LECTERN_CUDA_WGMMA
                                                          : LECTERN_CUDA_MMA;
    if (kernel == LECTERN_CUDA_WGMMA)
        return c->hasWgmma() ? c->code(launchPrefill90(p, c->stream), "compute attention")
                             : c->refuse("This GPU has no warpgroup products.");
    if (kernel == LECTERN_CUDA_MMA)
        return c->code(launchPrefill80(p, c->stream), "compute attention");
    if (rows > std::max(kDecodeRows, p.group))
        return c->refuse("Too many queries for the decode kernel.");
    p.partials = static_cast<float*>(a->workspace);
    p.partialSums = p.partials + std::size_t(p.parts) * rows * paddedDim(p.headDim);
    // Warps of the last kernel hold blocks of 32 where heads are whole ones.
    const bool splitsItself = p.headDim % kPackedBlock == 0;
    p.outSplit = splitsItself ? static_cast<std::byte*>(a->outSplit) : nullptr;
    const std::int32_t code = c->code(launchDecode(p, c->stream), "compute attention");
    if (code != LECTERN_CUDA_OK || !a->outSplit || splitsItself)
        return code;
    return split(c, a->out, a->outSplit, a->heads * a->headDim);
}

std::int32_t linear(Context* c, const LecternCudaLinear* op)
{
    if (deviceWeightBytes(op->type, op->rows, op->cols) == 0)
        return c->refuse("The GPU can not multiply with weights of this type and shape.");
    if (op->tokens == 1)
        return op->type == LECTERN_CUDA_F16 || op->xSplit
                   ? c->code(launchGemv(*op, c->stream), "multiply")
                   : c->refuse("The input of a product with quantised weights was not split.");
    const auto* weights = static_cast<const __half*>(op->weights);
    if (op->type != LECTERN_CUDA_F16) {
        if (const std::int32_t code = c->code(launchUnpack(*op, c->stream), "unpack weights");
            code != LECTERN_CUDA_OK)
            return code;
        weights = static_cast<const __half*>(op->unpacked);
    }
    const bool done = c->blas.usable() && c->blas.multiply(weights, op->x, op->out, op->rows, op->cols,
                                                           op->tokens, op->outStride, op->accumulate != 0);
    if (!done)
        if (const std::int32_t code = c->code(launchGemm(weights, *op, c->stream), "multiply");
            code != LECTERN_CUDA_OK)
            return code;
    return op->bias
               ? c->code(launchAddBias(op->out, op->bias, op->rows, op->outStride, op->tokens, c->stream),
                         "add")
               : std::int32_t(LECTERN_CUDA_OK);
}

std::int32_t embed(Context* c, std::int32_t type, const void* table, std::int32_t rows, std::int32_t width,
                   const std::int32_t* tokens, std::int32_t count, float scale, float* out)
{
    return c->code(launchEmbed(type, table, rows, width, tokens, count, scale, out, c->stream),
                   "look tokens up");
}

std::int32_t norm(Context* c, const float* x, const float* weight, const float* bias, std::int32_t layerNorm,
                  float epsilon, void* outHalf, void* outSplit, float* outFloat, float* addTo,
                  std::int32_t tokens, std::int32_t width)
{
    return c->code(launchNorm({x, weight, bias, layerNorm != 0, epsilon, static_cast<__half*>(outHalf),
                               static_cast<std::byte*>(outSplit), outFloat, addTo, width},
                              tokens, c->stream),
                   "normalise");
}

std::int32_t toHalf(Context* c, const float* x, void* out, std::uint64_t count)
{
    return c->code(launchToHalf(x, static_cast<__half*>(out), count, c->stream), "convert");
}

std::int32_t add(Context* c, float* x, const float* y, std::uint64_t count)
{
    return c->code(launchAdd(x, y, count, c->stream), "add");
}

std::int32_t activate(Context* c, std::int32_t kind, const float* gateUp, void* out, void* outSplit,
                      std::int32_t tokens, std::int32_t width)
{
    return c->code(launchActivate(kind, gateUp, static_cast<__half*>(out), static_cast<std::byte*>(outSplit),
                                  tokens, width, c->stream),
                   "activate");
}

std::int32_t softcap(Context* c, float* x, float cap, std::uint64_t count)
{
    return c->code(launchSoftcap(x, cap, count, c->stream), "cap");
}

std::int32_t argmax(Context* c, const float* x, std::int32_t count, std::int32_t* out)
{
    return c->code(launchArgmax(x, count, out, c->stream), "choose");
}

std::int32_t advance(Context* c, std::int32_t* value, std::int32_t by)
{
    return c->code(launchAdvance(value, by, c->stream), "count");
}

std::int32_t movePages(Context* c, const void* from, void* to, std::int32_t headDim,
                       const std::int32_t* pairs, std::int32_t count)
{
    return count == 0 ? std::int32_t(LECTERN_CUDA_OK)
                      : c->code(launchMovePages(from, to, int(pageBytes(headDim)), pairs, count, c->stream),
                                "move pages");
}

// In the order of LecternCudaApi.
constexpr LecternCudaApi kApi{
    LECTERN_CUDA_ABI,
    sizeof(LecternCudaApi),
    openContext,
    closeContext,
    lastMessage,
    memory,
    allocate,
    release,
    upload,
    download,
    copy,
    synchronize,
    mark,
    elapsed,
    graphBegin,
    graphEnd,
    graphLaunch,
    graphRelease,
    pageBytes,
    queryBytes,
    attentionWorkspace,
    splits,
    weightBytes,
    prepareWeights,
    angles,
    ropeAppend,
    attention,
    linear,
    embed,
    splitBytes,
    split,
    norm,
    toHalf,
    add,
    activate,
    softcap,
    argmax,
    advance,
    movePages,
};

} // namespace

} // namespace lectern::cuda

extern "C" __attribute__((visibility("default"))) const LecternCudaApi* lecternCudaApi()
{
    return &lectern::cuda::kApi;
}
