#include "engine/model/model.h"

#include "engine/model/architectures.h"

namespace lectern {

Result<std::shared_ptr<const Model>> Model::open(const std::string& path)
{
    auto file = GgufFile::open(path);
    if (!file)
        return failed(file);
    const auto name = (*file)->metadata().textOr("general.architecture", "");
    if (!name)
        return failed(name);
    const auto architecture = findArchitecture(*name);
    if (!architecture)
        return failed(architecture);
    auto spec = (*architecture)->readSpec(**file);
    if (!spec)
        return failed(spec);
    auto weights = (*architecture)->readWeights(**file, *spec);
    if (!weights)
        return failed(weights);
    std::shared_ptr<Model> model(new Model);
    model->m_file = std::move(*file);
    model->m_spec = std::move(*spec);
    model->m_weights = std::move(*weights);
    return model;
}

} // namespace lectern
