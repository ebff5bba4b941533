#include "app/session/instance_door.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSaveFile>
#include <QThread>

namespace lectern {

namespace {

constexpr qint64 kMostRequestBytes = 1 << 20;
constexpr int kLookEveryMs = 20;

QString requestFolder(const QString& dataFolder) { return dataFolder + QStringLiteral("/requests"); }

QByteArray toBytes(const InstanceRequest& request)
{
    QJsonArray paths;
    for (const QString& path : request.paths)
        paths.append(QFileInfo(path).absoluteFilePath());
    return QJsonDocument(QJsonObject{{QStringLiteral("paths"), paths},
                                     {QStringLiteral("session"), static_cast<qint64>(request.session)}})
        .toJson(QJsonDocument::Compact);
}

InstanceRequest fromBytes(const QByteArray& bytes)
{
    const QJsonObject json = QJsonDocument::fromJson(bytes).object();
    InstanceRequest request;
    for (const QJsonValue& path : json.value(QStringLiteral("paths")).toArray())
        if (QDir::isAbsolutePath(path.toString()))
            request.paths.append(path.toString());
    request.session = json.value(QStringLiteral("session")).toInteger();
    return request;
}

} // namespace

InstanceDoor::InstanceDoor(const QString& dataFolder, std::function<void(const InstanceRequest&)> onRequest)
    : m_folder(requestFolder(dataFolder)), m_onRequest(std::move(onRequest))
{
    QDir().mkpath(m_folder);
    // What was left while nobody was here is nobody's wish any more.
    for (const QString& name : QDir(m_folder).entryList(QDir::Files))
        QFile::remove(m_folder + u'/' + name);
    m_watcher.addPath(m_folder);
    QObject::connect(&m_watcher, &QFileSystemWatcher::directoryChanged, &m_watcher, [this] { takeRequests(); });
}

void InstanceDoor::takeRequests()
{
    for (const QString& name : QDir(m_folder).entryList({QStringLiteral("*.json")}, QDir::Files)) {
        QFile file(m_folder + u'/' + name);
        if (!file.open(QIODevice::ReadOnly))
            continue;
        const QByteArray bytes = file.read(kMostRequestBytes);
        file.close();
        if (file.remove())
            m_onRequest(fromBytes(bytes));
    }
}

bool askRunningInstance(const QString& dataFolder, const InstanceRequest& request, std::chrono::milliseconds patience)
{
    const QString path = requestFolder(dataFolder) +
                         QStringLiteral("/%1.json").arg(QCoreApplication::applicationPid());
    QSaveFile file(path); // appears as a whole
    if (!file.open(QIODevice::WriteOnly) || file.write(toBytes(request)) < 0 || !file.commit())
        return false;
    for (auto waited = std::chrono::milliseconds(0); waited < patience; waited += std::chrono::milliseconds(kLookEveryMs)) {
        if (!QFileInfo::exists(path))
            return true;
        QThread::msleep(kLookEveryMs);
    }
    QFile::remove(path); // it hangs; the wish is withdrawn
    return false;
}

} // namespace lectern
