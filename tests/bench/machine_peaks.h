// What the machine can do at most, measured in the same run as the kernels that are held against it.
#pragma once

#include "engine/base/thread_pool.h"

namespace lectern {

struct MachinePeaks {
    double flops = 0;     // f32 multiply-adds count 2, per second, all threads of the pool
    double readBytes = 0; // read from memory per second, all threads
    double copyBytes = 0; // read + written per second, all threads
};

// Processor time all threads of this process took so far: on a busy machine the figures stay those of the program.
double processorSeconds();

// The best of several short rounds, in processor time.
MachinePeaks measurePeaks(ThreadPool& pool);

} // namespace lectern
