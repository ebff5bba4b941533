// The grid of a needle test as a picture: one panel a plan, lengths across, depths down, the pass rate in each cell.
#pragma once

#include "app/worker/experiment_values.h"
#include "engine/base/result.h"

namespace lectern {

// Writes a PNG. Needs a QGuiApplication, for the letters. Disk error if it can not be written.
Status writeNeedlePicture(const std::string& path, const std::string& title, const std::vector<NeedleCell>& cells);

} // namespace lectern
