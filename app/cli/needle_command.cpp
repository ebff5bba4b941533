// lectern-cli needle MODEL --contexts ... --depths ... --plans ... [--trials N] [--kind passkey|words] [--png F]
#include "app/cli/commands.h"
#include "app/cli/model_session.h"
#include "app/cli/needle_picture.h"
#include "app/worker/experiment_json.h"
#include "app/worker/needle_grid.h"
#include "app/worker/session_settings.h"

#include <map>

namespace lectern {

namespace {

struct NeedleOptions {
    std::string model, haystack, png, plans = "full,longgen";
    std::string depths = "0,0.11,0.22,0.33,0.44,0.56,0.67,0.78,0.89,1";
    NeedleSettings settings;
};

Result<std::vector<double>> parseDepths(const std::string& text)
{
    std::vector<double> depths;
    for (const std::string& part : CLI::detail::split(text, ',')) {
        char* end = nullptr;
        const double depth = std::strtod(part.c_str(), &end);
        if (part.empty() || *end != '\0' || !(depth >= 0 && depth <= 1))
            return fail(ErrorCode::Usage, "\"" + part + "\" is no depth: a depth is a number from 0 to 1.",
                        "Write --depths 0,0.5,1.");
        depths.push_back(depth);
    }
    return depths;
}

std::string gridText(const std::vector<NeedleCell>& cells)
{
    std::string text;
    const NeedleCell* row = nullptr;
    for (const NeedleCell& cell : cells) {
        char part[80];
        if (!row || row->plan != cell.plan || row->context != cell.context) {
            std::snprintf(part, sizeof part, "%s%-28s %8lld ", text.empty() ? "" : "\n", cell.plan.c_str(),
                          static_cast<long long>(cell.context));
            text += part;
            row = &cell;
        }
        std::snprintf(part, sizeof part, " %3.0f", 100.0 * cell.passed / std::max(1, cell.trials));
        text += part;
    }
    return text + "\n";
}

Status needle(CommandLine& line, NeedleOptions& options)
{
    auto depths = parseDepths(options.depths);
    if (!depths)
        return failed(depths);
    if (const Status usable = checkDevice(line.engine()); !usable)
        return usable;
    NeedleSettings& settings = options.settings;
    settings.depths = std::move(*depths);
    settings.plans = splitPlans(options.plans);
    settings.engine = line.engine();
    if (!options.haystack.empty()) {
        auto text = readText(options.haystack);
        if (!text)
            return failed(text);
        settings.haystack = std::move(*text);
    }
    const auto model = openModel(line, options.model);
    if (!model)
        return failed(model);
    const std::size_t total = settings.plans.size() * settings.contexts.size() * settings.depths.size();
    std::size_t done = 0;
    NeedleListener listener;
    listener.finished = [&](const NeedleCell& cell) {
        line.progress("Cell " + std::to_string(++done) + " of " + std::to_string(total) + ": " + cell.plan + ", " +
                      std::to_string(cell.context) + " tokens, " + std::to_string(cell.passed) + " of " +
                      std::to_string(cell.trials));
    };
    const auto cells = runNeedleGrid(**model, std::make_shared<ThreadPool>(line.engine().threads), settings, listener,
                                     line.cancel());
    line.endProgress();
    if (!cells)
        return failed(cells);
    if (!options.png.empty())
        if (const Status written = writeNeedlePicture(options.png, (*model)->name(), *cells); !written)
            return written;
    Json list = Json::array();
    for (const NeedleCell& cell : *cells)
        list.push_back(toJson(cell));
    line.print({{"model", (*model)->name()}, {"cells", std::move(list)}}, gridText(*cells));
    return {};
}

} // namespace

void addNeedleCommand(CommandLine& line)
{
    auto options = std::make_shared<NeedleOptions>();
    NeedleSettings& settings = options->settings;
    settings.contexts = {4096, 16384, 32768};
    CLI::App* command = line.addCommand(line.root(), "needle", "Is a fact found again at every depth and length?",
                                        [&line, options] { return needle(line, *options); });
    command->add_option("model", options->model, "A model file, mini or recall")->required();
    command->add_option("--contexts", settings.contexts, "Prompt lengths in tokens")
        ->delimiter(',')->check(CLI::Range(64, 1 << 24));
    command->add_option("--depths", options->depths, "Where the needle lies: 0 = the beginning, 1 = the end");
    command->add_option("--plans", options->plans, "Plans, parted by commas, or by ; where they have options");
    command->add_option("--trials", settings.trials, "Needles tried in each cell")->check(CLI::Range(1, 10000));
    const std::map<std::string, NeedleKind> kinds{{"passkey", NeedleKind::Passkey}, {"words", NeedleKind::Words}};
    command->add_option("--kind", settings.kind, "passkey: a number; words: code words, one of several needles")
        ->transform(CLI::CheckedTransformer(kinds));
    command->add_option("--needles", settings.needles, "Needles in a text (words)")->check(CLI::Range(1, 1000));
    command->add_option("--words", settings.words, "Words of a needle (words)")->check(CLI::Range(1, 1000));
    command->add_flag("--one-text", settings.oneText,
                      "Words: hide the needles of all depths in one text, read once a plan and length");
    command->add_option("--haystack", options->haystack, "A text to hide in; default: five plain sentences, repeated");
    command->add_option("--seed", settings.seed, "Another seed, other needles");
    command->add_option("--png", options->png, "Draw the grid into this file");
    line.addEngineOptions(*command);
}

} // namespace lectern
