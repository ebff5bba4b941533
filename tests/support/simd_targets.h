// Test data rows for every instruction set that the kernels are built for and the machine has.
#pragma once

#include <QtGlobal>

#include <vector>

namespace lectern::test {

// Adds a column "target" and a row for each instruction set, worst first. With `cases`: a row for each
// instruction set and case, whose name is the value of the column added before.
void addSimdTargets(const std::vector<const char*>& cases = {});
// From here on kernels use only this instruction set (and plainer ones where a kernel lacks it).
void useSimdTarget(qint64 target);
void useAllSimdTargets();

} // namespace lectern::test
