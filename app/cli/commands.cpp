#include "app/cli/commands.h"

#include <array>

namespace lectern {

namespace {
constexpr std::array<AddCommand, 11> kCommands{
    addAskCommand,      addIngestCommand, addSessionsCommand, addGenerateCommand,   addModelCommand, addTokenizeCommand,
    addLogitsCommand,   addPlanCommand,   addEstimateCommand, addPerplexityCommand, addBenchCommand,
};
} // namespace

std::span<const AddCommand> commands() { return kCommands; }

} // namespace lectern
