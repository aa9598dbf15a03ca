// Writes the table of experts, which the host knows and the device reads: as many at a time as arguments of a kernel hold, so that nothing of
// the host's memory is needed when the kernel runs.
#pragma once
#include "expert_args.cuh"

enum { kExpertsAtOnce = 20 };

struct ExpertTableArgs {
    Expert experts[kExpertsAtOnce];
    Expert* table;
    i64 first, count;
};

DEVICE void write_experts(const ExpertTableArgs& a) {
    FOR_THREADS(t) {
        // Which one is known to the compiler: what is looked up by the thread would be copied to memory of its own first.
        UNROLL
        for (i32 i = 0; i < kExpertsAtOnce; i++) {
            if (i == t && i < a.count) {
                a.table[a.first + i] = a.experts[i];
            }
        }
    }
}
