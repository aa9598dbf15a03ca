// The little of CUDA that kernels use, without CUDA's own headers: clang and nvcc compile it for the device, and any C++ compiler
// for the CPU, where a block's threads run one after another, phase by phase (TESSERA_EMULATED). So the same source is tested
// where there is no GPU.
#pragma once

using i8 = signed char;
using u8 = unsigned char;
using i16 = short;
using u16 = unsigned short;
using i32 = int;
using u32 = unsigned int;
using i64 = long long;
using u64 = unsigned long long;

#if defined(TESSERA_EMULATED)

struct Emulated {
    i64 block, blocks;
    i32 threads;
    bool backwards; // Threads of a phase depend on none of the same phase, nor blocks on blocks, so their order is free.
    void* shared;
    i32 thread;     // Whose step runs: kAllThreads where what is written once is done by each.
    u32 waits;      // How often all have waited for each other, or a block began.
};
enum { kAllThreads = -1 };
extern thread_local Emulated emulated;

#define DEVICE inline
#define DEVICE_LAMBDA
inline i64 block_index() { return emulated.block; }
inline i64 block_count() { return emulated.blocks; }
inline void* shared_memory() { return emulated.shared; }

// What is wrong on a device and need not show in its results, and where in the code: the launch fails (races.cpp of the tests).
void goes_wrong(const char* what, const void* place = nullptr);
void block_ends();

// Nothing that is read or written moves past where threads change or wait.
inline void stay_in_place() { asm volatile("" ::: "memory"); }
inline void turn_to(i32 thread) {
    stay_in_place();
    emulated.thread = thread;
    stay_in_place();
}

inline void wait_for_all() {
    if (emulated.thread != kAllThreads) {
        goes_wrong("one waits where others may not");
    }

    stay_in_place();
    emulated.waits++;
    stay_in_place();
}

inline i32 thread_of_step(i32 step) { return emulated.backwards ? emulated.threads - 1 - step : step; }
inline bool has_turn(i32 step) {
    bool there = step < emulated.threads;
    turn_to(there ? thread_of_step(step) : (i32)kAllThreads);
    return there;
}

inline bool has_turn_or_waits(i32 step) {
    bool there = has_turn(step);
    if (!there) {
        wait_for_all();
    }

    return there;
}

// A phase: all threads run the statement, then all wait for each other. Memory lives from one to the next, and what is PerThread.
#define FOR_THREADS(t) for (i32 t##_step = 0, t = thread_of_step(0); has_turn_or_waits(t##_step); t = thread_of_step(++t##_step))

// The same without waiting.
#define EACH_THREAD(t) for (i32 t##_step = 0, t = thread_of_step(0); has_turn(t##_step); t = thread_of_step(++t##_step))

// A variable of each thread, which outlives a phase, and which no other thread has.
template <class T, i32 Threads> struct PerThread {
    T values[Threads];
    T& operator[](i32 thread) {
        if (thread != emulated.thread) {
            goes_wrong("one looks at what another keeps");
        }

        return values[thread];
    }
};

#define UNROLL
#define UNROLL_FOUR

// A kernel by its name, of one struct of arguments.
#define ENTRY_WITHIN(name, Args, call, threads, blocks) ENTRY(name, Args, call)
#define ENTRY(name, Args, call)                                              \
    extern "C" void name(const Args& args) {                                 \
        for (i64 b = 0; b < emulated.blocks; b++) {                          \
            emulated.block = emulated.backwards ? emulated.blocks - 1 - b : b; \
            wait_for_all();                                                  \
            call(args);                                                      \
            block_ends();                                                    \
        }                                                                    \
    }

#else

#if defined(__NVCC__)
#define DEVICE __device__ __forceinline__
#define DEVICE_LAMBDA __device__
#define TESSERA_GLOBAL __global__
#define TESSERA_SHARED __shared__
DEVICE i32 thread_index() { return (i32)threadIdx.x; }
DEVICE i64 block_index() { return blockIdx.x; }
DEVICE i64 block_count() { return gridDim.x; }
#else
#define DEVICE __attribute__((device, always_inline)) inline
#define DEVICE_LAMBDA __attribute__((device, always_inline))
#define TESSERA_GLOBAL __attribute__((global))
#define TESSERA_SHARED __attribute__((shared))
DEVICE i32 thread_index() { return __nvvm_read_ptx_sreg_tid_x(); }
DEVICE i64 block_index() { return __nvvm_read_ptx_sreg_ctaid_x(); }
DEVICE i64 block_count() { return __nvvm_read_ptx_sreg_nctaid_x(); }
#endif

// What is copied or loaded 16 bytes at a time lies on a multiple of 16.
extern TESSERA_SHARED __attribute__((aligned(16))) u64 tessera_shared[];
DEVICE void* shared_memory() { return tessera_shared; }

#define FOR_THREADS(t) for (i32 t = thread_index(), t##_go = 1; t##_go; t##_go = 0, __syncthreads())
#define EACH_THREAD(t) for (i32 t = thread_index(), t##_go = 1; t##_go; t##_go = 0)
DEVICE void wait_for_all() { __syncthreads(); }

template <class T, i32 Threads> struct PerThread {
    T value;
    DEVICE T& operator[](i32) { return value; }
};

#define UNROLL _Pragma("unroll")
#define UNROLL_FOUR _Pragma("unroll 4")
// With registers for so many blocks of so many threads at once on a multiprocessor.
#define ENTRY_WITHIN(name, Args, call, threads, blocks) \
    extern "C" TESSERA_GLOBAL __attribute__((launch_bounds(threads, blocks))) void name(const Args args) { call(args); }
#define ENTRY(name, Args, call) extern "C" TESSERA_GLOBAL void name(const Args args) { call(args); }

#endif
