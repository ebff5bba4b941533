#include "tests/app/worker/bench_fixture.h"

#include <QFile>
#include <QFileInfo>

namespace lectern::test {

std::string bundled(const std::string& name)
{
    const std::string built = std::string(LECTERN_BINARY_DIR) + "/resources/" + name;
    return QFileInfo::exists(QString::fromStdString(built)) ? built
                                                            : std::string(LECTERN_SOURCE_DIR) + "/resources/models/" + name;
}

BenchFixture::BenchFixture()
{
    auto opened = SessionStore::open(folder.filePath("lectern.sqlite").toStdString());
    if (!opened)
        qFatal("%s", opened.error().message.c_str());
    store = std::make_shared<SharedStore>(std::move(*opened));
    bench = std::make_unique<Workbench>(store);
}

std::string BenchFixture::open(const std::string& model, const std::string& plan)
{
    EngineSettings settings;
    settings.plan = plan;
    const auto opened = bench->openModel(bundled(model), settings);
    return opened ? std::string() : opened.error().message;
}

SessionId BenchFixture::sessionOn(const std::string& text, const std::string& name)
{
    QFile file(folder.filePath(QString::fromStdString(name)));
    if (!file.open(QIODevice::WriteOnly) || file.write(text.data(), qint64(text.size())) != qint64(text.size()))
        qFatal("cannot write the test's document");
    file.close();
    const auto reply = bench->ingest(SessionId(0), {file.fileName().toStdString()}, {}, {});
    if (!reply || reply->documents.size() != 1 || reply->documents[0].status != "ready")
        qFatal("the test's document was not read");
    return SessionId(reply->sessionId);
}

Result<AnswerReply> BenchFixture::ask(SessionId session, const std::string& question, int maxTokens,
                                      const AnswerListener& listener, const CancelToken& cancel)
{
    AskRequest request{session, question, {}};
    request.generation.maxTokens = maxTokens;
    return bench->ask(request, listener, cancel);
}

} // namespace lectern::test
