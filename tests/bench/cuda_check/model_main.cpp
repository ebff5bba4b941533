// lectern_cuda_model: whole models on the GPU against the CPU path, and their speed. Needs liblectern_cuda.so
// and a driver.
//   --checks [MINI.gguf]          logits of random models of every architecture, and greedy text
//   --times SHAPE TYPE CONTEXT PLAN...  prefill and decode of random weights, e.g. llama-2-7b f16 131072 longgen
//   --recall FILE.gguf TOKENS           greedy text of the recall model after so many tokens
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
        std::vector<check::ModelTiming> work;
        for (int i = 2; i + 3 < argc; i += 4)
            work.push_back({argv[i], argv[i + 1], std::atoll(argv[i + 2]), argv[i + 3]});
        return check::timeModels(*device, work);
    }
    if (mode == "--recall" && argc > 3)
        return check::recallAt(*device, argv[2], std::atoi(argv[3]));
    return check::checkModels(*device, argc > 2 ? argv[2] : "resources/models/lectern-mini.gguf");
}
