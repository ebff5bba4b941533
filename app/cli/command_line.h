// What all commands of lectern-cli share: options, output, exit codes, progress and Ctrl-C.
// stdout carries only the result; progress and messages go to stderr.
#pragma once

#include "app/session/shared_store.h"
#include "app/worker/json.h"
#include "app/worker/values.h"
#include "engine/base/cancel.h"
#include "engine/base/result.h"

#include <CLI/App.hpp>

#include <functional>
#include <memory>
#include <string>

namespace lectern {

// Exit codes other programs rely on: 0 done, 2 usage, 3 bad input, 4 memory or disk, 5 device, 130 cancelled.
int exitCode(ErrorCode code);

class CommandLine {
public:
    CommandLine();

    // Parses and runs; returns the exit code.
    int run(int argc, char** argv);

    // For commands: a subcommand whose `action` runs when it is chosen. Options are bound by the caller.
    CLI::App* addCommand(CLI::App& parent, const std::string& name, const std::string& summary,
                         std::function<Status()> action);
    CLI::App& root() { return m_root; }

    // Adds --device, --threads, --plan, --kv-type, --context, --adapter.
    void addEngineOptions(CLI::App& command);
    void addKvTypeOption(CLI::App& command);
    void addPositionsOption(CLI::App& command);
    void addAdapterOption(CLI::App& command);
    // Adds --max-tokens, --temperature, --top-k, --top-p, --min-p, --repetition-penalty, --seed.
    void addGenerationOptions(CLI::App& command);

    const EngineSettings& engine() const { return m_engine; }
    const GenerationSettings& generation() const { return m_generation; }
    const CancelToken& cancel() const { return m_cancel; }
    bool json() const { return m_json; }
    // Folder of what can be made again.
    std::string cacheDir() const;
    // The session store in the data folder. Opened at first use.
    Result<std::shared_ptr<SharedStore>> store();

    // The result: the JSON with --json, else the text.
    void print(const Json& json, const std::string& text) const;
    // A line that is redrawn on a terminal; nothing elsewhere.
    void progress(const std::string& text) const;
    void endProgress() const;
    // One line on stderr.
    void note(const std::string& text) const;

private:
    std::string dataDir() const;
    int report(const Error& error) const;

    CLI::App m_root;
    EngineSettings m_engine;
    GenerationSettings m_generation;
    CancelToken m_cancel;
    std::shared_ptr<SharedStore> m_store;
    std::string m_dataDir, m_cacheDir, m_logLevel = "warning";
    bool m_json = false;
    std::function<Status()> m_action;
};

// Reads a whole file, or standard input for "-". NotFound or Disk.
Result<std::string> readText(const std::string& path);
Status writeFile(const std::string& path, const std::string& bytes);
// "1.5 GiB"
std::string humanBytes(std::uint64_t bytes);

} // namespace lectern
