// Times whole sessions: prefill and decode for contexts x plans, on a GGUF file or on random weights of a shape.
// Prints one JSON document; see --help for the options.
#include "engine/run/engine_session.h"
#include "tests/bench/bench_shapes.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <iostream>
#include <nlohmann/json.hpp>
#include <numeric>

using namespace lectern;
using Clock = std::chrono::steady_clock;

namespace {

struct Options {
    std::string model, shape = "44m", type = "F16", kvType = "f16";
    std::vector<std::int64_t> contexts{512};
    std::vector<std::string> plans{"full"};
    int threads = 0, decode = 32, repeat = 1, chunk = 512;
};

Result<std::shared_ptr<const Model>> openModel(const Options& options)
{
    if (!options.model.empty())
        return Model::open(options.model);
    const auto type = tensorTypeByName(options.type);
    const DecoderSpec spec = benchShape(options.shape);
    if (!type || spec.layers == 0)
        return fail(ErrorCode::Usage, "No such shape or type.");
    return Model::random(spec, *type, 1);
}

double milliseconds(Clock::time_point since)
{
    return std::chrono::duration<double, std::milli>(Clock::now() - since).count();
}

double median(std::vector<double> values)
{
    std::ranges::sort(values);
    return values[values.size() / 2];
}

struct Run {
    double prefillMs = 0;
    std::vector<double> tokenMs;
    KvUsage kv;
};

Result<Run> runOnce(const std::shared_ptr<const Model>& model, const std::shared_ptr<ThreadPool>& pool,
                    const Options& options, const std::string& plan, std::int64_t context)
{
    SessionSettings settings;
    settings.plan = plan;
    settings.kvType = options.kvType;
    settings.context = context + options.decode;
    settings.chunkTokens = options.chunk;
    auto session = EngineSession::open(model, "full", pool, settings);
    if (!session)
        return failed(session);
    std::vector<TokenId> tokens;
    for (std::int64_t i = 0; i < context; ++i)
        tokens.push_back(static_cast<TokenId>((i * 7919 + 13) % model->spec().vocabulary));
    // Another text first, as llama-bench does: memory that is touched for the first time is not what is measured.
    const std::vector<TokenId> warmUp(std::min<std::size_t>(tokens.size(), std::size_t(options.chunk)), 1);
    if (auto read = (*session)->read(warmUp, {}, {}); !read)
        return failed(read);
    Run run;
    auto start = Clock::now();
    if (auto read = (*session)->read(tokens, {}, {}); !read)
        return failed(read);
    run.prefillMs = milliseconds(start);
    for (int i = 0; i < options.decode; ++i) {
        start = Clock::now();
        if (auto done = (*session)->append(static_cast<TokenId>(i), {}); !done)
            return failed(done);
        run.tokenMs.push_back(milliseconds(start));
    }
    run.kv = (*session)->kvUsage();
    return run;
}

Result<nlohmann::json> measure(const std::shared_ptr<const Model>& model, const std::shared_ptr<ThreadPool>& pool,
                               const Options& options, const std::string& plan, std::int64_t context)
{
    std::vector<double> prefill, decode;
    KvUsage kv;
    for (int i = 0; i < options.repeat; ++i) {
        auto run = runOnce(model, pool, options, plan, context);
        if (!run)
            return failed(run);
        prefill.push_back(run->prefillMs);
        if (!run->tokenMs.empty())
            decode.push_back(std::accumulate(run->tokenMs.begin(), run->tokenMs.end(), 0.0) / double(run->tokenMs.size()));
        kv = run->kv;
    }
    nlohmann::json row{{"plan", plan},
                       {"context", context},
                       {"prefill_ms", median(prefill)},
                       {"prefill_tokens_per_second", 1000.0 * double(context) / median(prefill)},
                       {"kv_bytes", kv.bytes},
                       {"full_attention_kv_bytes", kv.fullAttentionBytes}};
    if (!decode.empty()) {
        row["decode_ms_per_token"] = median(decode);
        row["decode_tokens_per_second"] = 1000.0 / median(decode);
    }
    return row;
}

Status runAll(const Options& options)
{
    const auto model = openModel(options);
    if (!model)
        return failed(model);
    const auto pool = std::make_shared<ThreadPool>(options.threads);
    nlohmann::json rows = nlohmann::json::array();
    for (const std::int64_t context : options.contexts) {
        for (const std::string& plan : options.plans) {
            auto row = measure(*model, pool, options, plan, context);
            if (!row)
                return failed(row);
            rows.push_back(std::move(*row));
        }
    }
    std::cout << nlohmann::json{{"weights_bytes", (*model)->weights().bytes},
                                {"parameters", (*model)->weights().parameters},
                                {"threads", pool->threads()},
                                {"kv_type", options.kvType},
                                {"rows", rows}}
                     .dump(1)
              << "\n";
    return {};
}

} // namespace

int main(int argc, char** argv)
{
    Options options;
    CLI::App app("Times prefill and decode of whole sessions.");
    app.add_option("--model", options.model, "a GGUF file; without it, random weights");
    app.add_option("--shape", options.shape, "44m or 1.1b");
    app.add_option("--type", options.type, "of random weights");
    app.add_option("--kv-type", options.kvType);
    app.add_option("--contexts", options.contexts)->delimiter(',');
    app.add_option("--plans", options.plans)->delimiter(';');
    app.add_option("--threads", options.threads);
    app.add_option("--decode", options.decode, "tokens to generate");
    app.add_option("--repeat", options.repeat);
    app.add_option("--chunk", options.chunk, "tokens of a prefill step");
    CLI11_PARSE(app, argc, argv);
    const Status done = runAll(options);
    if (!done)
        std::cerr << done.error().message << "\n";
    return done ? 0 : 1;
}
