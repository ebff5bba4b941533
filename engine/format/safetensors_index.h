// The index of a model split over several safetensors files (model.safetensors.index.json): which file holds
// which tensor.
#pragma once

#include "engine/base/result.h"

#include <map>
#include <string>
#include <string_view>

namespace lectern {

// Tensor name -> file name beside the index. BadInput: broken JSON, a repeated tensor, no "weight_map", or a
// file name that leads out of the folder.
Result<std::map<std::string, std::string>> parseSafetensorsIndex(std::string_view text,
                                                                 const std::string& label);

} // namespace lectern
