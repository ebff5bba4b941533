// lectern-cli repo pack|tree PATH: a repository as one text, and what each file of it costs in tokens.
#include "app/cli/commands.h"
#include "app/cli/model_session.h"
#include "app/documents/default_excludes.h"
#include "app/documents/pack_presets.h"
#include "app/documents/token_tree.h"

#include <algorithm>

namespace lectern {

namespace {

struct RepoOptions {
    std::string path, model, out, preset, savePreset;
    std::vector<std::string> include, exclude;
    std::int64_t budget = 0;
    bool plain = false, keepSecrets = false, noSubmodules = false, treeOrder = false, all = false;
};

struct Packed {
    Document document;
    std::vector<TokenNode> tree;
    std::uint64_t leftOutForBudget = 0;
};

// The saved choice, then what was said on top of it.
Result<PackPreset> choice(const RepoOptions& said)
{
    PackPreset preset;
    preset.folder.lineNumbers = true;
    if (!said.preset.empty()) {
        const auto presets = loadPackPresets(packPresetsPath());
        if (!presets)
            return failed(presets);
        const auto found = presets->find(said.preset);
        if (found == presets->end())
            return fail(ErrorCode::Usage, "There is no saved choice called \"" + said.preset + "\".",
                        "Save one with: lectern-cli repo tree PATH --exclude ... --save-preset " + said.preset);
        preset = found->second;
    }
    FolderOptions& folder = preset.folder;
    folder.include.insert(folder.include.end(), said.include.begin(), said.include.end());
    folder.exclude.insert(folder.exclude.end(), said.exclude.begin(), said.exclude.end());
    folder.keepSecrets = folder.keepSecrets || said.keepSecrets;
    folder.submodules = folder.submodules && !said.noSubmodules;
    folder.changedLast = folder.changedLast && !said.treeOrder;
    folder.lineNumbers = folder.lineNumbers && !said.plain;
    preset.budget = said.budget > 0 ? static_cast<std::uint64_t>(said.budget) : preset.budget;
    if (!said.savePreset.empty()) {
        auto presets = loadPackPresets(packPresetsPath());
        if (!presets)
            return failed(presets);
        (*presets)[said.savePreset] = preset;
        if (const Status saved = savePackPresets(packPresetsPath(), *presets); !saved)
            return failed(saved);
    }
    return preset;
}

Result<Packed> packOnce(CommandLine& line, const LoadedModel& model, const std::string& path, const FolderOptions& folder)
{
    ReadOptions options;
    options.folder = folder;
    options.cancel = line.cancel();
    options.progress = [&](const ReadProgress& progress) { line.progress("Reading " + progress.item); };
    auto document = readDocument(path, options);
    if (!document)
        return failed(document);
    if (document->kind != "folder")
        return fail(ErrorCode::Usage, path + " is a file, not a folder.", "Use: lectern-cli ingest " + path);
    line.progress("Counting tokens");
    const auto encoded = model.tokenizer().encodeWithOffsets(document->text, Trust::Text);
    if (!encoded)
        return failed(encoded);
    Packed packed;
    packed.tree = tokenTree(*document, encoded->offsets);
    packed.document = std::move(*document);
    return packed;
}

// The files to give up so that about `budget` tokens stay: from the front, where those stand that change least.
std::vector<std::string> filesOver(const Packed& packed, std::uint64_t budget)
{
    std::uint64_t total = packed.tree.front().tokens;
    std::vector<std::string> over;
    for (const FileMark& mark : packed.document.files) {
        if (total <= budget)
            break;
        const auto node = std::find_if(packed.tree.begin(), packed.tree.end(),
                                       [&](const TokenNode& candidate) { return candidate.path == mark.path; });
        total -= node == packed.tree.end() ? 0 : std::min(total, node->tokens);
        over.push_back(mark.path);
    }
    return over;
}

// Packs again without files until the exact count is within the budget.
Result<Packed> packWithin(CommandLine& line, const LoadedModel& model, const std::string& path, PackPreset preset)
{
    Result<Packed> packed = packOnce(line, model, path, preset.folder);
    std::uint64_t leftOut = 0;
    while (packed && preset.budget > 0 && packed->tree.front().tokens > preset.budget) {
        const std::vector<std::string> over = filesOver(*packed, preset.budget);
        if (over.size() >= packed->document.files.size())
            return fail(ErrorCode::TooLong,
                        "No file of " + packed->document.name + " fits into " + std::to_string(preset.budget) + " tokens.",
                        "Give a larger --budget.");
        leftOut += over.size();
        preset.folder.leaveOut.insert(preset.folder.leaveOut.end(), over.begin(), over.end());
        packed = packOnce(line, model, path, preset.folder);
    }
    if (packed)
        packed->leftOutForBudget = leftOut;
    return packed;
}

Json treeJson(const Packed& packed)
{
    Json json = {{"name", packed.document.name},
                 {"tokens", packed.tree.front().tokens},
                 {"bytes", packed.document.text.size()},
                 {"left_out_for_budget", packed.leftOutForBudget},
                 {"files", Json::array()},
                 {"folders", Json::array()},
                 {"skipped", Json::array()},
                 {"may_hold_secrets", Json::array()}};
    for (const TokenNode& node : packed.tree) {
        if (node.path.empty() || !node.leftOut.empty())
            continue;
        json[node.path.ends_with('/') ? "folders" : "files"].push_back(
            {{"path", node.path}, {"tokens", node.tokens}, {"bytes", node.bytes}});
    }
    for (const SkippedPath& skipped : packed.document.skipped) {
        json["skipped"].push_back({{"path", skipped.path}, {"reason", skipped.reason}});
        if (skipped.reason.starts_with(kSecretReason))
            json["may_hold_secrets"].push_back(skipped.path);
    }
    return json;
}

void tellOfSecrets(const CommandLine& line, const Packed& packed)
{
    for (const SkippedPath& skipped : packed.document.skipped)
        if (skipped.reason.starts_with(kSecretReason))
            line.note(skipped.path + " was left out: it " + skipped.reason + ".");
}

Result<Packed> packAsSaid(CommandLine& line, const RepoOptions& options)
{
    const auto preset = choice(options);
    if (!preset)
        return failed(preset);
    const auto model = openModel(line, options.model);
    if (!model)
        return failed(model);
    auto packed = packWithin(line, **model, options.path, *preset);
    if (packed)
        tellOfSecrets(line, *packed);
    return packed;
}

Status pack(CommandLine& line, const RepoOptions& options)
{
    const auto packed = packAsSaid(line, options);
    if (!packed)
        return failed(packed);
    Json json = treeJson(*packed);
    if (options.out.empty()) {
        json["text"] = packed->document.text;
        line.print(json, packed->document.text);
        return {};
    }
    if (const Status written = writeFile(options.out, packed->document.text); !written)
        return written;
    line.print(json, options.out + ": " + std::to_string(packed->document.files.size()) + " files, " +
                         std::to_string(packed->tree.front().tokens) + " tokens, " +
                         humanBytes(packed->document.text.size()));
    return {};
}

Status tree(CommandLine& line, const RepoOptions& options)
{
    const auto packed = packAsSaid(line, options);
    if (packed)
        line.print(treeJson(*packed), tokenTreeText(packed->tree, options.all));
    return packed ? Status() : failed(packed);
}

void addOptions(CLI::App& command, RepoOptions& options)
{
    command.add_option("path", options.path, "A folder, in a git repository or not")->required();
    command.add_option("--include", options.include, "Only files that match, as in .gitignore; may be repeated");
    command.add_option("--exclude", options.exclude, "No files that match; may be repeated");
    command.add_option("--budget", options.budget, "Most tokens; files that change least are left out first")
        ->check(CLI::Range(std::int64_t{1}, std::int64_t{1} << 40));
    command.add_option("--model", options.model, "Count tokens with this model's tokenizer; mini where not said");
    command.add_flag("--no-line-numbers", options.plain, "Without a number before each line");
    command.add_flag("--with-secrets", options.keepSecrets, "Also files that may hold keys or passwords");
    command.add_flag("--no-submodules", options.noSubmodules, "Leave out repositories inside the repository");
    command.add_flag("--tree-order", options.treeOrder, "Files by name, not the most changed last");
    command.add_option("--preset", options.preset, "Begin from a saved choice");
    command.add_option("--save-preset", options.savePreset, "Save this choice under a name");
}

} // namespace

void addRepoCommand(CommandLine& line)
{
    auto options = std::make_shared<RepoOptions>();
    CLI::App* group = line.addCommand(line.root(), "repo", "A repository as one text, with the tokens of each file", {});
    CLI::App* packing = line.addCommand(*group, "pack", "Summary, tree and all files as one text",
                                        [&line, options] { return pack(line, *options); });
    addOptions(*packing, *options);
    packing->add_option("--out", options->out, "Write the text here, not to standard output");
    CLI::App* looking = line.addCommand(*group, "tree", "Tokens of every file and folder",
                                        [&line, options] { return tree(line, *options); });
    addOptions(*looking, *options);
    looking->add_flag("--all", options->all, "Also what is left out, and why");
}

} // namespace lectern
