#include "tests/bench/cuda_check/attention_setup.h"

#include <cstdlib>
#include <tuple>

namespace lectern::check {

namespace {

// Rounding of the probabilities and of the output to f16.
constexpr double kBound = 1.5e-3;
constexpr int kSampledRows = 24;

struct NamedPattern {
    const char* name;
    std::vector<HeadPattern> patterns;
};

std::vector<NamedPattern> patterns()
{
    return {
        {"full", {FullPattern{}}},
        {"sink 64 + 4 blocks", {SinkWindowPattern{64, 64, 4}}},
        {"sink 5 + 100 tokens", {SinkWindowPattern{5, 1, 100}}},
        {"window 37", {SinkWindowPattern{0, 1, 37}}},
        {"strided 64/2/3+1", {StridedBlocksPattern{64, 2, 3, 1}}},
        {"strided 16/5/7+2", {StridedBlocksPattern{16, 5, 7, 2}}},
        {"strided 128/1/4+3", {StridedBlocksPattern{128, 1, 4, 3}}},
        {"mixed heads", {FullPattern{}, SinkWindowPattern{64, 1, 256}}},
    };
}

std::string describe(const AttentionShapeCase& shape, const char* pattern)
{
    char text[160];
    std::snprintf(text, sizeof text, "%d/%d heads of %d, %d at %d, %s%s", shape.heads, shape.kvHeads,
                  shape.headDim, shape.tokens, shape.position, pattern, shape.softcap > 0 ? ", capped" : "");
    return text;
}

void showMismatch(const AttentionShapeCase& shape, int token, int head, const float* got,
                  const std::vector<double>& want)
{
    std::printf("       token %d head %d:", token, head);
    for (int i = 0; i < shape.headDim; i += std::max(1, shape.headDim / 6))
        std::printf(" [%d] %.4f for %.4f", i, double(got[i]), want[std::size_t(i)]);
    std::printf("\n");
}

void checkOne(const Gpu& gpu, const AttentionShapeCase& shape, const char* pattern, int kernel)
{
    const AttentionSetup setup(gpu, shape, true);
    setup.run(kernel);
    const std::vector<float> out = setup.out();
    std::mt19937 random(shape.seed + 11);
    std::vector<float> got;
    std::vector<double> want;
    bool shown = false;
    for (int i = 0; i < kSampledRows; ++i) {
        const int token = i == 0 ? shape.tokens - 1 : i == 1 ? 0 : int(random() % unsigned(shape.tokens));
        const int head = int(random() % unsigned(shape.heads));
        const float* row = out.data() + std::size_t(token * shape.heads + head) * std::size_t(shape.headDim);
        const std::vector<double> wanted = setup.reference(token, head);
        const std::vector<float> one(row, row + shape.headDim);
        if (!shown && !(relativeError(one, wanted) < 10 * kBound)) {
            showMismatch(shape, token, head, row, wanted);
            shown = true;
        }
        got.insert(got.end(), one.begin(), one.end());
        want.insert(want.end(), wanted.begin(), wanted.end());
    }
    verdict(describe(shape, pattern), relativeError(got, want), kBound);
}

void checkKernel(const Gpu& gpu, int kernel, int headDim)
{
    if (kernel >= LECTERN_CUDA_WGMMA && !gpu.isHopper())
        throw Failed{"this GPU has no warpgroup products"};
    const bool decode = kernel == LECTERN_CUDA_SPLIT_KV;
    const std::pair<int, int> heads[] = {{2, 2}, {4, 2}, {6, 2}, {8, 1}, {14, 2}};
    const std::pair<int, int> prefillPlaces[] = {{0, 64},    {0, 700},    {64, 128},
                                                 {333, 200}, {1000, 333}, {1216, 61}};
    const std::pair<int, int> decodePlaces[] = {{0, 1}, {63, 1}, {64, 1}, {500, 1}, {1999, 1}, {1000, 4}};
    unsigned seed = 1, index = 0;
    // Under a checker of memory every case takes a hundred times as long.
    const unsigned every = std::getenv("LECTERN_CHECK_FEW") ? 7 : 1;
    for (const NamedPattern& pattern : patterns()) {
        for (const auto& [position, tokens] : decode ? decodePlaces : prefillPlaces) {
            if (index++ % every != 0)
                continue;
            AttentionShapeCase shape;
            std::tie(shape.heads, shape.kvHeads) = heads[seed % std::size(heads)];
            shape.headDim = headDim;
            shape.position = position;
            shape.tokens = tokens;
            shape.patterns = pattern.patterns;
            shape.softcap = seed % 4 == 0 ? 2.0f : 0.0f;
            shape.seed = seed++;
            checkOne(gpu, shape, pattern.name, kernel);
        }
    }
}

} // namespace

std::vector<Case> attentionCases()
{
    std::vector<Case> cases;
    const std::pair<const char*, int> kernels[] = {{"decode", LECTERN_CUDA_SPLIT_KV},
                                                   {"prefill_mma", LECTERN_CUDA_MMA},
                                                   {"prefill_wgmma", LECTERN_CUDA_WGMMA}};
    for (const auto& [name, kernel] : kernels)
        for (const int headDim : {128, 64, 96, 256, 80})
            cases.push_back(
                {std::string("attention_") + name + "_" + std::to_string(headDim),
                 [kernel = kernel, headDim](const Gpu& gpu) { checkKernel(gpu, kernel, headDim); }});
    return cases;
}

} // namespace lectern::check
