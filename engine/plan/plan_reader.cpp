#include "engine/plan/plan_reader.h"

#include "engine/format/duo_pattern_file.h"
#include "engine/plan/plan_json.h"

namespace lectern {

namespace {

Result<DuoGates> readGates(const std::string& path)
{
    auto file = readDuoPattern(path);
    if (!file)
        return failed(file);
    return DuoGates{std::move(file->gates), std::move(file->model)};
}

bool isDocument(const std::string& text)
{
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    return first != std::string::npos && text[first] == '{';
}

} // namespace

Result<LayerPlan> readPlan(const std::string& text, const PlanShape& shape, const std::string& modelPlan)
{
    const bool automatic = text.empty() || text == "auto";
    const std::string& wanted = automatic ? modelPlan : text;
    if (isDocument(wanted))
        return planFromJson(wanted, shape);
    if (wanted.ends_with(".json") && wanted.find(':') == std::string::npos)
        return readPlanFile(wanted, shape);
    return parsePlan(wanted, shape, {}, readGates);
}

} // namespace lectern
