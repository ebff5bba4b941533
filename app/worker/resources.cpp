#include "app/worker/resources.h"

#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <vector>

namespace lectern {

namespace fs = std::filesystem;

namespace {

std::vector<fs::path> resourceFolders()
{
    std::vector<fs::path> folders;
    if (const char* named = std::getenv("LECTERN_RESOURCES"); named && *named)
        folders.emplace_back(named);
    std::error_code error;
    const fs::path program = fs::read_symlink("/proc/self/exe", error);
    if (!error) {
        folders.push_back(program.parent_path().parent_path() / "resources");
        folders.push_back(program.parent_path().parent_path() / "share" / "lectern");
    }
    folders.push_back(fs::path(LECTERN_RESOURCE_SOURCE) / "models");
    return folders;
}

} // namespace

Result<std::string> resourcePath(const std::string& name)
{
    std::string looked;
    for (const fs::path& folder : resourceFolders()) {
        std::error_code error;
        if (fs::is_regular_file(folder / name, error))
            return (folder / name).string();
        looked += (looked.empty() ? "" : ", ") + folder.string();
    }
    return fail(ErrorCode::NotFound, "The bundled file " + name + " is missing (looked in " + looked + ").",
                "Install or build Lectern again, or set LECTERN_RESOURCES to the folder that holds it.");
}

Result<std::string> samplePath(std::int64_t contextLength)
{
    constexpr std::int64_t kWholeAnnals = 128000; // tokens with the bundled tokenizer, and room for a conversation
    return resourcePath(contextLength >= kWholeAnnals ? "annals.txt" : "annals-first-book.txt");
}

Result<std::string> modelPath(const std::string& model)
{
    if (model.empty() || model == "mini")
        return resourcePath("lectern-mini.gguf");
    if (model == "recall")
        return resourcePath("lectern-recall.gguf");
    return model;
}

} // namespace lectern
