#include "tests/support/simd_targets.h"

#include "engine/kernels/cpu/highway_targets.h"

#include <hwy/highway.h>

#include <QtTest>

namespace lectern::test {

void addSimdTargets(const std::vector<const char*>& cases)
{
    useAllSimdTargets();
    QTest::addColumn<qint64>("target");
    const std::int64_t available = hwy::SupportedTargets() & HWY_TARGETS;
    // Better targets have lower bits.
    for (int bit = 62; bit >= 0; --bit)
        if (available >> bit & 1) {
            const qint64 target = qint64{1} << bit;
            if (cases.empty())
                QTest::newRow(hwy::TargetName(target)) << target;
            for (const char* one : cases)
                QTest::addRow("%s, %s", hwy::TargetName(target), one) << QString(one) << target;
        }
}

void useSimdTarget(qint64 target)
{
    hwy::SetSupportedTargetsForTest(target);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
}

void useAllSimdTargets()
{
    hwy::SetSupportedTargetsForTest(0);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
}

} // namespace lectern::test
