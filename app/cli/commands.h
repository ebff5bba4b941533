// The list of commands. To add one: a file app/cli/<name>_command.cpp with an add function, and a row in commands.cpp.
#pragma once

#include <CLI/App.hpp>

#include <span>

namespace lectern {

class CommandLine;

using AddCommand = void (*)(CommandLine&);
std::span<const AddCommand> commands();

void addModelCommand(CommandLine& line);
void addModelFileCommands(CommandLine& line, CLI::App& group); // model convert, quantize, merge
void addTokenizeCommand(CommandLine& line);
void addLogitsCommand(CommandLine& line);
void addGenerateCommand(CommandLine& line);
void addAskCommand(CommandLine& line);
void addIngestCommand(CommandLine& line);
void addRepoCommand(CommandLine& line);
void addSessionsCommand(CommandLine& line);
void addPlanCommand(CommandLine& line);
void addEstimateCommand(CommandLine& line);
void addPerplexityCommand(CommandLine& line);
void addBenchCommand(CommandLine& line);
void addCompareCommand(CommandLine& line);
void addNeedleCommand(CommandLine& line);

} // namespace lectern
