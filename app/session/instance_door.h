// How a second Lectern on the same data folder reaches the first: it leaves a request as a file in a folder that the
// first one watches, and knows from the file's going that it was taken. Files, not sockets: there is no network code in
// Lectern.
#pragma once

#include <QFileSystemWatcher>
#include <QString>
#include <QStringList>

#include <chrono>
#include <cstdint>
#include <functional>

namespace lectern {

struct InstanceRequest {
    QStringList paths;        // absolute; to be read in a session
    std::int64_t session = 0; // to be shown; 0 = as it is
};

// The first one's side. Lives in the GUI thread; `onRequest` is called there.
class InstanceDoor {
public:
    InstanceDoor(const QString& dataFolder, std::function<void(const InstanceRequest&)> onRequest);

private:
    void takeRequests();

    QString m_folder;
    std::function<void(const InstanceRequest&)> m_onRequest;
    QFileSystemWatcher m_watcher;
};

// The second one's side: true where the first has taken the request within `patience`. Relative paths are made absolute.
bool askRunningInstance(const QString& dataFolder, const InstanceRequest& request,
                        std::chrono::milliseconds patience = std::chrono::seconds(3));

} // namespace lectern
