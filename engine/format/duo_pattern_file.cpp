#include "engine/format/duo_pattern_file.h"

#include "engine/base/mapped_file.h"
#include "engine/format/json_tree.h"

#include <charconv>
#include <cmath>
#include <filesystem>

namespace lectern {

namespace {

constexpr std::size_t kMostBytes = std::size_t{16} << 20;
constexpr const char* kBadHint = "Copy the pattern folder again.";

bool isSpace(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

// The numbers of one line; empty, with `good` false, where something else stands there.
std::vector<double> numbersOf(std::string_view line, bool& good)
{
    std::vector<double> numbers;
    const char* at = line.data();
    const char* const end = line.data() + line.size();
    for (;;) {
        while (at != end && isSpace(*at))
            ++at;
        if (at == end)
            return numbers;
        double value = 0;
        const auto [rest, error] = std::from_chars(at, end, value);
        good = error == std::errc() && std::isfinite(value) && (rest == end || isSpace(*rest));
        if (!good)
            return {};
        numbers.push_back(value);
        at = rest;
    }
}

Result<std::string> modelName(const std::filesystem::path& config)
{
    std::error_code ignored;
    if (!std::filesystem::exists(config, ignored))
        return std::string();
    const auto json = readJsonTree(config.string(), kMostBytes);
    if (!json)
        return failed(json);
    if (!json->is_object() || !json->contains("model_name") || !(*json)["model_name"].is_string())
        return std::string();
    const auto name = (*json)["model_name"].get<std::string>();
    return name.starts_with("models/") ? name.substr(7) : name;
}

} // namespace

Result<DuoPatternFile> readDuoPattern(const std::string& path)
{
    std::error_code ignored;
    const std::filesystem::path given(path);
    const bool folder = std::filesystem::is_directory(given, ignored);
    const std::filesystem::path table = folder ? given / "full_attention_heads.tsv" : given;
    const auto file = MappedFile::open(table.string());
    if (!file)
        return failed(file);
    if (file->bytes().size() > kMostBytes)
        return fail(ErrorCode::BadInput, table.string() + " is too large to be a table of head gates.",
                    kBadHint);
    const std::string_view text(reinterpret_cast<const char*>(file->bytes().data()), file->bytes().size());
    DuoPatternFile pattern;
    for (std::size_t at = 0, line = 1; at < text.size(); ++line) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        bool good = true;
        std::vector<double> row = numbersOf(text.substr(at, end - at), good);
        at = end + 1;
        if (good && row.empty())
            continue;
        if (!good || (!pattern.gates.empty() && row.size() != pattern.gates.front().size()))
            return fail(ErrorCode::BadInput,
                        "Line " + std::to_string(line) + " of " + table.string() + " is not a row of " +
                            (pattern.gates.empty() ? std::string()
                                                   : std::to_string(pattern.gates.front().size()) + " ") +
                            "numbers.",
                        kBadHint);
        pattern.gates.push_back(std::move(row));
    }
    if (pattern.gates.empty())
        return fail(ErrorCode::BadInput, table.string() + " holds no numbers.", kBadHint);
    auto model = modelName(table.parent_path() / "config.json");
    if (!model)
        return failed(model);
    pattern.model = std::move(*model);
    return pattern;
}

} // namespace lectern
