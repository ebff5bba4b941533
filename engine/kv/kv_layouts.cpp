#include "engine/kv/kv_layouts.h"

#include <sstream>

namespace lectern {

Result<KvTypes> kvTypesByName(const std::string& text)
{
    if (text.find('=') == std::string::npos) {
        const auto both = kvTypeByName(text);
        return both ? Result<KvTypes>(KvTypes(*both)) : failed(both);
    }
    KvTypes types;
    std::istringstream parts(text);
    for (std::string part; std::getline(parts, part, ',');) {
        const std::size_t equals = part.find('=');
        const std::string heads = part.substr(0, equals);
        if (equals == std::string::npos || (heads != "full" && heads != "window"))
            return fail(ErrorCode::Usage, "\"" + part + "\" does not say the KV type of a class of heads.",
                        "Write one type, or full=TYPE,window=TYPE.");
        const auto type = kvTypeByName(part.substr(equals + 1));
        if (!type)
            return failed(type);
        (heads == "full" ? types.full : types.sparse) = *type;
    }
    return types;
}

Result<KvTypes> kvTypesFor(const std::string& text, const LayerPlan& plan)
{
    if (!text.empty() && text != "auto")
        return kvTypesByName(text);
    return plan.kvTypes.empty() ? Result<KvTypes>(KvTypes()) : kvTypesByName(plan.kvTypes);
}

std::string kvTypesName(const KvTypes& types)
{
    if (types.full == types.sparse)
        return kvTypeName(types.full);
    return std::string("full=") + kvTypeName(types.full) + ",window=" + kvTypeName(types.sparse);
}

} // namespace lectern
