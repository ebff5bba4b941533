#include "ui/state/recording.h"

#include <algorithm>
#include <utility>

namespace lectern {

std::size_t attentionBytes(const AttentionSnapshot& snapshot)
{
    std::size_t bytes = sizeof snapshot;
    for (const AttentionThumbnail& thumbnail : snapshot.thumbnails)
        bytes += sizeof thumbnail + thumbnail.cells.size();
    for (const AttentionMap& map : snapshot.maps)
        bytes +=
            sizeof map + map.cells.size() * sizeof(float) + map.rowPosition.size() * sizeof(std::int64_t);
    for (const TokenSources& sources : snapshot.sources)
        bytes += sizeof sources + sources.blockMass.size() * sizeof(float);
    return bytes;
}

void Recording::clear()
{
    m_steps.clear();
    m_bytes = 0;
    m_usage = {};
}

void Recording::add(AttentionSnapshotPtr attention)
{
    if (!attention)
        return;
    m_bytes += attentionBytes(*attention);
    RecordedStep step{attention->position, int(attention->sources.size()), attention, m_usage};
    if (!m_steps.empty() && m_steps.back().position == step.position &&
        m_steps.back().answerTokens == step.answerTokens) {
        m_bytes -= attentionBytes(*m_steps.back().attention);
        m_steps.back() = std::move(step);
    } else {
        m_steps.push_back(std::move(step));
    }
    while (m_bytes > kBudget && m_steps.size() > 2)
        thin();
}

void Recording::add(const KvUsage& usage)
{
    m_usage = usage;
    if (!m_steps.empty() && m_steps.back().position + 1 >= usage.position)
        m_steps.back().usage = usage;
}

void Recording::set(std::vector<RecordedStep> steps)
{
    clear();
    m_steps = std::move(steps);
    std::erase_if(m_steps, [](const RecordedStep& step) { return !step.attention; });
    for (const RecordedStep& step : m_steps)
        m_bytes += attentionBytes(*step.attention);
}

int Recording::stepOfAnswerToken(int index) const
{
    const auto found = std::find_if(m_steps.begin(), m_steps.end(),
                                    [index](const RecordedStep& step) { return step.answerTokens > index; });
    return found == m_steps.end() ? int(m_steps.size()) - 1 : int(found - m_steps.begin());
}

void Recording::thin()
{
    std::vector<RecordedStep> kept;
    m_bytes = 0;
    for (std::size_t i = m_steps.size() % 2 == 0 ? 1 : 0; i < m_steps.size(); i += 2) {
        m_bytes += attentionBytes(*m_steps[i].attention);
        kept.push_back(std::move(m_steps[i]));
    }
    m_steps = std::move(kept);
}

} // namespace lectern
