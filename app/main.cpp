// lectern: the desktop program. Puts the store, the engine and the window together.
#include "app/documents/parser_process.h"
#include "app/session/instance_door.h"
#include "app/session/shared_store.h"
#include "app/worker/engine_service.h"
#include "app/worker/resources.h"
#include "ui/common/appearance.h"
#include "ui/common/icons.h"
#include "ui/common/message_bar.h"
#include "ui/common/painted_view.h"
#include "ui/main_window.h"
#include "ui/state/diagnostics.h"
#include "ui/state/store_library.h"

#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/spdlog.h>

#include <QApplication>
#include <QCommandLineParser>
#include <QDir>
#include <QFileInfo>
#include <QLockFile>
#include <QMessageBox>
#include <QPushButton>
#include <QStandardPaths>

#include <cstdlib>

namespace {

using namespace lectern;

constexpr std::size_t kLogBytes = 2u << 20;
constexpr std::size_t kLogFiles = 3;

struct Arguments {
    QStringList paths;
    std::int64_t session = 0;
    QString dataDir, cacheDir, model, plan, logLevel;
    std::int64_t kvBudget = -2; // not said
    int threads = -1; // not said
};

// `given`: as they came; the application object takes --session out of them for itself.
Arguments parseArguments(const QStringList& given)
{
    const auto tr = [](const char* text) { return QCoreApplication::translate("main", text); };
    QCommandLineParser parser;
    parser.setApplicationDescription(tr("Reads long documents whole, on your own machine."));
    parser.addHelpOption();
    parser.addVersionOption();
    parser.addPositionalArgument(QStringLiteral("paths"), tr("Files and folders to read, or a .gguf model."),
                                 QStringLiteral("[paths...]"));
    const QCommandLineOption session(QStringLiteral("session"), tr("Open this session."),
                                     QStringLiteral("id"));
    const QCommandLineOption data(QStringLiteral("data-dir"), tr("Where sessions are kept."),
                                  QStringLiteral("dir"),
                                  QStandardPaths::writableLocation(QStandardPaths::AppDataLocation));
    const QCommandLineOption cache(QStringLiteral("cache-dir"), tr("Where what can be made again is kept."),
                                   QStringLiteral("dir"),
                                   QStandardPaths::writableLocation(QStandardPaths::CacheLocation));
    const QCommandLineOption level(QStringLiteral("log-level"), tr("trace, debug, info, warn or error."),
                                   QStringLiteral("level"), QStringLiteral("info"));
    const QCommandLineOption model(QStringLiteral("model"),
                                   tr("Model file, or mini or recall for a bundled one."),
                                   QStringLiteral("model"));
    const QCommandLineOption plan(QStringLiteral("plan"), tr("Attention plan, e.g. longgen or full."),
                                  QStringLiteral("plan"));
    const QCommandLineOption threads(QStringLiteral("threads"), tr("Threads to compute with; 0 for all cores."),
                                     QStringLiteral("n"));
    const QCommandLineOption budget(QStringLiteral("kv-budget"),
                                    tr("Gigabytes on disk for what was read, so that it need not be read again; 0 for none."),
                                    QStringLiteral("gb"));
    parser.addOptions({session, data, cache, level, model, plan, threads, budget});
    parser.process(given);
    Arguments arguments;
    arguments.paths = parser.positionalArguments();
    arguments.session = parser.value(session).toLongLong();
    arguments.dataDir = parser.value(data);
    arguments.cacheDir = parser.value(cache);
    arguments.kvBudget = parser.isSet(budget) ? std::int64_t(1e9 * parser.value(budget).toDouble()) : -2;
    arguments.model = parser.value(model);
    arguments.plan = parser.value(plan);
    arguments.logLevel = parser.value(level);
    arguments.threads = parser.isSet(threads) ? parser.value(threads).toInt() : -1;
    return arguments;
}

void logQtMessage(QtMsgType type, const QMessageLogContext&, const QString& message)
{
    const spdlog::level::level_enum level = type == QtDebugMsg     ? spdlog::level::debug
                                            : type == QtInfoMsg    ? spdlog::level::info
                                            : type == QtWarningMsg ? spdlog::level::warn
                                                                   : spdlog::level::err;
    spdlog::log(level, "{}", message.toStdString());
}

void startLog(const QString& level)
{
    QDir().mkpath(QFileInfo(logPath()).absolutePath());
    try {
        const std::string path = logPath().toStdString();
        spdlog::set_default_logger(spdlog::rotating_logger_mt("lectern", path, kLogBytes, kLogFiles));
    } catch (const spdlog::spdlog_ex& error) {
        spdlog::warn("no log file: {}", error.what()); // to the terminal then
    }
    spdlog::set_level(spdlog::level::from_str(level.toStdString()));
    spdlog::flush_on(spdlog::level::info); // the Diagnostics view reads the file
    qInstallMessageHandler(logQtMessage);
}

bool askToMoveAside(const Error& error)
{
    QMessageBox box;
    box.setTextFormat(Qt::PlainText);
    box.setIcon(QMessageBox::Warning);
    box.setText(QCoreApplication::translate("main", "The kept sessions are damaged."));
    box.setInformativeText(errorDetails(error));
    const auto* fresh =
        box.addButton(QCoreApplication::translate("main", "Keep the damaged file aside and begin anew"),
                      QMessageBox::AcceptRole);
    box.setDefaultButton(box.addButton(QMessageBox::Close));
    box.exec();
    return box.clickedButton() == fresh;
}

// Asks what to do about a damaged store; nullptr when Lectern can not go on (the person has been told).
std::shared_ptr<SharedStore> openStore(const QString& folder)
{
    const std::string path = (folder + QStringLiteral("/lectern.sqlite")).toStdString();
    auto store = SessionStore::open(path);
    if (!store && store.error().code == ErrorCode::BadInput && askToMoveAside(store.error())) {
        StoreOptions options;
        options.damaged = DamagedStore::MoveAside;
        store = SessionStore::open(path, options);
    }
    if (store) {
        spdlog::info("store {}, {} interrupted answers", path, store->openReport().interrupted);
        return std::make_shared<SharedStore>(std::move(*store));
    }
    spdlog::error("store {}: {}", path, store.error().message);
    QMessageBox box;
    box.setTextFormat(Qt::PlainText);
    box.setIcon(QMessageBox::Critical);
    box.setText(QCoreApplication::translate("main", "Lectern can not open its sessions."));
    box.setInformativeText(errorDetails(store.error()));
    box.exec();
    return nullptr;
}

// Whether a process that is still there holds the store.
bool isHeld(const QString& lockFile)
{
    QLockFile lock(lockFile);
    lock.setStaleLockTime(0);
    if (lock.tryLock(0))
        return false; // given back here; openStore() takes it again
    return lock.error() == QLockFile::LockFailedError;
}

// The model said on the command line, else the one last used if it still is there, else the bundled one.
void openFirstModel(Workspace& workspace, const QString& said)
{
    const QString last = workspace.choices().model;
    const bool useLast = said.isEmpty() && !last.isEmpty() && QFileInfo::exists(last);
    const auto path = useLast ? Result<std::string>(last.toStdString()) : modelPath(said.toStdString());
    if (path)
        workspace.openModel(QString::fromStdString(*path));
    else
        emit workspace.problem({QCoreApplication::translate("main", "No model could be opened"),
                                errorDetails(path.error()), Problem::Fix::OpenModel});
}

QString settingsPath()
{
    return QStandardPaths::writableLocation(QStandardPaths::AppConfigLocation) +
           QStringLiteral("/lectern.ini");
}

// Before the application is there: Qt reads the scale once.
void applyScale()
{
    const int percent = Settings(settingsPath()).load().scale;
    if (percent != 100 && !qEnvironmentVariableIsSet("QT_SCALE_FACTOR"))
        qputenv("QT_SCALE_FACTOR", QByteArray::number(percent / 100.0));
}

} // namespace

int main(int argc, char** argv)
{
    if (const auto parsed = parserChildMain(argc, argv))
        return *parsed;
    QStringList given;
    for (int i = 0; i < argc; ++i)
        given << QString::fromLocal8Bit(argv[i]);
    QCoreApplication::setApplicationName(QStringLiteral("lectern"));
    applyScale();
    QApplication application(argc, argv);
    QApplication::setApplicationDisplayName(QStringLiteral("Lectern"));
    QApplication::setApplicationVersion(QStringLiteral(LECTERN_VERSION));
    QApplication::setDesktopFileName(QStringLiteral("lectern"));
    const Arguments arguments = parseArguments(given);
    startLog(arguments.logLevel);
    spdlog::info("Lectern {} starts", LECTERN_VERSION);
    initIcons();
    initPaintedViewAccessibility();
    {
        const Choices choices = Settings(settingsPath()).load();
        applyLanguage(choices.language);
        applyTheme(choices.theme);
    }

    const QString lockFile = arguments.dataDir + QStringLiteral("/lectern.sqlite.lock");
    if (QFileInfo::exists(lockFile) && isHeld(lockFile) &&
        askRunningInstance(arguments.dataDir, {arguments.paths, arguments.session})) {
        spdlog::info("handed over to the Lectern that runs already");
        return 0;
    }
    const std::shared_ptr<SharedStore> store = openStore(arguments.dataDir);
    if (!store)
        return 3;
    StoreLibrary library(store);
    EngineService engine(store, arguments.cacheDir);
    Settings settings(settingsPath());
    Workspace workspace(&engine, &library, &settings);
    QObject::connect(&workspace, &Workspace::problem, [](const Problem& problem) {
        spdlog::warn("{}: {}", problem.title.toStdString(), problem.details.toStdString());
    });
    workspace.setSample([&workspace] {
        const auto path = samplePath(workspace.model() ? workspace.model()->contextLength : 0);
        return path ? QString::fromStdString(*path) : QString();
    });
    workspace.overrideForThisRun(arguments.plan, arguments.threads, arguments.kvBudget);

    QStringList bundled;
    for (const char* name : {"mini", "recall"})
        if (const auto path = modelPath(name))
            bundled += QString::fromStdString(*path);
    workspace.setBundledModels(bundled);

    MainWindow window(workspace);
    window.show();
    const InstanceDoor door(arguments.dataDir, [&](const InstanceRequest& request) {
        window.setWindowState(window.windowState() & ~Qt::WindowMinimized);
        window.raise();
        window.activateWindow();
        if (!request.paths.isEmpty() || request.session != 0)
            workspace.startOn(request.session, request.paths);
    });
    openFirstModel(workspace, arguments.model);
    if (arguments.paths.isEmpty())
        workspace.start(arguments.session);
    else
        workspace.startOn(arguments.session, arguments.paths);
    const int code = QApplication::exec();
    spdlog::info("Lectern ends");
    return code;
}
