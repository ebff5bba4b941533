#include "tests/bench/cuda_check/attention_setup.h"

namespace lectern::check {

namespace {

struct NamedPattern {
    const char* name;
    HeadPattern pattern;
};

const NamedPattern kPatterns[] = {
    {"full", FullPattern{}},
    {"sink 64 + 2048", SinkWindowPattern{64, 64, 32}},
    {"sink 64 + 256", SinkWindowPattern{64, 1, 256}},
    {"every 64th + 2048", StridedBlocksPattern{64, 32, 64, 0}},
};

void timePrefill(const Gpu& gpu, int kernel, int headDim, int tokens, int kvHeads)
{
    for (const NamedPattern& pattern : kPatterns) {
        AttentionShapeCase shape;
        shape.heads = headDim == 64 ? 64 : headDim == 256 ? 16 : 32;
        shape.kvHeads = kvHeads;
        shape.headDim = headDim;
        shape.tokens = tokens;
        shape.patterns = {pattern.pattern};
        const AttentionSetup setup(gpu, shape, false);
        const double ms = gpu.time(tokens > 70000 ? 3 : 7, [&] { setup.run(kernel); });
        std::printf("| prefill %s | %d/%d x %d | %6d | %-18s | %9.3f ms | %6.1f TFLOP/s on kept keys |\n",
                    kernel == LECTERN_CUDA_MMA ? "mma" : "wgmma", shape.heads, kvHeads, headDim, tokens,
                    pattern.name, ms, 4e-9 * headDim * setup.visiblePairs() / ms);
        std::fflush(stdout);
    }
}

void timeDecode(const Gpu& gpu, int context, int kvHeads)
{
    for (const NamedPattern& pattern : kPatterns) {
        AttentionShapeCase shape;
        shape.heads = 32;
        shape.kvHeads = kvHeads;
        shape.position = context - 1;
        shape.patterns = {pattern.pattern};
        const AttentionSetup setup(gpu, shape, false);
        const double ms = gpu.time(21, [&] { setup.run(LECTERN_CUDA_SPLIT_KV); });
        std::printf("| decode | 32/%d x 128 | %6d | %-18s | %9.4f ms | %7.1f GB/s of keys and values |\n",
                    kvHeads, context, pattern.name, ms, setup.keyBytes() * 1e-6 / ms);
        std::fflush(stdout);
    }
}

} // namespace

std::vector<Case> attentionTimings()
{
    std::vector<Case> cases;
    for (const int kvHeads : {32, 8})
        for (const int context : {32768, 131072})
            cases.push_back({"time_decode_" + std::to_string(kvHeads) + "_" + std::to_string(context),
                             [=](const Gpu& gpu) { timeDecode(gpu, context, kvHeads); }});
    for (const auto& [name, kernel] :
         {std::pair{"wgmma", LECTERN_CUDA_WGMMA}, std::pair{"mma", LECTERN_CUDA_MMA}})
        for (const int tokens : {4096, 16384, 65536, 131072})
            if (kernel == LECTERN_CUDA_WGMMA || tokens == 16384)
                cases.push_back({std::string("time_prefill_") + name + "_" + std::to_string(tokens),
                                 [kernel = kernel, tokens](const Gpu& gpu) {
                                     timePrefill(gpu, kernel, 128, tokens, 32);
                                 }});
    for (const int headDim : {64, 256})
        cases.push_back({"time_prefill_wgmma_16384_d" + std::to_string(headDim), [=](const Gpu& gpu) {
                             timePrefill(gpu, LECTERN_CUDA_WGMMA, headDim, 16384, headDim == 64 ? 64 : 16);
                         }});
    cases.push_back({"time_prefill_wgmma_16384_gqa",
                     [](const Gpu& gpu) { timePrefill(gpu, LECTERN_CUDA_WGMMA, 128, 16384, 8); }});
    return cases;
}

} // namespace lectern::check
