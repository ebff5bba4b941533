#include "ui/state/settings.h"

#include <algorithm>

namespace lectern {

namespace {

// One place for every key.
constexpr const char* kVersionKey = "version";
constexpr const char* kGeometryKey = "window/geometry";
constexpr const char* kLayoutKey = "window/layout";
constexpr const char* kSessionKey = "window/session";
constexpr int kMostModels = 12;

double numberIn(const QSettings& file, const char* key, double fallback, double low, double high)
{
    bool ok = false;
    const double value = file.value(QLatin1String(key), fallback).toDouble(&ok);
    return ok && value >= low && value <= high ? value : fallback;
}

std::int64_t wholeIn(const QSettings& file, const char* key, std::int64_t fallback, std::int64_t low,
                     std::int64_t high)
{
    bool ok = false;
    const std::int64_t value = file.value(QLatin1String(key), qlonglong(fallback)).toLongLong(&ok);
    return ok ? std::clamp(value, low, high) : fallback;
}

std::string textIn(const QSettings& file, const char* key, const std::string& fallback)
{
    const QString value = file.value(QLatin1String(key)).toString();
    return value.isEmpty() ? fallback : value.toStdString();
}

} // namespace

bool Choices::operator==(const Choices& other) const
{
    const auto same = [](const EngineSettings& a, const EngineSettings& b) {
        return a.device == b.device && a.threads == b.threads && a.plan == b.plan && a.kvType == b.kvType &&
               a.context == b.context && a.kvBudget == b.kvBudget;
    };
    const auto sameGeneration = [](const GenerationSettings& a, const GenerationSettings& b) {
        return a.maxTokens == b.maxTokens && a.temperature == b.temperature && a.topK == b.topK &&
               a.topP == b.topP && a.minP == b.minP && a.repetitionPenalty == b.repetitionPenalty &&
               a.seed == b.seed;
    };
    return same(engine, other.engine) && sameGeneration(generation, other.generation) &&
           model == other.model && enterSends == other.enterSends && attentionLive == other.attentionLive &&
           language == other.language && theme == other.theme && scale == other.scale;
}

Settings::Settings(const QString& path)
    : m_file(path.isEmpty() ? std::make_unique<QSettings>()
                            : std::make_unique<QSettings>(path, QSettings::IniFormat))
{
    const int version = m_file->value(QLatin1String(kVersionKey), 0).toInt();
    if (version > kVersion)
        m_file->clear(); // written by a newer Lectern: its meanings are not known here
    m_file->setValue(QLatin1String(kVersionKey), kVersion);
}

Choices Settings::load() const
{
    Choices choices;
    EngineSettings& engine = choices.engine;
    engine.device = textIn(*m_file, "engine/device", engine.device);
    engine.threads = int(wholeIn(*m_file, "engine/threads", engine.threads, 0, 1024));
    engine.plan = textIn(*m_file, "engine/plan", engine.plan);
    engine.kvType = textIn(*m_file, "engine/kvType", engine.kvType);
    engine.context = wholeIn(*m_file, "engine/context", engine.context, 0, std::int64_t(1) << 31);
    engine.kvBudget = wholeIn(*m_file, "engine/kvBudget", engine.kvBudget, -1, INT64_MAX);
    GenerationSettings& generation = choices.generation;
    generation.maxTokens = int(wholeIn(*m_file, "answer/maxTokens", generation.maxTokens, 1, 1 << 20));
    generation.temperature = numberIn(*m_file, "answer/temperature", generation.temperature, 0, 5);
    generation.topK = int(wholeIn(*m_file, "answer/topK", generation.topK, 0, 1 << 20));
    generation.topP = numberIn(*m_file, "answer/topP", generation.topP, 0, 1);
    generation.minP = numberIn(*m_file, "answer/minP", generation.minP, 0, 1);
    generation.repetitionPenalty =
        numberIn(*m_file, "answer/repetitionPenalty", generation.repetitionPenalty, 0.5, 2);
    generation.seed =
        std::uint64_t(wholeIn(*m_file, "answer/seed", std::int64_t(generation.seed), 0, INT64_MAX));
    choices.model = m_file->value(QStringLiteral("engine/model")).toString();
    choices.enterSends = m_file->value(QStringLiteral("chat/enterSends"), choices.enterSends).toBool();
    choices.attentionLive =
        m_file->value(QStringLiteral("views/attentionLive"), choices.attentionLive).toBool();
    choices.language = m_file->value(QStringLiteral("window/language")).toString();
    choices.theme = m_file->value(QStringLiteral("window/theme")).toString();
    choices.scale = int(wholeIn(*m_file, "window/scale", choices.scale, 100, 250));
    return choices;
}

void Settings::save(const Choices& choices)
{
    m_file->setValue(QStringLiteral("engine/device"), QString::fromStdString(choices.engine.device));
    m_file->setValue(QStringLiteral("engine/threads"), choices.engine.threads);
    m_file->setValue(QStringLiteral("engine/plan"), QString::fromStdString(choices.engine.plan));
    m_file->setValue(QStringLiteral("engine/kvType"), QString::fromStdString(choices.engine.kvType));
    m_file->setValue(QStringLiteral("engine/context"), qlonglong(choices.engine.context));
    m_file->setValue(QStringLiteral("engine/kvBudget"), qlonglong(choices.engine.kvBudget));
    m_file->setValue(QStringLiteral("engine/model"), choices.model);
    m_file->setValue(QStringLiteral("answer/maxTokens"), choices.generation.maxTokens);
    m_file->setValue(QStringLiteral("answer/temperature"), choices.generation.temperature);
    m_file->setValue(QStringLiteral("answer/topK"), choices.generation.topK);
    m_file->setValue(QStringLiteral("answer/topP"), choices.generation.topP);
    m_file->setValue(QStringLiteral("answer/minP"), choices.generation.minP);
    m_file->setValue(QStringLiteral("answer/repetitionPenalty"), choices.generation.repetitionPenalty);
    m_file->setValue(QStringLiteral("answer/seed"), qulonglong(choices.generation.seed));
    m_file->setValue(QStringLiteral("chat/enterSends"), choices.enterSends);
    m_file->setValue(QStringLiteral("views/attentionLive"), choices.attentionLive);
    m_file->setValue(QStringLiteral("window/language"), choices.language);
    m_file->setValue(QStringLiteral("window/theme"), choices.theme);
    m_file->setValue(QStringLiteral("window/scale"), choices.scale);
    m_file->sync();
}

QByteArray Settings::windowGeometry() const
{
    return m_file->value(QLatin1String(kGeometryKey)).toByteArray();
}

QByteArray Settings::windowLayout() const
{
    return m_file->value(QLatin1String(kLayoutKey)).toByteArray();
}

void Settings::saveWindow(const QByteArray& geometry, const QByteArray& layout)
{
    m_file->setValue(QLatin1String(kGeometryKey), geometry);
    m_file->setValue(QLatin1String(kLayoutKey), layout);
    m_file->sync();
}

void Settings::forgetWindow()
{
    m_file->remove(QLatin1String(kGeometryKey));
    m_file->remove(QLatin1String(kLayoutKey));
}

QStringList Settings::recentModels() const
{
    return m_file->value(QStringLiteral("models/recent")).toStringList();
}

void Settings::addRecentModel(const QString& path)
{
    QStringList models = recentModels();
    models.removeAll(path);
    models.prepend(path);
    m_file->setValue(QStringLiteral("models/recent"), QStringList(models.mid(0, kMostModels)));
}

// A path is no key: '/' would make groups of it.
std::string Settings::modelPlan(const QString& model) const
{
    return m_file->value(QStringLiteral("modelPlans/") + QString::fromLatin1(model.toUtf8().toHex()))
        .toString()
        .toStdString();
}

void Settings::setModelPlan(const QString& model, const std::string& plan)
{
    m_file->setValue(QStringLiteral("modelPlans/") + QString::fromLatin1(model.toUtf8().toHex()),
                     QString::fromStdString(plan));
}

QStringList Settings::bookmarks(std::int64_t session) const
{
    return m_file->value(QStringLiteral("bookmarks/%1").arg(session)).toStringList();
}

void Settings::saveBookmarks(std::int64_t session, const QStringList& lines)
{
    m_file->setValue(QStringLiteral("bookmarks/%1").arg(session), lines);
}

std::int64_t Settings::lastSession() const
{
    return m_file->value(QLatin1String(kSessionKey), 0).toLongLong();
}

void Settings::saveLastSession(std::int64_t session)
{
    m_file->setValue(QLatin1String(kSessionKey), qlonglong(session));
}

} // namespace lectern
