// How a tile of query rows takes in one page of keys and values after another, whatever their type: few rows
// read a page where it stands, many have it converted or unpacked once; levels of quantised pages are
// multiplied as they are where that is faster (level_attention-inl.h).
#pragma once

#include "engine/attention/key_angles.h"
#include "engine/kernels/cpu/softmax_tile.h"
#include "engine/kernels/cpu/word_rows.h"
#include "engine/kv/kv_page.h"

#include <cstddef>
#include <vector>

namespace lectern {

// Memory of one thread, kept between tiles.
struct PageScratch {
    std::vector<float> floats;
    WordRows queries;
};

class PageReader {
public:
    // All but the tile outlive the reader. `sets`: query sets of the tile. `angles`: nullptr where keys are
    // cached turned.
    PageReader(const SoftmaxTile& tile, int sets, const KvPageLayout& layout, const KeyAngles* angles,
               PageScratch& scratch);

    // `next`: the page that will come after, or nullptr. `trace` may be nullptr.
    void absorb(SoftmaxTile& tile, const std::byte* page, const std::byte* next, const KeyBounds& bounds,
                PageTrace* trace) const;

private:
    enum class Way { Converted, Direct, FewLevels, ManyLevels };

    static Way wayOf(const SoftmaxTile& tile, const KvPageLayout& layout, const KeyAngles* angles);

    Way m_way;
    const KvPageLayout& m_layout;
    const KeyAngles* m_angles;
    PageScratch& m_scratch;
};

} // namespace lectern
