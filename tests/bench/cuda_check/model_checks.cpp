#include "engine/model/model.h"
#include "resources/models/recall_model.h"
#include "tests/bench/cuda_check/model_runs.h"
#include "tests/support/random_architecture.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <random>

namespace lectern::check {

namespace {

using Rows = std::vector<std::vector<float>>;

constexpr double kBound = 5e-3;

int g_wrong = 0;

// Both sides read the same tokens in the same chunks.
class Reading {
public:
    Reading(std::shared_ptr<const Model> model, std::shared_ptr<CudaDevice> device, const std::string& plan,
            std::int64_t context, int chunkTokens)
        : m_model(std::move(model)), m_pool(0)
    {
        const auto parsed = parsePlan(plan, m_model->planShape(), {});
        const auto weights = CudaWeights::upload(std::move(device), m_model);
        if (!parsed || !weights) {
            m_error = parsed ? weights.error().message : parsed.error().message;
            return;
        }
        auto runner = CudaRunner::create(*weights, *parsed, context, chunkTokens);
        auto decoder = Decoder::create(m_model, m_pool, chunkTokens);
        auto cache = KvCache::create(*parsed, m_model->kvShape(), KvType::F16, context, chunkTokens);
        if (!runner || !decoder || !cache) {
            m_error = runner ? "the CPU's side could not be opened" : runner.error().message;
            return;
        }
        m_runner = std::move(*runner);
        m_decoder = std::move(*decoder);
        m_cache = std::move(*cache);
    }

    const std::string& error() const { return m_error; }
    CudaRunner& runner() { return *m_runner; }

    bool gpu(std::span<const std::int32_t> tokens, Rows* rows)
    {
        if (auto done = m_runner->step(tokens, CancelToken()); !done)
            return refuse(done);
        for (int i = 0; rows && i < int(tokens.size()); ++i) {
            rows->emplace_back(std::size_t(m_model->spec().vocabulary));
            if (auto done = m_runner->logits(i, rows->back().data()); !done)
                return refuse(done);
        }
        return true;
    }
    bool cpu(std::span<const std::int32_t> tokens, Rows* rows)
    {
        if (auto done = m_decoder->step(tokens, *m_cache, CancelToken(), nullptr); !done)
            return refuse(done);
        for (int i = 0; rows && i < int(tokens.size()); ++i) {
            rows->emplace_back(std::size_t(m_model->spec().vocabulary));
            m_decoder->logits(i, rows->back().data());
        }
        return true;
    }
    std::int32_t cpuGreedy(int index)
    {
        std::vector<float> row(std::size_t(m_model->spec().vocabulary));
        m_decoder->logits(index, row.data());
        return std::int32_t(std::max_element(row.begin(), row.end()) - row.begin());
    }

private:
    bool refuse(const Status& status)
    {
        m_error = status.error().message;
        return false;
    }

    std::shared_ptr<const Model> m_model;
    ThreadPool m_pool;
    std::unique_ptr<CudaRunner> m_runner;
    std::unique_ptr<Decoder> m_decoder;
    std::unique_ptr<KvCache> m_cache;
    std::string m_error;
};

void row(const std::string& what, const std::string& result, bool right)
{
    g_wrong += !right;
    std::printf("| %s | %s | %s |\n", what.c_str(), result.c_str(), right ? "ok" : "WRONG");
    std::fflush(stdout);
}

std::vector<std::int32_t> randomIds(int count, int vocabulary, unsigned seed)
{
    std::mt19937 random(seed);
    std::vector<std::int32_t> ids(std::size_t(count), 0);
    for (std::int32_t& id : ids)
        id = std::int32_t(random() % unsigned(vocabulary));
    return ids;
}

// The error of all rows together, and of the rows one by one.
std::string errorsOf(const Rows& got, const Rows& want, double& overall)
{
    std::vector<double> errors;
    double allDifference = 0, allNorm = 0;
    for (std::size_t r = 0; r < want.size(); ++r) {
        double difference = 0, norm = 0;
        for (std::size_t i = 0; i < want[r].size(); ++i) {
            difference += std::pow(double(got[r][i]) - want[r][i], 2);
            norm += double(want[r][i]) * want[r][i];
        }
        allDifference += difference;
        allNorm += norm;
        const double error = std::sqrt(difference / norm);
        errors.push_back(std::isfinite(error) ? error : INFINITY);
    }
    std::sort(errors.begin(), errors.end());
    overall = std::isfinite(errors.back()) ? std::sqrt(allDifference / allNorm) : INFINITY;
    char text[120];
    std::snprintf(text, sizeof text, "%.1e over all, median row %.1e, worst %.1e of %zu", overall,
                  errors[errors.size() / 2], errors.back(), errors.size());
    return text;
}

void compareLogits(const std::shared_ptr<CudaDevice>& device, const std::string& what,
                   const std::shared_ptr<const Model>& model, const std::string& plan)
{
    const std::vector<int> chunks{70, 1, 1, 128, 1, 30, 1, 1, 60, 7};
    Reading reading(model, device, plan, 300, 128);
    Rows got, want;
    const auto ids = randomIds(300, model->spec().vocabulary, 12);
    std::size_t at = 0;
    for (const int count : chunks) {
        const std::span<const std::int32_t> chunk(ids.data() + at, std::size_t(count));
        at += std::size_t(count);
        if (!reading.error().empty() || !reading.gpu(chunk, &got) || !reading.cpu(chunk, &want)) {
            row(what + ", " + plan, reading.error(), false);
            return;
        }
    }
    double overall = 0;
    const std::string errors = errorsOf(got, want, overall);
    row(what + ", " + plan, errors, overall <= kBound);
}

std::shared_ptr<const Model> opened(const test::RandomGguf& gguf, std::string& error)
{
    const std::string path = (std::filesystem::temp_directory_path() / "lectern_cuda_model.gguf").string();
    error = gguf.write(path);
    auto model = error.empty() ? Model::open(path) : Result<std::shared_ptr<const Model>>();
    if (!model)
        error = model.error().message;
    return error.empty() ? *model : nullptr;
}

void compareArchitectures(const std::shared_ptr<CudaDevice>& device)
{
    std::string error;
    for (const std::string& name : test::randomArchitectureNames()) {
        const auto model = opened(test::randomArchitecture(name, TensorType::F16, 1), error);
        if (!model)
            row(name, error, false);
        for (const char* plan : {"full", "window:sink=4,window=96"})
            if (model)
                compareLogits(device, name, model, plan);
    }
    for (const TensorType type : {TensorType::F32, TensorType::BF16, TensorType::Q8_0, TensorType::Q4_0,
                                  TensorType::Q4_K, TensorType::Q6_K, TensorType::Q5_K}) {
        test::RandomShape shape;
        shape.type = type;
        shape.layers = 6;
        const auto model = opened(test::RandomGguf(shape), error);
        const std::string name = "llama " + std::string(tensorTypeInfo(type)->name);
        if (!model)
            row(name, error, false);
        for (const char* plan : {"full", "longgen:full=2-3,sink=64,window=64",
                                 "longgen-block:stride=3,block=64,local=1,offset=0"})
            if (model)
                compareLogits(device, name, model, plan);
    }
}

// A greedy continuation of a text that repeats an earlier part: recall by construction, both sides token by
// token.
void compareGreedy(const std::shared_ptr<CudaDevice>& device, const std::string& what,
                   const std::string& path, const std::string& plan, int length)
{
    const auto model = Model::open(path);
    if (!model) {
        row(what, model.error().message, false);
        return;
    }
    constexpr int kRepeated = 24, kNew = 32, kChunk = 512;
    auto ids = randomIds(length, 12000, 5);
    for (std::int32_t& id : ids)
        id += 1000;
    const auto from = ids.begin() + length / 5;
    ids.insert(ids.end(), from, from + kRepeated);
    const std::vector<std::int32_t> expected(ids.begin() + length / 5 + kRepeated,
                                             ids.begin() + length / 5 + kRepeated + kNew);
    Reading reading(*model, device, plan, length + kRepeated + kNew + 1, kChunk);
    std::size_t last = 0;
    for (std::size_t at = 0; at < ids.size(); at += last) {
        last = std::min<std::size_t>(kChunk, ids.size() - at);
        const std::span<const std::int32_t> chunk(ids.data() + at, last);
        if (!reading.error().empty() || !reading.gpu(chunk, nullptr) || !reading.cpu(chunk, nullptr)) {
            row(what, reading.error(), false);
            return;
        }
    }
    int same = 0, recalled = 0;
    int index = int(last) - 1;
    for (int i = 0; i < kNew; ++i) {
        const auto chosen = reading.runner().greedy(index);
        const std::int32_t wanted = reading.cpuGreedy(index);
        same += chosen && *chosen == wanted;
        recalled += wanted == expected[std::size_t(i)];
        index = 0;
        if (!reading.gpu({&wanted, 1}, nullptr) || !reading.cpu({&wanted, 1}, nullptr))
            break;
    }
    row(what + ", " + plan + ", " + std::to_string(length) + " tokens",
        std::to_string(same) + " of 32 greedy tokens as on the CPU, " + std::to_string(recalled) +
            " recalled",
        same == kNew);
}

} // namespace

int recallAt(const std::shared_ptr<CudaDevice>& device, const std::string& miniModel, int tokens)
{
    constexpr int kRepeated = 24, kNew = 32;
    constexpr std::size_t kChunk = 2048;
    const std::string path = (std::filesystem::temp_directory_path() / "lectern_recall_long.gguf").string();
    const auto made = writeRecallModel(miniModel, path);
    const auto model = made ? Model::open(path) : Result<std::shared_ptr<const Model>>(tl::unexpected(made.error()));
    const auto weights = model ? CudaWeights::upload(device, *model)
                               : Result<std::shared_ptr<const CudaWeights>>(tl::unexpected(model.error()));
    if (!weights) {
        row("recall", weights.error().message, false);
        return 1;
    }
    for (const char* plan : {"full", "longgen"}) {
        auto ids = randomIds(tokens - kRepeated - kNew, 12000, 5);
        for (std::int32_t& id : ids)
            id += 1000;
        const auto from = std::ptrdiff_t(ids.size() / 5);
        std::vector<std::int32_t> text = ids;
        text.insert(text.end(), ids.begin() + from, ids.begin() + from + kRepeated);
        auto runner = CudaRunner::create(*weights, parsePlan(plan, (*model)->planShape(), {}).value(), tokens, int(kChunk));
        Status done = runner ? Status() : Status(tl::unexpected(runner.error()));
        std::size_t last = 0;
        for (std::size_t at = 0; done && at < text.size(); at += last) {
            last = std::min(kChunk, text.size() - at);
            done = (*runner)->step(std::span(text).subspan(at, last), CancelToken());
        }
        int recalled = 0, index = int(last) - 1;
        for (int i = 0; done && i < kNew; ++i, index = 0) {
            const auto chosen = (*runner)->greedy(index);
            if (!chosen)
                break;
            recalled += *chosen == ids[std::size_t(from + kRepeated + i)];
            done = (*runner)->step({&*chosen, 1}, CancelToken());
        }
        row("recall, " + std::string(plan) + ", " + std::to_string(tokens) + " tokens",
            done ? std::to_string(recalled) + " of 32 recalled" : done.error().message, recalled == kNew);
    }
    return g_wrong ? 1 : 0;
}

int checkModels(const std::shared_ptr<CudaDevice>& device, const std::string& miniModel)
{
    compareArchitectures(device);
    const std::string recall = (std::filesystem::temp_directory_path() / "lectern_recall.gguf").string();
    compareGreedy(device, "lectern-mini", miniModel, "longgen:full=4-7,sink=64,window=1024", 4000);
    if (auto made = writeRecallModel(miniModel, recall); !made) {
        row("recall model", made.error().message, false);
    } else {
        compareGreedy(device, "recall", recall, "full", 2000);
        compareGreedy(device, "recall", recall, "longgen", 6000);
    }
    std::printf("%d wrong\n", g_wrong);
    return g_wrong ? 1 : 0;
}

} // namespace lectern::check
