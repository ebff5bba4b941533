#include "ui/state/plan_editor.h"

#include <QStringList>

#include <algorithm>

namespace lectern {

namespace {
constexpr std::int64_t kBlock = 64;
}

PlanEditor::PlanEditor(const ModelFacts& model, const PlanPrice& inForce, const std::string& kvType,
                       std::int64_t context)
    : m_model(model), m_kvType(kvType), m_context(context), m_plan(inForce.plan), m_original(inForce.plan)
{
    for (const auto& heads : m_plan.layers)
        for (const HeadPattern& head : heads)
            if (const auto* window = std::get_if<SinkWindowPattern>(&head); window && model.windows.empty()) {
                m_sink = window->sink;
                m_window = std::max(kBlock, window->block * window->windowBlocks / kBlock * kBlock);
            }
    reprice();
    m_originalBytes = m_price ? m_price->kvBytes : 0;
}

const HeadPattern& PlanEditor::pattern(int layer, int kvHead) const
{
    return m_plan.layers[std::size_t(layer)][std::size_t(kvHead)];
}

HeadPattern PlanEditor::streaming() const
{
    return SinkWindowPattern{m_sink, kBlock, m_window / kBlock};
}

void PlanEditor::setStreaming(std::int64_t sink, std::int64_t window)
{
    const HeadPattern before = streaming();
    m_sink = std::max<std::int64_t>(0, sink);
    m_window = std::max(kBlock, window / kBlock * kBlock);
    for (auto& heads : m_plan.layers)
        for (HeadPattern& head : heads)
            if (std::holds_alternative<SinkWindowPattern>(head) || head == before)
                head = streaming();
    reprice();
}

void PlanEditor::toggleHead(int layer, int kvHead)
{
    if (layer < 0 || layer >= layers() || kvHead < 0 || kvHead >= kvHeads())
        return;
    HeadPattern& head = m_plan.layers[std::size_t(layer)][std::size_t(kvHead)];
    head = isFull(head) ? streaming() : HeadPattern(FullPattern{});
    reprice();
}

void PlanEditor::toggleLayer(int layer)
{
    if (layer < 0 || layer >= layers())
        return;
    auto& heads = m_plan.layers[std::size_t(layer)];
    const bool allFull = m_plan.isFullLayer(layer);
    std::fill(heads.begin(), heads.end(), allFull ? streaming() : HeadPattern(FullPattern{}));
    reprice();
}

void PlanEditor::setAll(bool full)
{
    for (auto& heads : m_plan.layers)
        std::fill(heads.begin(), heads.end(), full ? HeadPattern(FullPattern{}) : streaming());
    reprice();
}

void PlanEditor::reset()
{
    m_plan = m_original;
    reprice();
}

void PlanEditor::reprice()
{
    m_price = pricePlan(m_model, m_plan, m_kvType, m_context);
}

QString PlanEditor::text() const
{
    if (!isChanged())
        return QString::fromStdString(m_original.text);
    QStringList full;
    for (int layer = 0; layer < layers(); ++layer) {
        const auto& heads = m_plan.layers[std::size_t(layer)];
        if (m_plan.isFullLayer(layer))
            full += QString::number(layer);
        else if (std::any_of(heads.begin(), heads.end(),
                             [this](const HeadPattern& head) { return head != streaming(); }))
            return {};
    }
    const QString numbers =
        QStringLiteral("sink=%1,window=%2,block=%3").arg(m_sink).arg(m_window).arg(kBlock);
    if (full.size() == layers())
        return QStringLiteral("full");
    if (full.isEmpty())
        return QStringLiteral("window:") + numbers;
    return QStringLiteral("longgen:full=%1,").arg(full.join(QLatin1Char('+'))) + numbers;
}

double PlanEditor::predictedRate(double measuredRate, std::uint64_t measuredKvBytes) const
{
    if (!m_price || measuredRate <= 0 || m_price->bytesPerStep == 0)
        return 0;
    return measuredRate * double(m_model.weightsBytes + measuredKvBytes) / double(m_price->bytesPerStep);
}

} // namespace lectern
