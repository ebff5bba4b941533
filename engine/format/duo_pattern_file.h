// DuoAttention's pattern folders: full_attention_heads.tsv (one line a layer, one number a KV head, no
// header) and config.json beside it (one object; its model_name says what the pattern was made for).
#pragma once

#include "engine/base/result.h"

#include <string>
#include <vector>

namespace lectern {

struct DuoPatternFile {
    std::vector<std::vector<double>> gates; // [layer][KV head], as written
    std::string model;                      // without the "models/" before it; "" where config.json is absent
};

// `path`: the folder, or the TSV file itself. NotFound, or BadInput naming the line that is wrong.
Result<DuoPatternFile> readDuoPattern(const std::string& path);

} // namespace lectern
