// A libcuda of the functions that the host calls: it records every call, fails at the call it is told to, and runs the kernels'
// own source on the CPU, which it watches for races where it is compiled to. "Device memory" is the process's.
#include <atomic>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <dlfcn.h>
#include <mutex>
#include <string>
#include <vector>
#include "emulated_kernels.inc"
#include "races.h"
#include "racing_kernels.h"

thread_local Emulated emulated;
thread_local PendingCopy pending_copies[kPendingCopies];
thread_local i32 pending_count, pending_stage;

// Of a copy that nobody waits for nothing is known.
void block_ends() {
    if (pending_count != 0) {
        goes_wrong("nobody waits for a copy", pending_copies[0].place);
        wait_for_copies();
    }
}

namespace {

constexpr int kInvalidValue = 1, kNotFound = 500, kInvalidDevice = 101, kInvalidContext = 201, kInvalidImage = 200, kRaced = 998, kTold = 999;

struct Stub {
    std::mutex lock;
    std::string calls;
    std::string failing; // Name of the function that fails, at its n-th call from now.
    int countdown = 0;
    int devices = 1, major = 9, minor = 0, driver = 12080;
    int loaded = 0, context_marker = 0;
    bool backwards = false;
    char* log = nullptr; // Where the newest library's compiler writes.
    size_t log_bytes = 0;
} stub;

thread_local std::vector<void*> contexts;
thread_local std::string race; // What the newest race was.

struct Kernel {
    std::string name;
    void* function;
    int shared;
};

std::vector<Kernel*> kernels;

// Notes the call; true where it is to fail.
bool note(const char* name, const char* format = "", ...) {
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    std::lock_guard<std::mutex> hold(stub.lock);
    stub.calls += std::string(name) + "(" + text + ")\n";
    return stub.failing == name && --stub.countdown == 0;
}

// As where loading is lazy: the buffer is filled to its end, with nothing behind.
int told_late() {
    std::string said = "ptxas says no, late";
    said.resize(stub.log_bytes, '.');
    memcpy(stub.log, said.data(), stub.log_bytes);
    return kTold;
}

// A kernel of this library.
void* function_of(const char* name) {
    void* function = dlsym(RTLD_DEFAULT, name);
    if (function == nullptr) {
        Dl_info self;
        dladdr((void*)note, &self);
        function = dlsym(dlopen(self.dli_fname, RTLD_NOW | RTLD_NOLOAD), name);
    }

    return function;
}

// On the CPU; kRaced where threads or blocks do.
int run(const Kernel& kernel, const void* arguments, i64 blocks, i32 threads, unsigned shared) {
    std::vector<unsigned char> memory(shared + 2 * kMargin, 0xff);
    emulated = Emulated{0, blocks, threads, stub.backwards, memory.data() + kMargin, kAllThreads, 0};
#if defined(__SANITIZE_THREAD__)
    watch_begin(__builtin_frame_address(0), emulated.shared, shared);
#endif
    ((void (*)(const void*))kernel.function)(arguments);
    std::string found = watch_end();
    race = kernel.name + ": " + found;
    return found.empty() ? 0 : kRaced;
}

int no_context() { return contexts.empty() ? kInvalidContext : 0; }

} // namespace

extern "C" {

void stub_reset() {
    std::lock_guard<std::mutex> hold(stub.lock);
    stub.calls.clear();
    stub.failing.clear();
    stub.countdown = 0;
    stub.devices = 1;
    stub.major = 9;
    stub.minor = 0;
    stub.driver = 12080;
    stub.backwards = false;
}

void stub_fail(const char* name, int call) { std::lock_guard<std::mutex> hold(stub.lock); stub.failing = name; stub.countdown = call; }
void stub_device(int count, int major, int minor, int driver) { stub.devices = count; stub.major = major; stub.minor = minor; stub.driver = driver; }
void stub_backwards(int on) { stub.backwards = on != 0; }
int stub_depth() { return (int)contexts.size(); }

// The calls since the last time, a line each.
int stub_calls(char* buffer, int size) {
    std::lock_guard<std::mutex> hold(stub.lock);
    int length = (int)stub.calls.size();
    if (length < size) {
        memcpy(buffer, stub.calls.data(), length);
        stub.calls.clear();
    }

    return length;
}

float test_widen_f16(u16 bits) { return widen(F16{bits}); }
float test_widen_bf16(u16 bits) { return widen(BF16{bits}); }
u16 test_narrow_f16(float x) { return narrow_f16(x).bits; }
u16 test_narrow_bf16(float x) { return narrow_bf16(x).bits; }
double test_exponential(double x) { return exponential(x); }
double test_logarithm(double x) { return logarithm(x); }
int test_attention_shared_f32() { return sizeof(AttentionShared<float>); }
int test_attention_shared_f64() { return sizeof(AttentionShared<double>); }
int test_attention_shared_64() { return sizeof(TensorShared<F16, 64>); }
int test_expert_shared_128() { return sizeof(ExpertShared<F16, ManyRows>); }
int test_expert_shared_64() { return sizeof(ExpertShared<F16, SomeRows>); }
int test_expert_shared_16() { return sizeof(ExpertShared<BF16, FewRows>); }
int test_expert_shared_f32() { return sizeof(PlainExpertShared<float>); }
int test_expert_shared_f64() { return sizeof(PlainExpertShared<double>); }
int test_expert_shared_order() { return sizeof(OrderShared); }
int test_expert_bytes() { return sizeof(Expert); }
int test_expert_arguments() { return sizeof(ExpertArgs); }
int test_route_arguments() { return sizeof(route::RouteArgs); }
int test_route_threads() { return __builtin_offsetof(route::RouteArgs, threads); }
int test_route_sorted() { return sizeof(route::SortTile); }
int test_route_tile() { return sizeof(route::CapacityTile); }
int test_attention_shared_256() { return sizeof(TensorShared<BF16, 256>); }
int test_attention_shared_128() { return sizeof(TensorShared<BF16, 128>); }

// Runs a kernel of racing_kernels.h: the length of what is said of its race, 0 where there is none.
int test_race(const char* name, int blocks, int threads, int backwards, char* said, int size) {
    std::vector<i32> numbers(4096);
    RaceArgs arguments{numbers.data()};
    stub.backwards = backwards != 0;
    if (run(Kernel{name, function_of(name), 0}, &arguments, blocks, threads, 1024) == 0) {
        return 0;
    }

    return snprintf(said, (size_t)size, "%s", race.c_str());
}

// The list of tiles, as the kernels make it.
void test_attention_tiles(const int* cu, int segments, i64 tokens, int tile, int* order, i64* tiles) {
    int blocks = order_blocks(segments);
    std::vector<int> counts((size_t)blocks * kLengths), start(kLengths + 1);
    std::vector<unsigned char> memory(sizeof(OrderShared));
    AttentionTilesArgs a{cu, counts.data(), start.data(), order, tiles, tokens, segments, tile};
    emulated = Emulated{0, 1, kOrderThreads, false, memory.data(), kAllThreads, 0};
    if (blocks == 1) {
        attention_tiles(a);
        return;
    }

    emulated.blocks = blocks;
    attention_count(a);
    emulated.blocks = 1;
    attention_sum(a);
    emulated.blocks = blocks;
    attention_place(a);
    emulated.blocks = 1;
    attention_sum_tiles(a);
}

// The first query of a tile of a list, and how many it has; how many tiles there are is returned.
i64 test_attention_tile(const int* cu, int segments, i64 tokens, int tile, const int* order, const i64* tiles, i64 at, i64* found) {
    PackedAttentionArgs a{};
    a.cu_q = a.cu_k = cu;
    a.segments = segments;
    a.tokens = a.keys = tokens;
    a.order = order;
    a.tiles = tiles;
    a.heads = a.key_heads = a.head_dim = a.value_dim = 1;
    AttentionUnit u = tile == 16 ? attention_unit<16>(a, at, 1) : attention_unit<64>(a, at, 1);
    found[0] = u.query;
    found[1] = u.queries;
    return attention_units(a, 1);
}

// A unit of experts: its first row, its rows, its column and its expert; how many units there are is returned.
i64 test_expert_unit(i32* start, i32* tiles, int experts, int tile_rows, int columns, i64 unit, i64* found) {
    ExpertArgs a{};
    a.start = start;
    a.tiles = tiles;
    a.experts_count = experts;
    a.tile_rows = tile_rows;
    ExpertUnit u = expert_unit(a, unit, columns);
    found[0] = u.row;
    found[1] = u.rows;
    found[2] = u.column;
    found[3] = u.expert;
    return expert_units(a, columns);
}

int cuInit(unsigned flags) { return note("cuInit", "%u", flags) ? kTold : 0; }

int cuDriverGetVersion(int* version) { *version = stub.driver; return note("cuDriverGetVersion") ? kTold : 0; }

int cuDeviceGetCount(int* count) { *count = stub.devices; return note("cuDeviceGetCount") ? kTold : 0; }

int cuDeviceGet(int* device, int ordinal) {
    if (note("cuDeviceGet", "%d", ordinal)) return kTold;
    *device = ordinal;
    return ordinal < stub.devices ? 0 : kInvalidDevice;
}

int cuDeviceGetAttribute(int* value, int attribute, int device) {
    if (note("cuDeviceGetAttribute", "%d, %d", attribute, device)) return kTold;
    // Few multiprocessors, so that blocks that live on have more than one unit.
    *value = attribute == 75 ? stub.major : attribute == 76 ? stub.minor : attribute == 16 ? 3 : 0;
    return *value != 0 || attribute == 76 ? 0 : kInvalidValue;
}

int cuDevicePrimaryCtxRetain(void** context, int device) {
    if (note("cuDevicePrimaryCtxRetain", "%d", device)) return kTold;
    *context = &stub.context_marker;
    return 0;
}

int cuCtxPushCurrent_v2(void* context) {
    if (note("cuCtxPushCurrent")) return kTold;
    contexts.push_back(context);
    return context == &stub.context_marker ? 0 : kInvalidContext;
}

int cuCtxPopCurrent_v2(void** context) {
    bool fails = note("cuCtxPopCurrent");
    if (contexts.empty()) return kInvalidContext;
    *context = contexts.back();
    contexts.pop_back();
    return fails ? kTold : 0;
}

int cuCtxSynchronize() { return note("cuCtxSynchronize") ? kTold : no_context(); }

int cuLibraryLoadData(void** library, const char* code, int* options, void** values, unsigned count, void*, void*, unsigned) {
    for (unsigned i = 0; i + 1 < count; i++) {
        if (options[i] == 5) {
            stub.log = (char*)values[i];
            stub.log_bytes = (size_t)values[i + 1];
        }
    }

    if (note("cuLibraryLoadData", "%.8s", strstr(code, ".version") ? strstr(code, ".version") : "")) {
        snprintf(stub.log, stub.log_bytes, "ptxas says no");
        return kInvalidImage;
    }

    *library = (void*)strdup(code);
    stub.loaded++;
    return 0;
}

int cuLibraryUnload(void* library) { free(library); stub.loaded--; return note("cuLibraryUnload") ? kTold : 0; }

int cuLibraryGetKernel(void** kernel, void* library, const char* name) {
    if (note("cuLibraryGetKernel", "%s", name)) return kTold;
    void* function = function_of(name);
    std::string entry = std::string(".entry ") + name + "(";
    if (function == nullptr || strstr((const char*)library, entry.c_str()) == nullptr) return kNotFound;
    std::lock_guard<std::mutex> hold(stub.lock);
    kernels.push_back(new Kernel{name, function, 0});
    *kernel = kernels.back();
    return 0;
}

int cuKernelSetAttribute(int attribute, int value, void* kernel, int device) {
    if (note("cuKernelSetAttribute", "%d, %d, %d", attribute, value, device)) return told_late();
    ((Kernel*)kernel)->shared = value;
    return no_context();
}

int cuKernelGetFunction(void** function, void* kernel) {
    if (note("cuKernelGetFunction")) return told_late();

    *function = kernel;
    return no_context();
}

int cuLaunchKernel(void* function, unsigned x, unsigned y, unsigned z, unsigned bx, unsigned by, unsigned bz, unsigned shared, void* stream, void** arguments, void** extra) {
    Kernel* kernel = (Kernel*)function;
    if (note("cuLaunchKernel", "%s, %ux%ux%u, %ux%ux%u, %u, %p", kernel->name.c_str(), x, y, z, bx, by, bz, shared, stream)) return kTold;
    if (no_context() != 0) return kInvalidContext;
    if (x == 0 || y != 1 || z != 1 || bx == 0 || bx > 1024 || by != 1 || bz != 1 || (int)shared > kernel->shared || extra != nullptr) return kInvalidValue;
    return run(*kernel, arguments[0], x, (i32)bx, shared);
}

int cuGetErrorName(int error, const char** text) {
    *text = error == kTold ? "CUDA_ERROR_UNKNOWN" : error == kInvalidImage ? "CUDA_ERROR_INVALID_IMAGE" : error == kInvalidValue ? "CUDA_ERROR_INVALID_VALUE" : "CUDA_ERROR_OTHER";
    return 0;
}

int cuGetErrorString(int error, const char** text) {
    *text = error == kTold ? "told to fail" : error == kRaced ? race.c_str() : "refused";
    return 0;
}

}
