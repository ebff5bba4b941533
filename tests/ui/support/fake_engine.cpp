#include "tests/ui/support/fake_engine.h"

#include "app/worker/answer_sentences.h"

#include <QFile>
#include <QFileInfo>

#include <algorithm>
#include <cmath>
#include <random>

namespace lectern::test {

namespace {

constexpr int kBytesPerToken = 512; // of one layer: 2 * 4 heads * 64 wide * f16 / 2

bool isFull(int layer)
{
    return layer >= kLayers / 3 && layer < kLayers - kLayers / 3;
}

// Mass a query at share q gives a key at share k (both 0..1 of the text), by the head's kind.
double massAt(int layer, int head, double q, double k)
{
    if (k > q)
        return 0;
    const double distance = q - k;
    double mass = k < 0.02 ? 0.3 : 0;
    switch ((layer * 3 + head) % 5) {
    case 0:
        mass += 4 * std::exp(-distance * 60);
        break;
    case 1:
        mass += 0.3 + std::exp(-distance * 8);
        break;
    case 2:
        mass += std::exp(-std::pow((k - 0.37) * 40, 2)) * (q > 0.4 ? 6 : 0) + 0.1;
        break;
    case 3:
        mass += 0.6 + 0.5 * std::sin(k * 50 + head);
        break;
    default:
        mass += std::exp(-std::pow((distance - 0.25) * 25, 2)) * 3 + 0.5 * std::exp(-distance * 30);
    }
    return std::max(0.0, mass);
}

AttentionThumbnail madeThumbnail(int layer, int head)
{
    AttentionThumbnail thumbnail;
    thumbnail.layer = layer;
    thumbnail.head = head;
    thumbnail.side = kThumbnailSide;
    thumbnail.cells.resize(kThumbnailSide * kThumbnailSide);
    for (int row = 0; row < kThumbnailSide; ++row) {
        std::vector<double> masses(kThumbnailSide);
        double sum = 1e-9;
        for (int col = 0; col < kThumbnailSide; ++col)
            sum += masses[std::size_t(col)] =
                massAt(layer, head, (row + 1.0) / kThumbnailSide, double(col) / kThumbnailSide);
        for (int col = 0; col < kThumbnailSide; ++col)
            thumbnail.cells[std::size_t(row * kThumbnailSide + col)] =
                std::uint8_t(std::min(255.0, 255 * std::sqrt(masses[std::size_t(col)] / sum)));
        thumbnail.sinkMass += float(masses[0] / sum / kThumbnailSide);
        thumbnail.localMass += float(masses[std::size_t(row)] / sum / kThumbnailSide);
    }
    thumbnail.distantMass = std::max(0.0F, 1 - thumbnail.sinkMass - thumbnail.localMass);
    return thumbnail;
}

AttentionMap madeMap(int layer, int head, std::int64_t position)
{
    AttentionMap map;
    map.layer = layer;
    map.head = head;
    map.tokensPerCol = std::max<std::int64_t>(64, position / 400 / 64 * 64);
    map.cols = std::int32_t((position + map.tokensPerCol - 1) / map.tokensPerCol);
    map.rows = map.cols;
    map.cells.resize(std::size_t(map.rows) * std::size_t(map.cols));
    for (int row = 0; row < map.rows; ++row) {
        map.rowPosition.push_back(std::min<std::int64_t>(position, (row + 1) * map.tokensPerCol) - 1);
        double sum = 1e-9;
        for (int col = 0; col <= row; ++col)
            sum += massAt(layer, head, (row + 1.0) / map.rows, double(col) / map.cols);
        for (int col = 0; col <= row; ++col)
            map.cells[std::size_t(row) * std::size_t(map.cols) + std::size_t(col)] =
                float(massAt(layer, head, (row + 1.0) / map.rows, double(col) / map.cols) / sum);
    }
    return map;
}

} // namespace

KvUsage longgenUsage(std::int64_t position, std::int64_t context, std::int64_t reused)
{
    KvUsage usage;
    usage.position = position;
    usage.context = context;
    usage.reusedTokens = reused;
    for (int layer = 0; layer < kLayers; ++layer) {
        KvLayerUsage row;
        row.layer = layer;
        if (isFull(layer)) {
            row.kind = "full";
            row.tokens = position;
            row.bytes[int(HeadClass::Full)] = std::uint64_t(context) * kBytesPerToken;
        } else {
            row.kind = "sink+window";
            row.tokens = std::min(position, kSink + kWindow);
            row.windowBegin = std::max<std::int64_t>(0, position - kWindow);
            row.bytes[int(HeadClass::Sink)] = std::uint64_t(kSink) * kBytesPerToken;
            row.bytes[int(HeadClass::Window)] = std::uint64_t(std::min(kWindow, context)) * kBytesPerToken;
        }
        row.usedBytes = std::uint64_t(row.tokens) * kBytesPerToken;
        usage.bytes += row.totalBytes();
        usage.fullAttentionBytes += std::uint64_t(context) * kBytesPerToken;
        usage.layers.push_back(row);
    }
    return usage;
}

AttentionSnapshotPtr madeSnapshot(std::int64_t step, std::int64_t position, int answerTokens, double focus,
                                  std::vector<std::pair<std::int32_t, std::int32_t>> heads)
{
    auto snapshot = std::make_shared<AttentionSnapshot>();
    snapshot->step = step;
    snapshot->position = position;
    snapshot->layers = kLayers;
    snapshot->heads = kHeads;
    for (int layer = 0; layer < kLayers; ++layer)
        for (int head = 0; head < kHeads; ++head)
            snapshot->thumbnails.push_back(madeThumbnail(layer, head));
    for (const auto& [layer, head] : heads)
        snapshot->maps.push_back(madeMap(layer, head, position));
    std::mt19937 random(7);
    const auto blocks = std::size_t((position + 63) / 64);
    for (int token = 0; token < answerTokens; ++token) {
        TokenSources sources;
        sources.position = position + token;
        sources.blockMass.resize(blocks);
        double sum = 0;
        for (std::size_t b = 0; b < blocks; ++b) {
            const double distance = double(b) / double(blocks) - focus;
            const double noise = std::uniform_real_distribution<>(0, 0.02)(random);
            sources.blockMass[b] = float(std::exp(-std::pow(distance * 160, 2)) +
                                         0.2 * std::exp(-std::pow((distance - 0.3) * 200, 2)) + noise);
            sum += double(sources.blockMass[b]);
        }
        for (float& mass : sources.blockMass)
            mass = float(double(mass) / sum);
        snapshot->sources.push_back(std::move(sources));
    }
    return snapshot;
}

ModelFacts madeModel()
{
    ModelFacts facts;
    facts.path = "/models/lectern-mini.gguf";
    facts.name = "Lectern Mini";
    facts.architecture = "llama";
    facts.tokenizer = "SentencePiece BPE";
    facts.plan = "longgen";
    facts.parameters = 42'000'000;
    facts.fileBytes = 29'360'128;
    facts.weightsBytes = 31'457'280;
    facts.contextLength = 32'768;
    facts.layers = kLayers;
    facts.heads = kHeads;
    facts.kvHeads = 4;
    facts.headDim = 64;
    facts.embeddingLength = 512;
    facts.vocabularySize = 16'384;
    facts.hasChatTemplate = true;
    facts.device = "CPU, 2 threads, AVX2";
    return facts;
}

void FakeEngine::openModel(const QString& path, const EngineSettings& settings)
{
    modelPaths += path;
    lastSettings = settings;
    setBusy(true);
    emit modelLoading(path, 0.4);
}

void FakeEngine::finishModel()
{
    emit modelOpened(madeModel());
    setBusy(false);
}

void FakeEngine::ingest(std::int64_t sessionId, const QStringList& paths)
{
    session = sessionId;
    ingestPaths = paths;
    setBusy(true);
}

void FakeEngine::progressIngest(double fraction)
{
    IngestProgress progress;
    progress.path = ingestPaths.first().toStdString();
    progress.totalBytes = 1'000'000;
    progress.doneBytes = std::uint64_t(1e6 * fraction);
    emit ingestProgress(progress);
}

void FakeEngine::finishIngest()
{
    if (session == 0)
        session = m_library.addSession(QFileInfo(ingestPaths.first()).completeBaseName());
    IngestReply reply;
    reply.sessionId = session;
    for (const QString& path : ingestPaths) {
        QFile file(path);
        IngestedDocument document;
        document.path = path.toStdString();
        document.name = QFileInfo(path).fileName().toStdString();
        if (file.open(QIODevice::ReadOnly)) {
            const std::string text = file.readAll().toStdString();
            document.id = m_library.addDocument(session, QFileInfo(path).fileName(), text);
            document.bytes = text.size();
            document.tokens = std::int64_t(text.size() / 4);
            document.status = "ready";
            promptTokens = document.tokens + 40;
        } else {
            document.status = "failed";
            document.message = "It could not be opened.";
        }
        reply.documents.push_back(document);
    }
    emit ingestFinished(reply);
    setBusy(false);
}

void FakeEngine::ask(std::int64_t sessionId, const QString& text, const GenerationSettings& settings)
{
    lastGeneration = settings;
    questions += text;
    session = sessionId != 0 ? sessionId : m_library.addSession(text.left(40));
    question =
        m_library.addMessage(session, {0, MessageKind::Question, StoredState::Complete, text, {}, {}, {}});
    answer = m_library.addMessage(session, {0, MessageKind::Answer, StoredState::Generating, {}, {}, {}, {}});
    m_answer.clear();
    m_tokens = 0;
    setBusy(true);
    m_tokenEnds.clear();
    emit answerStarted(session, question, answer);
    emit promptMade(madePrompt());
}

// Template, then every document in tokens of four bytes, then the question.
PromptViewPtr FakeEngine::madePrompt() const
{
    auto prompt = std::make_shared<PromptView>();
    prompt->session = session;
    const auto add = [&prompt](const std::string& piece, bool special, PromptView::Span span) {
        prompt->text += piece;
        prompt->ends.push_back(std::uint32_t(prompt->text.size()));
        prompt->ids.push_back(std::int32_t(prompt->ids.size() % 16'000));
        prompt->special.push_back(special);
        prompt->spans.push_back(span);
    };
    add("<s>", true, {});
    const auto rows = m_library.documents(session);
    for (const DocumentRow& row : rows.value_or(std::vector<DocumentRow>())) {
        const std::string& text = m_library.texts[row.id].utf8;
        prompt->documents.push_back(row.id);
        for (std::size_t at = 0; at < text.size(); at += 4)
            add(text.substr(at, 4), false,
                {std::int32_t(prompt->documents.size()) - 1, at, std::min(at + 4, text.size())});
    }
    add("\n\n", false, {});
    add(questions.isEmpty() ? "?" : questions.back().toStdString(), false, {});
    add("</s>", true, {});
    return prompt;
}

void FakeEngine::askInstead(std::int64_t sessionId, std::int64_t messageId, const QString& text,
                            const GenerationSettings& settings)
{
    instead = messageId;
    auto& rows = m_library.messageRows[sessionId];
    rows.erase(
        std::find_if(rows.begin(), rows.end(), [&](const MessageRow& row) { return row.id == messageId; }),
        rows.end());
    ask(sessionId, text, settings);
}

void FakeEngine::prefill(double fraction, std::int64_t reused)
{
    PrefillProgress progress;
    progress.totalTokens = promptTokens;
    progress.reusedTokens = reused;
    progress.doneTokens = reused + std::int64_t(fraction * double(promptTokens - reused));
    progress.elapsedMs = 1000.0 * double(progress.doneTokens - reused) / 1450;
    emit prefillProgress(progress);
    emit kvUsageChanged(longgenUsage(progress.doneTokens, promptTokens + 512, reused));
    if (lastWish.enabled)
        emit attentionChanged(madeSnapshot(++m_step, std::max<std::int64_t>(64, progress.doneTokens), 0,
                                           focus, lastWish.heads));
}

void FakeEngine::write(const QString& text)
{
    m_answer += text;
    m_tokenEnds.push_back(std::uint64_t(m_answer.toUtf8().size()));
    ++m_tokens;
    emit answerText(answer, text);
    emit kvUsageChanged(longgenUsage(promptTokens + m_tokens, promptTokens + 512));
    if (lastWish.enabled)
        emit attentionChanged(madeSnapshot(++m_step, promptTokens, m_tokens, focus, lastWish.heads));
}

void FakeEngine::finishAnswer(std::vector<EvidencePassage> evidence, StopReason reason)
{
    AnswerReply reply;
    reply.sessionId = session;
    reply.questionId = question;
    reply.answerId = answer;
    reply.answer = m_answer.toStdString();
    reply.evidence = std::move(evidence);
    reply.tokenEnds = m_tokenEnds;
    const auto sentences = answerSentences(reply.answer);
    if (!reply.evidence.empty() && !sentences.empty())
        reply.evidence.front().answerRanges = {sentences.front()};
    reply.stopReason = reason;
    reply.timing.promptTokens = promptTokens;
    reply.timing.reusedTokens = promptTokens / 4;
    reply.timing.answerTokens = m_tokens;
    reply.timing.prefillMs = 1000.0 * double(promptTokens) / 1450;
    reply.timing.firstTokenMs = reply.timing.prefillMs + 30;
    reply.timing.decodeMs = m_tokens * 24.0;
    reply.kv = longgenUsage(promptTokens + m_tokens, promptTokens + 512);
    for (MessageRow& row : m_library.messageRows[session])
        if (row.id == answer) {
            row.text = m_answer;
            row.state = StoredState::Complete;
        }
    emit answerFinished(reply);
    setBusy(false);
}

void FakeEngine::failRequest(const QString& request, const Error& error)
{
    emit failed(request, error);
    setBusy(false);
}

void FakeEngine::comparePlans(std::int64_t sessionId, const QString& text,
                              const PlanComparisonSettings& settings)
{
    session = sessionId;
    questions.append(text);
    lastComparison = settings;
    setBusy(true);
}

void FakeEngine::findNeedles(const NeedleSettings& settings)
{
    lastNeedles = settings;
    setBusy(true);
}

void FakeEngine::cancel()
{
    ++cancels;
}

void FakeEngine::setBusy(bool busy)
{
    if (busy == m_busy)
        return;
    m_busy = busy;
    emit busyChanged(busy);
}

} // namespace lectern::test
