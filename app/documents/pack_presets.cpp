#include "app/documents/pack_presets.h"

#include "app/documents/input_file.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <QSaveFile>

namespace lectern {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::uint64_t kMostBytes = std::uint64_t(4) << 20;

Json toJson(const PackPreset& preset)
{
    const FolderOptions& folder = preset.folder;
    return {{"include", folder.include},
            {"exclude", folder.exclude},
            {"leave_out", folder.leaveOut},
            {"use_ignore_files", folder.useIgnoreFiles},
            {"use_default_excludes", folder.useDefaultExcludes},
            {"keep_secrets", folder.keepSecrets},
            {"submodules", folder.submodules},
            {"changed_last", folder.changedLast},
            {"line_numbers", folder.lineNumbers},
            {"budget", preset.budget}};
}

PackPreset presetFrom(const Json& json)
{
    PackPreset preset;
    FolderOptions& folder = preset.folder;
    folder.include = json.value("include", folder.include);
    folder.exclude = json.value("exclude", folder.exclude);
    folder.leaveOut = json.value("leave_out", folder.leaveOut);
    folder.useIgnoreFiles = json.value("use_ignore_files", folder.useIgnoreFiles);
    folder.useDefaultExcludes = json.value("use_default_excludes", folder.useDefaultExcludes);
    folder.keepSecrets = json.value("keep_secrets", folder.keepSecrets);
    folder.submodules = json.value("submodules", folder.submodules);
    folder.changedLast = json.value("changed_last", folder.changedLast);
    folder.lineNumbers = json.value("line_numbers", folder.lineNumbers);
    preset.budget = json.value("budget", preset.budget);
    return preset;
}

} // namespace

std::string packPresetsPath()
{
    const char* config = std::getenv("XDG_CONFIG_HOME");
    const char* home = std::getenv("HOME");
    const std::string folder = config && *config ? std::string(config) : std::string(home ? home : ".") + "/.config";
    return folder + "/lectern/repository-presets.json";
}

Result<PackPresets> loadPackPresets(const std::string& path)
{
    Result<InputFile> file = InputFile::open(path);
    if (!file && file.error().code == ErrorCode::NotFound)
        return PackPresets();
    if (!file)
        return failed(file);
    std::string bytes(static_cast<std::size_t>(std::min(file->size(), kMostBytes)), '\0');
    const Result<std::size_t> got = file->read(bytes);
    if (!got)
        return failed(got);
    PackPresets presets;
    try {
        const Json saved = Json::parse(bytes.substr(0, *got));
        for (const auto& [name, preset] : saved.items())
            presets[name] = presetFrom(preset);
    } catch (const Json::exception&) {
        return fail(ErrorCode::BadInput, "The saved repository presets in " + path + " are damaged.",
                    "Move that file away to begin with none.");
    }
    return presets;
}

Status savePackPresets(const std::string& path, const PackPresets& presets)
{
    Json json = Json::object();
    for (const auto& [name, preset] : presets)
        json[name] = toJson(preset);
    const std::string bytes = json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
    std::error_code error;
    std::filesystem::create_directories(std::filesystem::path(path).parent_path(), error);
    QSaveFile file(QString::fromStdString(path));
    const bool written = file.open(QIODevice::WriteOnly) &&
                         file.write(bytes.data(), static_cast<qint64>(bytes.size())) == qint64(bytes.size());
    if (!written || !file.commit())
        return fail(ErrorCode::Disk,
                    "The repository presets can not be saved in " + path + ": " + file.errorString().toStdString() + ".",
                    "Check the permissions and the free space.");
    return {};
}

} // namespace lectern
