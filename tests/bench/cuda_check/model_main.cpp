// lectern_cuda_model: whole models on the GPU against the CPU path, and their speed. Needs liblectern_cuda.so
// and a driver.
//   --checks [--mini FILE.gguf]   logits of random models of every architecture, and greedy text
//   --times [SHAPE CONTEXT]...    prefill and decode of random F16 weights, full and hybrid
#include "tests/bench/cuda_check/model_runs.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>

using namespace lectern;

int main(int argc, char** argv)
{
    auto device = CudaDevice::open(0);
    if (!device) {
        std::printf("SKIP   %s\n", device.error().message.c_str());
        return 77;
    }
    const std::string mode = argc > 1 ? argv[1] : "--checks";
    if (mode == "--times") {
        std::vector<std::pair<std::string, std::int64_t>> work;
        for (int i = 2; i + 1 < argc; i += 2)
            work.emplace_back(argv[i], std::atoll(argv[i + 1]));
        return check::timeModels(*device, work);
    }
    return check::checkModels(*device, argc > 3 ? argv[3] : "resources/models/lectern-mini.gguf");
}
