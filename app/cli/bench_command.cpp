// lectern-cli bench [MODEL | --shape NAME --weights TYPE] [--contexts ...] [--plans ...] [--decode 64] [--repeat 3]
// All plans are measured in one run, in turn, so that a machine whose speed drifts treats them alike; medians and spread.
#include "app/cli/commands.h"
#include "app/cli/model_session.h"
#include "app/worker/session_settings.h"
#include "engine/model/model_shapes.h"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <random>

namespace lectern {

namespace {

struct BenchOptions {
    std::string model, shape, weights = "f16", plans = "full,longgen";
    std::vector<std::int64_t> contexts{4096, 32768};
    int decode = 64, repeat = 3;
};

struct Row {
    std::string plan;
    std::int64_t context = 0;
    std::vector<double> prefillMs, decodeMs; // decode: per token
    std::vector<double> prefillCpuMs, decodeCpuMs;
    std::uint64_t kvBytes = 0, fullBytes = 0;
};

// Of all threads of the program: on a machine that others use too, fairer than the clock.
double processorMs()
{
    timespec time{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return 1e3 * double(time.tv_sec) + 1e-6 * double(time.tv_nsec);
}

double median(std::vector<double> values)
{
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

Json spread(const std::vector<double>& values)
{
    return {*std::min_element(values.begin(), values.end()), *std::max_element(values.begin(), values.end())};
}

Status measure(CommandLine& line, const std::shared_ptr<const Model>& model, const std::string& modelPlan,
               const std::shared_ptr<ThreadPool>& pool, int decode, Row& row)
{
    SessionSettings settings = sessionSettings(line.engine(), row.context + decode);
    settings.plan = row.plan;
    auto session = EngineSession::open(model, modelPlan, pool, settings);
    if (!session)
        return failed(session);
    std::mt19937 random(1);
    std::vector<TokenId> tokens(static_cast<std::size_t>(row.context));
    for (TokenId& token : tokens)
        token = static_cast<TokenId>(random() % static_cast<unsigned>(model->spec().vocabulary));
    using Clock = std::chrono::steady_clock;
    const auto start = Clock::now();
    const double cpuStart = processorMs();
    if (auto read = (*session)->read(tokens, showProgress(line), line.cancel()); !read)
        return failed(read);
    const auto middle = Clock::now();
    const double cpuMiddle = processorMs();
    for (int i = 0; i < decode; ++i)
        if (auto appended = (*session)->append(tokens[static_cast<std::size_t>(i) % tokens.size()], line.cancel()); !appended)
            return appended;
    const auto end = Clock::now();
    row.prefillMs.push_back(std::chrono::duration<double, std::milli>(middle - start).count());
    row.decodeMs.push_back(std::chrono::duration<double, std::milli>(end - middle).count() / std::max(1, decode));
    row.prefillCpuMs.push_back(cpuMiddle - cpuStart);
    row.decodeCpuMs.push_back((processorMs() - cpuMiddle) / std::max(1, decode));
    const KvUsage usage = (*session)->kvUsage();
    row.kvBytes = usage.bytes;
    row.fullBytes = usage.fullAttentionBytes;
    return {};
}

Json rowJson(const Row& row, const std::string& device)
{
    const double prefill = median(row.prefillMs);
    return {{"plan", row.plan},
            {"context", row.context},
            {"prefill_ms", prefill},
            {"prefill_ms_spread", spread(row.prefillMs)},
            {"prefill_tokens_per_second", 1000.0 * double(row.context) / prefill},
            {"decode_ms_per_token", median(row.decodeMs)},
            {"decode_ms_spread", spread(row.decodeMs)},
            {"prefill_cpu_ms", median(row.prefillCpuMs)},
            {"decode_cpu_ms_per_token", median(row.decodeCpuMs)},
            {"kv_bytes", row.kvBytes},
            {"full_attention_kv_bytes", row.fullBytes},
            {"device", device}};
}

std::string rowText(const Json& row)
{
    char text[200];
    std::snprintf(text, sizeof text, "%-28s %8lld  prefill %9.1f ms %8.1f t/s  decode %8.3f ms/token  KV %s of %s\n",
                  row["plan"].get<std::string>().c_str(), static_cast<long long>(row["context"].get<std::int64_t>()),
                  row["prefill_ms"].get<double>(), row["prefill_tokens_per_second"].get<double>(),
                  row["decode_ms_per_token"].get<double>(), humanBytes(row["kv_bytes"].get<std::uint64_t>()).c_str(),
                  humanBytes(row["full_attention_kv_bytes"].get<std::uint64_t>()).c_str());
    return text;
}

Status bench(CommandLine& line, const BenchOptions& options)
{
    std::shared_ptr<const Model> model;
    std::string modelPlan;
    if (!options.shape.empty()) {
        auto random = randomModelOfShape(options.shape, options.weights);
        if (!random)
            return failed(random);
        model = *random;
    } else {
        const auto loaded = openModel(line, options.model);
        if (!loaded)
            return failed(loaded);
        model = (*loaded)->model();
        modelPlan = (*loaded)->plan();
    }
    const auto pool = std::make_shared<ThreadPool>(line.engine().threads);
    std::vector<Row> rows;
    for (const std::int64_t context : options.contexts)
        for (const std::string& plan : splitPlans(options.plans))
            rows.push_back({plan, context, {}, {}, {}, {}, 0, 0});
    for (int repeat = 0; repeat < options.repeat; ++repeat)
        for (Row& row : rows)
            if (auto measured = measure(line, model, modelPlan, pool, options.decode, row); !measured)
                return measured;
    const std::string device = "CPU, " + std::to_string(pool->threads()) + " threads";
    Json list = Json::array();
    std::string text;
    for (const Row& row : rows) {
        list.push_back(rowJson(row, device));
        text += rowText(list.back());
    }
    line.print({{"rows", list}, {"repeat", options.repeat}, {"decode_tokens", options.decode}}, text);
    return {};
}

} // namespace

void addBenchCommand(CommandLine& line)
{
    auto options = std::make_shared<BenchOptions>();
    CLI::App* command = line.addCommand(line.root(), "bench", "Measure prefill and decode",
                                        [&line, options] { return bench(line, *options); });
    auto* model = command->add_option("model", options->model, "A GGUF file, a Hugging Face folder, mini or recall");
    command->add_option("--shape", options->shape, "Random weights of a shape: " + modelShapeNames())->excludes(model);
    command->add_option("--weights", options->weights, "Their type: f16, q8_0, q4_k, ...");
    command->add_option("--contexts", options->contexts, "Prompt lengths")->delimiter(',')->check(CLI::Range(1, 1 << 24));
    command->add_option("--plans", options->plans, "Plans, parted by commas, or by ; where they have options");
    command->add_option("--decode", options->decode, "Tokens decoded after each prompt")->check(CLI::Range(0, 1 << 20));
    command->add_option("--repeat", options->repeat, "Rounds")->check(CLI::Range(1, 1000));
    line.addEngineOptions(*command);
}

} // namespace lectern
