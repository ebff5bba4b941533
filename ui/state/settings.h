// What a person has chosen, typed, over QSettings with a version. Unknown or damaged values become the
// defaults.
#pragma once

#include "app/worker/values.h"

#include <QByteArray>
#include <QSettings>
#include <QString>
#include <QStringList>

#include <memory>

namespace lectern {

struct Choices {
    EngineSettings engine;
    GenerationSettings generation;
    QString model;          // path of the model last opened; empty: the bundled one
    bool enterSends = true; // otherwise Ctrl+Enter
    bool attentionLive = true;
    QString language; // "de", "en"; empty: the system's
    QString theme;    // "light", "dark", "contrast"; empty: the system's
    int scale = 100;  // percent, 100..250; from the next start on

    bool operator==(const Choices& other) const;
};

class Settings {
public:
    static constexpr int kVersion = 1;

    // The user's own file, or `path` in tests.
    explicit Settings(const QString& path = {});

    Choices load() const;
    void save(const Choices& choices);

    QByteArray windowGeometry() const;
    QByteArray windowLayout() const;
    void saveWindow(const QByteArray& geometry, const QByteArray& layout);
    void forgetWindow();
    QStringList recentModels() const; // newest first
    void addRecentModel(const QString& path);
    std::string modelPlan(const QString& model) const; // "": none was chosen for it
    void setModelPlan(const QString& model, const std::string& plan);
    QStringList bookmarks(std::int64_t session) const;
    void saveBookmarks(std::int64_t session, const QStringList& lines);
    std::int64_t lastSession() const; // 0: none
    void saveLastSession(std::int64_t session);

private:
    std::unique_ptr<QSettings> m_file;
};

} // namespace lectern
