#include "app/cli/commands.h"

namespace lectern {

namespace {
constexpr AddCommand kCommands[] = {
    addAskCommand,
    addIngestCommand,
    addRepoCommand,
    addSessionsCommand,
    addGenerateCommand,
    addModelCommand,
    addTokenizeCommand,
    addLogitsCommand,
    addPlanCommand,
    addEstimateCommand,
    addPerplexityCommand,
    addBenchCommand,
    addCompareCommand,
    addNeedleCommand,
};
} // namespace

std::span<const AddCommand> commands() { return kCommands; }

} // namespace lectern
