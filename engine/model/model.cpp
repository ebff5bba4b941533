#include "engine/model/model.h"

#include "engine/model/architectures.h"

namespace lectern {

Result<std::shared_ptr<const Model>> Model::open(const std::string& path, std::span<const AdapterChoice> choices)
{
    auto file = ModelFile::open(path);
    if (!file)
        return failed(file);
    auto adapters = Adapters::open(choices);
    if (!adapters)
        return failed(adapters);
    if (!adapters->empty())
        file = adapters->overlay(std::move(*file));
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
    if (const Status attached = adapters->attach(**file, *spec, *weights); !attached)
        return failed(attached);
    std::shared_ptr<Model> model(new Model);
    model->m_file = std::move(*file);
    model->m_spec = std::move(*spec);
    model->m_weights = std::move(*weights);
    addPanels(model->m_weights);
    model->m_adapters = adapters->facts();
    model->m_warnings = model->m_file->warnings();
    model->m_warnings.insert(model->m_warnings.end(), adapters->warnings().begin(), adapters->warnings().end());
    return model;
}

void Model::preparePanels(ThreadPool& pool) const
{
    for (const auto& panels : m_weights.panels)
        if (panels->prepare(pool) && m_file)
            m_file->forget(panels->source());
}

} // namespace lectern
