// lectern-cli sessions export | import | rename | duplicate | pin | unpin | trash
#pragma once

#include "app/cli/command_line.h"

namespace lectern {

void addSessionTransferCommands(CommandLine& line, CLI::App& group);

} // namespace lectern
