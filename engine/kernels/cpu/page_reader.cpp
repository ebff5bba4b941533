#include "engine/kernels/cpu/page_reader.h"

#include "engine/kernels/cpu/vnni.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/kernels/cpu/page_reader.cpp"
#include "engine/kernels/cpu/highway_targets.h"
#include <hwy/foreach_target.h>

#include "engine/kernels/cpu/kv_tile-inl.h"
#include "engine/kernels/cpu/level_attention-inl.h"
#include "engine/kernels/cpu/softmax_tile-inl.h"

#include <algorithm>

HWY_BEFORE_NAMESPACE();
namespace lectern::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// The page's keys as f32, [padded dim][64], turned where `angles` are given.
void makeKeys(const KvPageLayout& layout, const std::byte* page, std::int64_t number, const KeyAngles* angles,
              float* keys)
{
    tileKeys(layout, page, keys);
    if (angles)
        turnKeys(*angles, number, keys);
}

// One page in f32, or made f32 in `scratch` (keys, then values [64][padded dim]).
void absorbConverted(SoftmaxTile& tile, const KvPageLayout& layout, const std::byte* page,
                     const KeyBounds& bounds, const KeyAngles* angles, float* scratch, PageTrace* trace)
{
    float *keys = scratch, *values = scratch + kPageTokens * tile.outStride;
    makeKeys(layout, page, bounds.page, angles, keys);
    tileValues(layout, page, values);
    absorbPage<float>(tile, {keys, values, tile.outStride}, {}, bounds, trace);
}

template <typename T> PageView<T> viewOf(const KvPageLayout& layout, const std::byte* page)
{
    if (!page)
        return {};
    return {reinterpret_cast<const T*>(layout.keys(page)), reinterpret_cast<const T*>(layout.values(page)),
            layout.headDim};
}

// One page of f16 or f32 where it stands.
void absorbDirect(SoftmaxTile& tile, const KvPageLayout& layout, const std::byte* page, const std::byte* next,
                  const KeyBounds& bounds, PageTrace* trace)
{
    if (layout.type == KvType::F32)
        return absorbPage(tile, viewOf<float>(layout, page), viewOf<float>(layout, next), bounds, trace);
    absorbPage(tile, viewOf<hwy::float16_t>(layout, page), viewOf<hwy::float16_t>(layout, next), bounds,
               trace);
}

#if HWY_TARGET == HWY_SCALAR

int levelRows()
{
    return 0;
}
void wordsOfQueries(const SoftmaxTile&, int, WordRows&) {}
void absorbFewLevels(SoftmaxTile&, const KvPageLayout&, const std::byte*, const std::byte*, const KeyBounds&,
                     PageScratch&, PageTrace*)
{
}
void absorbManyLevels(SoftmaxTile&, const KvPageLayout&, const std::byte*, const KeyBounds&, const KeyAngles*,
                      PageScratch&, PageTrace*)
{
}

#else

// So many rows, at most, take levels out of their bytes as they go; 0: none do.
int levelRows()
{
    return kLevelRows;
}

// The first `rows` of the tile's queries, as absorbFewLevels() takes them.
void wordsOfQueries(const SoftmaxTile& tile, int rows, WordRows& words)
{
    words.resize(rows, tile.outStride);
    for (int row = 0; row < rows; ++row)
        queryWords(tile.queries + row * tile.headDim, tile.headDim,
                   words.words.data() + std::ptrdiff_t{row} * WordRows::kPlanes * tile.outStride,
                   words.scales.data() + row);
}

// Calls work(the type's way of unpacking lines).
template <class Work> void withLines(KvType type, const Work& work)
{
    if (type == KvType::Q8_0)
        work(LinesQ8_0());
    else
        work(LinesQ4_0());
}

void absorbFewLevels(SoftmaxTile& tile, const KvPageLayout& layout, const std::byte* page,
                     const std::byte* next, const KeyBounds& bounds, PageScratch& scratch, PageTrace* trace)
{
    withLines(layout.type, [&]<class Lines>(Lines) {
        const auto absorb = hasVnni() ? absorbFewRows<Lines, true> : absorbFewRows<Lines, false>;
        absorb(tile, layout, page, next ? next - page : 0, bounds, scratch.queries, scratch.floats.data(),
               trace);
    });
}

// Only where hasVnni(): elsewhere 16-bit products are no faster than floats.
void absorbManyLevels(SoftmaxTile& tile, const KvPageLayout& layout, const std::byte* page,
                      const KeyBounds& bounds, const KeyAngles* angles, PageScratch& scratch,
                      PageTrace* trace)
{
    float* keys = scratch.floats.data();
    makeKeys(layout, page, bounds.page, angles, keys);
    withLines(layout.type, [&]<class Lines>(Lines) {
        absorbManyRows<Lines, true>(tile, layout, keys, page, bounds, keys + kPageTokens * tile.outStride,
                                    trace);
    });
}

#endif

} // namespace lectern::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace lectern {
namespace {

HWY_EXPORT(absorbConverted);
HWY_EXPORT(absorbDirect);
HWY_EXPORT(absorbFewLevels);
HWY_EXPORT(absorbManyLevels);
HWY_EXPORT(levelRows);
HWY_EXPORT(wordsOfQueries);

constexpr int kFewRows = 16; // up to here a page of f16 or f32 is not worth converting

} // namespace

PageReader::Way PageReader::wayOf(const SoftmaxTile& tile, const KvPageLayout& layout,
                                  const KeyAngles* angles)
{
    if (layout.type == KvType::Q8_0 || layout.type == KvType::Q4_0) {
        // Keys must be floats before they are turned.
        if (!angles && tile.rows <= HWY_DYNAMIC_DISPATCH(levelRows)())
            return Way::FewLevels;
        return hasVnni() ? Way::ManyLevels : Way::Converted;
    }
    // Values are read in whole vectors: an odd head size takes the way that pads them.
    return !angles && tile.rows <= kFewRows && tile.headDim == tile.outStride ? Way::Direct : Way::Converted;
}

PageReader::PageReader(const SoftmaxTile& tile, int sets, const KvPageLayout& layout, const KeyAngles* angles,
                       PageScratch& scratch)
    : m_way(wayOf(tile, layout, angles)), m_layout(layout), m_angles(angles), m_scratch(scratch)
{
    if (m_way == Way::Direct)
        return;
    // A page's keys and values as f32; as levels they and what goes with them need less.
    const std::size_t floats = 2 * std::size_t(kPageTokens) * std::size_t(tile.outStride);
    scratch.floats.resize(std::max(scratch.floats.size(), floats));
    if (m_way == Way::FewLevels)
        HWY_DYNAMIC_DISPATCH(wordsOfQueries)(tile, sets * tile.rows, scratch.queries);
}

void PageReader::absorb(SoftmaxTile& tile, const std::byte* page, const std::byte* next,
                        const KeyBounds& bounds, PageTrace* trace) const
{
    switch (m_way) {
    case Way::Direct:
        HWY_DYNAMIC_DISPATCH(absorbDirect)(tile, m_layout, page, next, bounds, trace);
        return;
    case Way::FewLevels:
        HWY_DYNAMIC_DISPATCH(absorbFewLevels)(tile, m_layout, page, next, bounds, m_scratch, trace);
        return;
    case Way::ManyLevels:
        HWY_DYNAMIC_DISPATCH(absorbManyLevels)(tile, m_layout, page, bounds, m_angles, m_scratch, trace);
        return;
    case Way::Converted:
        HWY_DYNAMIC_DISPATCH(absorbConverted)
        (tile, m_layout, page, bounds, m_angles, m_scratch.floats.data(), trace);
        return;
    }
}

} // namespace lectern
#endif
