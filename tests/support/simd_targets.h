// Test data rows for every instruction set that the kernels are built for and the machine has.
#pragma once

#include <QtGlobal>

namespace lectern::test {

// Adds a column "target" and a row for each instruction set, worst first.
void addSimdTargets();
// From here on kernels use only this instruction set (and plainer ones where a kernel lacks it).
void useSimdTarget(qint64 target);
void useAllSimdTargets();

} // namespace lectern::test
