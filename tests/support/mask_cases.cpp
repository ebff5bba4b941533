#include "tests/support/mask_cases.h"

#include <algorithm>

namespace lectern::test {

MaskCase fullCase()
{
    return {FullPattern{}, [](std::int64_t q, std::int64_t k) { return k <= q; }, "full"};
}

MaskCase sinkBlocksCase(std::int64_t sink, std::int64_t block, std::int64_t blocks)
{
    const auto keeps = [=](std::int64_t q, std::int64_t k) {
        return k <= q && (k < sink || q / block - k / block < blocks);
    };
    return {SinkWindowPattern{sink, block, blocks}, keeps,
            "sink " + std::to_string(sink) + ", " + std::to_string(blocks) + " blocks of " +
                std::to_string(block)};
}

MaskCase tokenWindowCase(std::int64_t sink, std::int64_t window)
{
    const auto keeps = [=](std::int64_t q, std::int64_t k) { return k <= q && (k < sink || q - k < window); };
    return {SinkWindowPattern{sink, 1, window}, keeps,
            "sink " + std::to_string(sink) + ", last " + std::to_string(window) + " tokens"};
}

MaskCase sinkChunkCase(std::int64_t sink, std::int64_t recent, std::int64_t chunk)
{
    const auto keeps = [=](std::int64_t q, std::int64_t k) {
        const std::int64_t begin = q / chunk * chunk;
        return k <= q && (begin == 0 || k < sink || k >= begin - recent);
    };
    return {SinkChunkPattern{sink, recent, chunk}, keeps,
            "sink " + std::to_string(sink) + ", " + std::to_string(recent) + " before chunks of " +
                std::to_string(chunk)};
}

bool localStrideKeeps(const LocalStride& rule, std::int64_t q, std::int64_t k)
{
    const std::int64_t qBlock = q / rule.block, kBlock = k / rule.block;
    const std::int64_t step = std::max<std::int64_t>(1, rule.stride / rule.heads);
    const bool strided = (kBlock + rule.head * step + rule.offset) % rule.stride == 0;
    return k <= q && (qBlock - kBlock < rule.local || strided);
}

MaskCase localStrideCase(const LocalStride& rule)
{
    const std::int64_t step = std::max<std::int64_t>(1, rule.stride / rule.heads);
    const StridedBlocksPattern pattern{rule.block, rule.local, rule.stride,
                                       (rule.head * step + rule.offset) % rule.stride};
    return {pattern, [rule](std::int64_t q, std::int64_t k) { return localStrideKeeps(rule, q, k); },
            describePattern(pattern)};
}

std::int64_t drawn(std::mt19937& random, std::int64_t low, std::int64_t high)
{
    return std::uniform_int_distribution<std::int64_t>(low, high)(random);
}

MaskCase randomCase(std::mt19937& random)
{
    constexpr std::int64_t kBlocks[] = {1, 7, 16, 32, 64, 100, 128};
    const std::int64_t block = kBlocks[drawn(random, 0, 6)];
    switch (drawn(random, 0, 4)) {
    case 0:
        return fullCase();
    case 1:
        return sinkBlocksCase(drawn(random, 0, 150), block, drawn(random, 1, 1 + 200 / block));
    case 2:
        return tokenWindowCase(drawn(random, 0, 80), drawn(random, 1, 200));
    case 3:
        return sinkChunkCase(drawn(random, 0, 100), drawn(random, 0, 150), drawn(random, 1, 180));
    default:
        break;
    }
    LocalStride rule;
    rule.block = block;
    rule.local = drawn(random, 1, 1 + 150 / block);
    rule.stride = drawn(random, 1, 9);
    rule.heads = drawn(random, 1, 12);
    rule.head = drawn(random, 0, rule.heads - 1);
    rule.offset = drawn(random, 0, 1);
    return localStrideCase(rule);
}

} // namespace lectern::test
