#include "engine/run/settled_plan.h"

#include "engine/plan/plan_reader.h"

namespace lectern {

Result<SettledPlan> settlePlan(const Model& model, const std::string& modelPlan, const std::string& plan,
                               const std::string& positions, const std::string& kvType, std::int64_t context)
{
    auto read = readPlan(plan, model.planShape(), modelPlan);
    if (!read)
        return failed(read);
    auto resolved = resolvePositions(positions, model.spec().positions(), *read, context);
    if (!resolved)
        return failed(resolved);
    const auto types = kvTypesFor(kvType, *read);
    if (!types)
        return failed(types);
    read->positions = resolved->text;
    read->kvTypes = kvTypesName(*types);
    return SettledPlan{std::move(*read), std::move(*resolved), *types};
}

} // namespace lectern
