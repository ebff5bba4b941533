// 2^x for float vectors: range reduction to [-0.5, 0.5] and a degree-6 polynomial, relative error below 2e-7.
// x at or below -126 gives 0, so that -infinity (a masked key) needs no case of its own.
#if defined(LECTERN_EXP2_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef LECTERN_EXP2_INL_H_
#undef LECTERN_EXP2_INL_H_
#else
#define LECTERN_EXP2_INL_H_
#endif

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace lectern::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

template <class D, class V = hn::Vec<D>> HWY_INLINE V exp2Vector(D d, V x)
{
    const hn::RebindToSigned<D> di;
    const auto lowest = hn::Set(d, -126.0f);
    const auto alive = hn::Gt(x, lowest);
    x = hn::Max(x, lowest);
    const auto whole = hn::Round(x);
    const auto part = hn::Sub(x, whole);
    auto sum = hn::Set(d, 1.5403530e-4f);
    sum = hn::MulAdd(sum, part, hn::Set(d, 1.3333558e-3f));
    sum = hn::MulAdd(sum, part, hn::Set(d, 9.6181291e-3f));
    sum = hn::MulAdd(sum, part, hn::Set(d, 5.5504109e-2f));
    sum = hn::MulAdd(sum, part, hn::Set(d, 0.24022651f));
    sum = hn::MulAdd(sum, part, hn::Set(d, 0.69314718f));
    sum = hn::MulAdd(sum, part, hn::Set(d, 1.0f));
    const auto power = hn::ShiftLeft<23>(hn::Add(hn::ConvertTo(di, whole), hn::Set(di, 127)));
    return hn::IfThenElseZero(alive, hn::Mul(sum, hn::BitCast(d, power)));
}

} // namespace lectern::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
