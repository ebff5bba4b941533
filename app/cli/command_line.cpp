#include "app/cli/command_line.h"

#include "app/cli/commands.h"
#include "engine/attention/layer_plan.h"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <unistd.h>

namespace lectern {

namespace {

// Set once before the handler is installed; the handler only reads it and stores a flag.
const CancelToken* g_interrupted = nullptr;

void onInterrupt(int) { g_interrupted->cancel(); }

std::string homeFolder(const char* variable, const char* fallback)
{
    if (const char* folder = std::getenv(variable); folder && *folder)
        return folder;
    const char* home = std::getenv("HOME");
    return std::string(home && *home ? home : ".") + fallback;
}

} // namespace

int exitCode(ErrorCode code)
{
    switch (code) {
    case ErrorCode::Usage: return 2;
    case ErrorCode::BadInput:
    case ErrorCode::Unsupported:
    case ErrorCode::TooLong:
    case ErrorCode::NotFound: return 3;
    case ErrorCode::OutOfMemory:
    case ErrorCode::Disk: return 4;
    case ErrorCode::Device:
    case ErrorCode::Internal: return 5;
    case ErrorCode::Cancelled: return 130;
    }
    return 5;
}

CommandLine::CommandLine() : m_root("Lectern reads long documents whole, on your own machine.", "lectern-cli")
{
    m_root.require_subcommand(1);
    m_root.fallthrough(); // common options may stand behind the command too
    m_root.set_version_flag("--version", LECTERN_VERSION);
    m_root.add_option("--data-dir", m_dataDir, "Folder of the session store");
    m_root.add_option("--cache-dir", m_cacheDir, "Folder of re-creatable files");
    m_root.add_option("--log-level", m_logLevel, "trace, debug, info, warning, error or off");
    m_root.add_flag("--json", m_json, "Print the result as one JSON document");
    for (const auto& add : commands())
        add(*this);
}

CLI::App* CommandLine::addCommand(CLI::App& parent, const std::string& name, const std::string& summary,
                                  std::function<Status()> action)
{
    CLI::App* command = parent.add_subcommand(name, summary);
    command->fallthrough();
    if (action)
        command->final_callback([this, action = std::move(action)] { m_action = action; });
    else
        command->require_subcommand(1);
    return command;
}

void CommandLine::addKvTypeOption(CLI::App& command)
{
    command.add_option("--kv-type", m_engine.kvType,
                       "Type of cached keys and values: auto, f16, q8_0, q4_0 or f32; or full=TYPE,window=TYPE");
}

void CommandLine::addPositionsOption(CLI::App& command)
{
    command.add_option("--positions", m_engine.positions,
                       "How positions count: auto, model, linear:F, ntk:F, dynamic, yarn:F, e2[:G], dca[:chunk=..,local=..]");
}

void CommandLine::addEngineOptions(CLI::App& command)
{
    command.add_option("--device", m_engine.device, "auto, cpu, cuda or cuda:N");
    command.add_option("--threads", m_engine.threads, "Threads to compute with; 0: all this process may use")
        ->check(CLI::Range(0, 1024));
    command.add_option("--plan", m_engine.plan, "Attention plan: " + planNames() + " with options after a colon, or FILE.json");
    addPositionsOption(command);
    addKvTypeOption(command);
    addAdapterOption(command);
    command.add_option("--context", m_engine.context, "Tokens to make room for; 0: as many as needed")
        ->check(CLI::Range(std::int64_t{0}, std::int64_t{1} << 30));
}

void CommandLine::addAdapterOption(CLI::App& command)
{
    const auto take = [this](const std::vector<std::string>& texts) {
        m_engine.adapters.clear();
        for (const std::string& text : texts) {
            const auto choice = parseAdapterChoice(text);
            if (!choice)
                throw CLI::ValidationError("--adapter", choice.error().message); // ends in run()
            m_engine.adapters.push_back(*choice);
        }
    };
    command.add_option_function<std::vector<std::string>>("--adapter", take,
                                                          "LoRA adapter as PATH or PATH:SCALE; may be repeated")
        ->allow_extra_args(false);
}

void CommandLine::addGenerationOptions(CLI::App& command)
{
    command.add_option("--max-tokens", m_generation.maxTokens, "Longest answer in tokens")->check(CLI::Range(1, 1 << 20));
    command.add_option("--temperature", m_generation.temperature, "0: always the most likely token")
        ->check(CLI::Range(0.0, 100.0));
    command.add_option("--top-k", m_generation.topK)->check(CLI::Range(0, 1 << 20));
    command.add_option("--top-p", m_generation.topP)->check(CLI::Range(0.0, 1.0));
    command.add_option("--min-p", m_generation.minP)->check(CLI::Range(0.0, 1.0));
    command.add_option("--repetition-penalty", m_generation.repetitionPenalty)->check(CLI::Range(0.1, 10.0));
    command.add_option("--seed", m_generation.seed);
}

int CommandLine::run(int argc, char** argv)
{
    try { // CLI11 reports through exceptions; they end here
        m_root.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return m_root.exit(error) == 0 ? 0 : exitCode(ErrorCode::Usage);
    }
    g_interrupted = &m_cancel;
    std::signal(SIGINT, onInterrupt);
    std::signal(SIGTERM, onInterrupt);
    // stdout carries only the result.
    spdlog::set_default_logger(spdlog::stderr_logger_mt("lectern-cli"));
    spdlog::set_level(spdlog::level::from_str(m_logLevel));
    const Status done = m_action ? m_action() : Status();
    endProgress();
    return done ? 0 : report(done.error());
}

int CommandLine::report(const Error& error) const
{
    std::string line = error.message + (error.hint.empty() ? "" : " " + error.hint);
    for (char& c : line)
        if (static_cast<unsigned char>(c) < 0x20)
            c = ' ';
    std::fprintf(stderr, "lectern-cli: %s\n", line.c_str());
    if (m_json)
        std::printf("%s\n", dumpJson(toJson(error), false).c_str());
    return exitCode(error.code);
}

std::string CommandLine::dataDir() const
{
    return m_dataDir.empty() ? homeFolder("XDG_DATA_HOME", "/.local/share") + "/lectern" : m_dataDir;
}

std::string CommandLine::cacheDir() const
{
    return m_cacheDir.empty() ? homeFolder("XDG_CACHE_HOME", "/.cache") + "/lectern" : m_cacheDir;
}

Result<std::shared_ptr<SharedStore>> CommandLine::store()
{
    if (m_store)
        return m_store;
    auto opened = SessionStore::open(dataDir() + "/lectern.sqlite");
    if (!opened)
        return failed(opened);
    m_store = std::make_shared<SharedStore>(std::move(*opened));
    return m_store;
}

void CommandLine::print(const Json& json, const std::string& text) const
{
    endProgress();
    std::string out = m_json ? dumpJson(json, true) : text;
    if (out.empty() || out.back() != '\n')
        out += '\n';
    std::fwrite(out.data(), 1, out.size(), stdout);
}

void CommandLine::progress(const std::string& text) const
{
    if (::isatty(STDERR_FILENO))
        std::fprintf(stderr, "\r\033[K%s", text.c_str());
}

void CommandLine::endProgress() const
{
    if (::isatty(STDERR_FILENO))
        std::fprintf(stderr, "\r\033[K");
}

void CommandLine::note(const std::string& text) const { std::fprintf(stderr, "lectern-cli: %s\n", text.c_str()); }

Result<std::string> readText(const std::string& path)
{
    std::FILE* file = path == "-" ? stdin : std::fopen(path.c_str(), "rbe");
    if (!file)
        return fail(ErrorCode::NotFound, "Cannot open " + path + ".", "Check the path.");
    std::string text;
    char buffer[1 << 16];
    for (std::size_t got = 0; (got = std::fread(buffer, 1, sizeof buffer, file)) > 0;)
        text.append(buffer, got);
    const bool broken = std::ferror(file) != 0;
    if (file != stdin)
        std::fclose(file);
    if (broken)
        return fail(ErrorCode::Disk, "Cannot read " + path + ".", "Check the disk and the permissions.");
    return text;
}

Status writeFile(const std::string& path, const std::string& bytes)
{
    std::FILE* file = std::fopen(path.c_str(), "wbe");
    const bool written = file && std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size();
    const bool closed = file && std::fclose(file) == 0;
    if (!written || !closed)
        return fail(ErrorCode::Disk, "Cannot write " + path + ".", "Check the path, the permissions and the free space.");
    return {};
}

std::string humanBytes(std::uint64_t bytes)
{
    const char* units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
    double value = static_cast<double>(bytes);
    int unit = 0;
    for (; value >= 1024 && unit < 4; ++unit)
        value /= 1024;
    char text[32];
    std::snprintf(text, sizeof text, unit == 0 ? "%.0f %s" : "%.1f %s", value, units[unit]);
    return text;
}

} // namespace lectern
