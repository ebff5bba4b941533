// The KV types of a plan, one a class of heads: heads that keep every key, and heads that keep a window or
// blocks. Text form: one type for all ("q8_0"), or "full=q8_0,window=f16" (what is not named is f16).
#pragma once

#include "engine/attention/layer_plan.h"
#include "engine/kv/kv_page.h"

namespace lectern {

struct KvTypes {
    KvType full = KvType::F16;
    KvType sparse = KvType::F16;

    KvTypes() = default;
    KvTypes(KvType both) : full(both), sparse(both) {}
    bool operator==(const KvTypes&) const = default;
};

// Usage error that names the part which is wrong.
Result<KvTypes> kvTypesByName(const std::string& text);
// The same; "" and "auto" are what the plan asks for, else f16.
Result<KvTypes> kvTypesFor(const std::string& text, const LayerPlan& plan);
// The shortest text that kvTypesByName() reads back.
std::string kvTypesName(const KvTypes& types);

struct KvLayouts {
    KvPageLayout full, sparse;

    KvLayouts(const KvTypes& types, int headDim) : full{types.full, headDim}, sparse{types.sparse, headDim} {}
    KvLayouts(const KvPageLayout& both) : full(both), sparse(both) {}
    const KvPageLayout& of(const HeadPattern& pattern) const { return isFull(pattern) ? full : sparse; }
};

} // namespace lectern
