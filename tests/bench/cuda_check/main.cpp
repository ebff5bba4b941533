// lectern_cuda_check: every kernel of liblectern_cuda.so against float64 on the CPU, then timings. Needs the
// module, the driver, and nothing else.
//   --list          names of the cases
//   --only PREFIX   the cases whose name begins so (may be repeated); without it: all checks, then all
//   timings
//   --device N
#include "tests/bench/cuda_check/gpu.h"

#include <cstring>

using namespace lectern;
using namespace lectern::check;

namespace {

std::vector<Case> allCases()
{
    std::vector<Case> all;
    for (auto& part :
         {elementwiseCases(), linearCases(), attentionCases(), linearTimings(), attentionTimings()})
        all.insert(all.end(), part.begin(), part.end());
    return all;
}

bool wanted(const std::string& name, const std::vector<std::string>& prefixes)
{
    for (const std::string& prefix : prefixes)
        if (name.rfind(prefix, 0) == 0)
            return true;
    return prefixes.empty();
}

int runCases(int device, const std::vector<std::string>& prefixes)
{
    auto opened = CudaDevice::open(device);
    if (!opened) {
        std::printf("SKIP   %s\n", opened.error().message.c_str());
        return 77;
    }
    const Gpu gpu(*opened);
    const LecternCudaDevice& about = gpu.about();
    std::printf("%s, compute %d.%d, %d multiprocessors, %.1f of %.1f GiB free, cuBLAS %s\n", about.name,
                about.computeMajor, about.computeMinor, about.multiprocessors,
                double(about.freeBytes) / (1 << 30), double(about.totalBytes) / (1 << 30),
                about.cublas ? "found" : "not found");
    int failed = 0;
    for (const Case& one : allCases()) {
        if (!wanted(one.name, prefixes))
            continue;
        std::printf("[%s]\n", one.name.c_str());
        try {
            one.run(gpu);
        } catch (const Failed& failure) {
            ++failed;
            std::printf("FAILED %s: %s\n", one.name.c_str(), failure.why.c_str());
        }
        std::fflush(stdout);
    }
    std::printf("%d wrong, %d failed\n", wrongCount(), failed);
    return wrongCount() + failed > 0 ? 1 : 0;
}

} // namespace

int main(int argc, char** argv)
{
    std::vector<std::string> prefixes;
    int device = 0;
    for (int i = 1; i < argc; ++i) {
        if (std::strcmp(argv[i], "--list") == 0) {
            for (const Case& one : allCases())
                std::printf("%s\n", one.name.c_str());
            return 0;
        }
        if (std::strcmp(argv[i], "--only") == 0 && i + 1 < argc)
            prefixes.emplace_back(argv[++i]);
        else if (std::strcmp(argv[i], "--device") == 0 && i + 1 < argc)
            device = std::atoi(argv[++i]);
    }
    return runCases(device, prefixes);
}
