#include "ui/state/capture_parts.h"

#include "ui/state/cbor_helpers.h"

namespace lectern {

bool fromCbor(const QCborValue& value, AttentionThumbnail& t)
{
    if (!isRowOf(value, 7))
        return false;
    const QCborArray array = value.toArray();
    t.layer = std::int32_t(array[0].toInteger());
    t.head = std::int32_t(array[1].toInteger());
    t.side = std::int32_t(array[2].toInteger());
    t.sinkMass = float(array[4].toDouble());
    t.localMass = float(array[5].toDouble());
    t.distantMass = float(array[6].toDouble());
    return unpack(array[3], t.cells) && t.side >= 0 && t.side <= 4096 &&
           t.cells.size() == std::size_t(t.side) * std::size_t(t.side);
}

bool fromCbor(const QCborValue& value, AttentionMap& m)
{
    if (!isRowOf(value, 7))
        return false;
    const QCborArray array = value.toArray();
    m.layer = std::int32_t(array[0].toInteger());
    m.head = std::int32_t(array[1].toInteger());
    m.rows = std::int32_t(array[2].toInteger());
    m.cols = std::int32_t(array[3].toInteger());
    m.tokensPerCol = array[4].toInteger();
    return unpack(array[5], m.rowPosition) && unpack(array[6], m.cells) && m.rows >= 0 && m.cols >= 0 &&
           m.rows <= 1 << 16 && m.cols <= 1 << 16 && m.tokensPerCol > 0 &&
           m.rowPosition.size() == std::size_t(m.rows) &&
           m.cells.size() == std::size_t(m.rows) * std::size_t(m.cols);
}

namespace {

QCborValue toCbor(const AttentionSnapshot& snapshot, std::size_t sources)
{
    QCborArray thumbnails, maps;
    for (const AttentionThumbnail& t : snapshot.thumbnails)
        thumbnails.append(QCborArray{t.layer, t.head, t.side, packed(t.cells), double(t.sinkMass),
                                     double(t.localMass), double(t.distantMass)});
    for (const AttentionMap& m : snapshot.maps)
        maps.append(QCborArray{m.layer, m.head, m.rows, m.cols, qint64(m.tokensPerCol), packed(m.rowPosition),
                               packed(m.cells)});
    QCborArray array =
        cborRow({snapshot.step, snapshot.position, snapshot.layers, snapshot.heads, std::int64_t(sources)});
    array.append(thumbnails);
    array.append(maps);
    return array;
}

bool fromCbor(const QCborValue& value, const std::vector<TokenSources>& sources, AttentionSnapshot& snapshot)
{
    if (!isRowOf(value, 7))
        return false;
    const QCborArray array = value.toArray();
    snapshot.step = array[0].toInteger();
    snapshot.position = array[1].toInteger();
    snapshot.layers = std::int32_t(array[2].toInteger());
    snapshot.heads = std::int32_t(array[3].toInteger());
    const qint64 count = array[4].toInteger();
    if (count < 0 || count > qint64(sources.size()) || snapshot.layers < 0 || snapshot.heads < 0 ||
        snapshot.layers > 4096 || snapshot.heads > 4096)
        return false;
    snapshot.sources.assign(sources.begin(), sources.begin() + count);
    return listFromCbor(array[5], snapshot.thumbnails) && listFromCbor(array[6], snapshot.maps);
}

} // namespace

QCborValue stepsToCbor(const std::vector<RecordedStep>& steps)
{
    QCborArray sources, list;
    const std::vector<TokenSources>* longest = nullptr;
    for (const RecordedStep& step : steps)
        if (!longest || step.attention->sources.size() > longest->size())
            longest = &step.attention->sources;
    if (longest)
        for (const TokenSources& token : *longest)
            sources.append(QCborArray{qint64(token.position), packed(token.blockMass)});
    for (const RecordedStep& step : steps)
        list.append(QCborArray{qint64(step.position), step.answerTokens,
                               toCbor(*step.attention, step.attention->sources.size()), toCbor(step.usage)});
    return QCborArray{sources, list};
}

bool stepsFromCbor(const QCborValue& value, std::vector<RecordedStep>& steps)
{
    if (!isRowOf(value, 2))
        return false;
    std::vector<TokenSources> sources;
    for (const QCborValue& item : value.toArray()[0].toArray()) {
        if (!isRowOf(item, 2) || !unpack(item.toArray()[1], sources.emplace_back().blockMass))
            return false;
        sources.back().position = item.toArray()[0].toInteger();
    }
    for (const QCborValue& item : value.toArray()[1].toArray()) {
        if (!isRowOf(item, 4))
            return false;
        const QCborArray array = item.toArray();
        auto snapshot = std::make_shared<AttentionSnapshot>();
        RecordedStep step;
        step.position = array[0].toInteger();
        step.answerTokens = int(array[1].toInteger());
        if (!fromCbor(array[2], sources, *snapshot) || !fromCbor(array[3], step.usage))
            return false;
        step.attention = std::move(snapshot);
        steps.push_back(std::move(step));
    }
    return true;
}

} // namespace lectern
