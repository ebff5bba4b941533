#include "app/worker/self_test.h"

#include "app/worker/model_facts.h"
#include "engine/base/aligned_buffer.h"
#include "engine/kv/kv_cache.h"
#include "engine/model/model.h"
#include "engine/run/engine_session.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <thread>

namespace lectern {

namespace {

constexpr int kTokens = 640;
constexpr double kClose = 2e-2; // of logits of about 1: chunks differ by the rounding of f16 keys

DecoderSpec smallSpec()
{
    DecoderSpec spec;
    spec.architecture = "llama";
    spec.layers = 6;
    spec.heads = 4;
    spec.kvHeads = 2;
    spec.headDim = 32;
    spec.embedding = 128;
    spec.feedForward = 256;
    spec.vocabulary = 512;
    spec.contextLength = 4096;
    spec.attentionScale = 1.0f / std::sqrt(32.0f);
    spec.rope.dimensions = 32;
    return spec;
}

std::string number(double value)
{
    char text[40];
    std::snprintf(text, sizeof text, "%.3g", value);
    return text;
}

// Logits after the same text under a plan, read in chunks of a size.
Result<std::vector<float>> logitsAfter(const std::shared_ptr<const Model>& model, const std::string& plan,
                                       int chunk, const CancelToken& cancel)
{
    SessionSettings settings;
    settings.plan = plan;
    settings.context = kTokens + 8;
    settings.chunkTokens = chunk;
    auto session = EngineSession::open(model, "", std::make_shared<ThreadPool>(0), settings);
    if (!session)
        return failed(session);
    std::vector<TokenId> tokens;
    for (int i = 0; i < kTokens; ++i)
        tokens.push_back(static_cast<TokenId>((i * 7919 + i / 3) % 512));
    if (auto read = (*session)->read(tokens, {}, cancel); !read)
        return failed(read);
    const auto logits = (*session)->logits();
    return std::vector<float>(logits.begin(), logits.end());
}

SelfCheck sameLogits(const std::string& name, const std::shared_ptr<const Model>& model,
                     const std::string& planA, int chunkA, const std::string& planB, int chunkB,
                     const CancelToken& cancel)
{
    const auto a = logitsAfter(model, planA, chunkA, cancel);
    const auto b = logitsAfter(model, planB, chunkB, cancel);
    if (!a || !b)
        return {name, false, (a ? b : a).error().message};
    double most = 0;
    for (std::size_t i = 0; i < a->size(); ++i)
        most = std::max(most, double(std::fabs((*a)[i] - (*b)[i])));
    return {name, std::isfinite(most) && most < kClose, "largest difference " + number(most)};
}

// What the cache says it allocated is what the plan was priced at.
SelfCheck cacheAddsUp(const std::shared_ptr<const Model>& model)
{
    SelfCheck check{"KV memory is what the plan promises", true, {}};
    for (const char* text : {"full", "longgen:sink=64,window=256", "window:sink=4,window=128",
                             "longgen-block:stride=4,block=64,local=2"}) {
        const auto plan = parsePlan(text, model->planShape(), "");
        if (!plan)
            return {check.name, false, plan.error().message};
        auto cache = KvCache::create(*plan, model->kvShape(), *kvTypesByName("f16"), kTokens, 64);
        if (!cache)
            return {check.name, false, cache.error().message};
        const std::uint64_t promised = planKvBytes(*plan, (*cache)->layouts(), kTokens);
        if ((*cache)->usage().bytes != promised)
            return {check.name, false,
                    std::string(text) + ": " + std::to_string((*cache)->usage().bytes) +
                        " bytes allocated, " + std::to_string(promised) + " promised"};
    }
    check.detail = "4 plans, to the byte";
    return check;
}

std::string firstLine(const char* path)
{
    std::ifstream file(path);
    std::string line;
    std::getline(file, line);
    return line;
}

std::string valueInCpuInfo(const std::string& key)
{
    std::ifstream file("/proc/cpuinfo");
    for (std::string line; std::getline(file, line);)
        if (line.compare(0, key.size(), key) == 0 && line.find(": ") != std::string::npos)
            return line.substr(line.find(": ") + 2);
    return {};
}

// The rest of the line that begins with `key`, without quotes.
std::string valueInFile(const char* path, const std::string& key)
{
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);)
        if (line.compare(0, key.size(), key) == 0) {
            line.erase(0, key.size());
            line.erase(std::remove(line.begin(), line.end(), '"'), line.end());
            return line;
        }
    return {};
}

} // namespace

std::vector<SelfCheck> runSelfTest(const CancelToken& cancel)
{
    const auto model = Model::random(smallSpec(), TensorType::F32, 7);
    if (!model)
        return {{"A small random model", false, model.error().message}};
    std::vector<SelfCheck> checks;
    checks.push_back(sameLogits("Reading in small steps gives the same as in large ones", *model, "full", 64,
                                "full", 512, cancel));
    checks.push_back(sameLogits("A window that sees everything gives the same as full attention", *model,
                                "full", 512, "window:sink=4,window=4096", 512, cancel));
    checks.push_back(sameLogits("Sparse layers read in small steps give the same", *model,
                                "longgen:sink=64,window=128", 64, "longgen:sink=64,window=128", 256, cancel));
    checks.push_back(cacheAddsUp(*model));
    return checks;
}

std::vector<std::pair<std::string, std::string>> systemFacts()
{
    const std::string gpu = firstLine("/proc/driver/nvidia/version");
    return {{"Processor", valueInCpuInfo("model name")},
            {"Cores", std::to_string(std::thread::hardware_concurrency())},
            {"Kernels", cpuInstructionSet()},
            {"Memory free", std::to_string(availableMemoryBytes())},
            {"System", valueInFile("/etc/os-release", "PRETTY_NAME=")},
            {"Linux", firstLine("/proc/sys/kernel/osrelease")},
            {"NVIDIA driver", gpu.empty() ? "none" : gpu}};
}

} // namespace lectern
