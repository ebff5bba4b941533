// A workbench over a fresh store, and the bundled files the build has made.
#pragma once

#include "app/worker/workbench.h"

#include <QTemporaryDir>

#include <memory>
#include <string>

namespace lectern::test {

// A file of ${build}/resources, or of the source tree's resources/models.
std::string bundled(const std::string& name);

struct BenchFixture {
    BenchFixture();

    // Opens the model; "" or what went wrong.
    std::string open(const std::string& model, const std::string& plan = "auto");
    // A new session on a text file of this content.
    SessionId sessionOn(const std::string& text, const std::string& name = "doc.txt");
    Result<AnswerReply> ask(SessionId session, const std::string& question, int maxTokens = 64,
                            const AnswerListener& listener = {}, const CancelToken& cancel = {});

    QTemporaryDir folder;
    std::shared_ptr<SharedStore> store;
    std::unique_ptr<Workbench> bench;
};

} // namespace lectern::test
