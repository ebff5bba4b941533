// Facts the annals state: a sentence whose start occurs nowhere else, and the question it answers.
#pragma once

#include "resources/sample/annals_generator.h"
#include "resources/sample/annals_scene.h"

#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace lectern::annals {

class FactTeller {
public:
    // The first of `kinds` (names parted by spaces) not told yet of the scene's subject; none where all were.
    // The offset is left 0.
    std::optional<AnnalsFact> tell(Scene& scene, std::string_view kinds);

private:
    std::set<std::string> m_told; // starts of sentences
};

} // namespace lectern::annals
