#include "engine/model/adapter_choice.h"

#include <charconv>
#include <cmath>
#include <filesystem>

namespace lectern {

namespace fs = std::filesystem;

Result<AdapterChoice> parseAdapterChoice(const std::string& text)
{
    const std::size_t colon = text.rfind(':');
    if (colon == std::string::npos || colon + 1 == text.size())
        return AdapterChoice{text, 1};
    const std::string tail = text.substr(colon + 1);
    double scale = 0;
    const auto [end, error] = std::from_chars(tail.data(), tail.data() + tail.size(), scale);
    std::error_code ignored;
    if (error == std::errc() && end == tail.data() + tail.size() && std::isfinite(scale))
        return AdapterChoice{text.substr(0, colon), scale};
    if (fs::exists(text, ignored))
        return AdapterChoice{text, 1};
    return fail(ErrorCode::Usage, "The scale \"" + tail + "\" of an adapter is not a number.",
                "Write --adapter PATH or --adapter PATH:0.5.");
}

} // namespace lectern
