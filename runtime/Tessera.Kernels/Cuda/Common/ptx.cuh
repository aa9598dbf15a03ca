// What only PTX says: products of tensor cores, loads for them, copies that go on beside, exchanges within a warp. All inline PTX is
// here, each beside the same in plain C++, lane by lane, for the CPU.
#pragma once
#include "numbers.cuh"

struct Words2 { u32 word[2]; };
struct Words4 { u32 word[4]; };
struct Floats4 { float at[4]; };

#if defined(TESSERA_EMULATED)

// Copies are made when they are waited for, and not before.
struct PendingCopy {
    void* to;
    const void *from, *place;
    i32 bytes, stage, thread;
};
enum { kPendingCopies = 1 << 16 };
extern thread_local PendingCopy pending_copies[kPendingCopies];
extern thread_local i32 pending_count, pending_stage;

// The compiler tells no read or write of what is marked so; copies are told to what watches here.
#define NOT_WATCHED __attribute__((no_sanitize_thread, noinline))
void copy_begins(const PendingCopy& copy);
void copy_ends(const PendingCopy& copy);

NOT_WATCHED inline void copy_later(void* to, const void* from, bool there) {
    if (((u64)to | (there ? (u64)from : 0)) % 16 != 0 || pending_count == kPendingCopies) {
        __builtin_trap(); // As the device would.
    }

    PendingCopy& copy = pending_copies[pending_count++];
    copy = PendingCopy{to, from, __builtin_return_address(0), there ? 16 : 0, pending_stage, emulated.thread};
    copy_begins(copy);
}

NOT_WATCHED inline void make_copies(i32 stages) {
    if (emulated.thread != kAllThreads) {
        goes_wrong("one waits for copies where others may not");
    }

    i32 kept = 0;
    for (i32 i = 0; i < pending_count; i++) {
        PendingCopy copy = pending_copies[i];
        if (copy.stage < stages) {
            copy_ends(copy);
            __builtin_memset(copy.to, 0, 16);
            __builtin_memcpy(copy.to, copy.from, copy.bytes);
        } else {
            pending_copies[kept++] = copy;
        }
    }

    pending_count = kept;
}

NOT_WATCHED inline void wait_for_copies() { make_copies(pending_stage + 1); }
NOT_WATCHED inline void end_stage() { pending_stage++; }
template <i32 Later> NOT_WATCHED inline void wait_for_stages() { make_copies(pending_stage - Later); }

template <i32 N, class Merge> inline void merge_quads(PerThread<float, N>& x, Merge merge) {
    for (i32 distance = 1; distance <= 2; distance *= 2) {
        PerThread<float, N> before = x;
        for (i32 t = 0; t < N; t++) {
            x.values[t] = merge(before.values[t], before.values[t ^ distance]);
        }
    }
}

template <i32 N> inline void largest_of_quads(PerThread<float, N>& x) { merge_quads(x, [](float a, float b) { return larger(a, b); }); }
template <i32 N> inline void sum_of_quads(PerThread<float, N>& x) { merge_quads(x, [](float a, float b) { return a + b; }); }

// A row in shared memory.
struct SharedRow { const u16* at; };
inline SharedRow shared_row(const u16* at) { return SharedRow{at}; }

// Four matrices of 8 × 8, whose rows the lanes point at, eight lanes a matrix, each moved by the same number of elements.
template <i32 N> inline void load_matrices(PerThread<Words4, N>& to, PerThread<SharedRow, N>& rows, i32 offset, bool transposed) {
    for (i32 t = 0; t < N; t++) {
        i32 warp = t / 32 * 32, lane = t % 32;
        turn_to(t);
        for (i32 m = 0; m < 4; m++) {
            u32 pair[2];
            for (i32 i = 0; i < 2; i++) {
                i32 row = transposed ? lane % 4 * 2 + i : lane / 4, column = transposed ? lane / 4 : lane % 4 * 2 + i;
                pair[i] = rows.values[warp + m * 8 + row].at[offset + column];
            }

            to.values[t].word[m] = pair[0] | (pair[1] << 16);
        }
    }

    turn_to(kAllThreads);
}

template <i32 N> inline void load_matrices(PerThread<Words4, N>& to, PerThread<SharedRow, N>& rows, i32 offset) { load_matrices(to, rows, offset, false); }
template <i32 N> inline void load_transposed(PerThread<Words4, N>& to, PerThread<SharedRow, N>& rows, i32 offset) { load_matrices(to, rows, offset, true); }

// c[16, 8] += a[16, 16] · b[16, 8]. What each lane holds of them is said in "Matrix Fragments for mma.m16n8k16 with floating point type" of the PTX ISA.
template <class T, i32 N> inline void multiply(T, PerThread<Floats4, N>& c, PerThread<Words4, N>& a, PerThread<Words2, N>& b) {
    auto half = [](u32 word, i32 which) { return widen(T{(u16)(word >> (16 * which))}); };
    for (i32 warp = 0; warp < N; warp += 32) {
        float left[16][16], right[16][8];
        for (i32 lane = 0; lane < 32; lane++) {
            for (i32 i = 0; i < 8; i++) {
                left[lane / 4 + i / 2 % 2 * 8][lane % 4 * 2 + i % 2 + i / 4 * 8] = half(a.values[warp + lane].word[i / 2], i % 2);
            }

            for (i32 i = 0; i < 4; i++) {
                right[lane % 4 * 2 + i % 2 + i / 2 * 8][lane / 4] = half(b.values[warp + lane].word[i / 2], i % 2);
            }
        }

        for (i32 lane = 0; lane < 32; lane++) {
            for (i32 i = 0; i < 4; i++) {
                for (i32 k = 0; k < 16; k++) {
                    c.values[warp + lane].at[i] += left[lane / 4 + i / 2 * 8][k] * right[k][lane % 4 * 2 + i % 2];
                }
            }
        }
    }
}

#else

DEVICE u32 shared_address(const void* generic) {
    u64 address;
    asm("cvta.to.shared.u64 %0, %1;" : "=l"(address) : "l"(generic));
    return (u32)address;
}

struct SharedRow { u32 address; };
DEVICE SharedRow shared_row(const u16* at) { return SharedRow{shared_address(at)}; }

// 16 bytes, or 16 zeros; nothing is read where nothing is there.
DEVICE void copy_later(void* to, const void* from, bool there) {
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(shared_address(to)), "l"(from), "r"(there ? 16 : 0) : "memory");
}

DEVICE void wait_for_copies() { asm volatile("cp.async.wait_all;" ::: "memory"); }

// Copies since the last end of a stage are one; wait_for_stages waits for all but as many of the latest.
DEVICE void end_stage() { asm volatile("cp.async.commit_group;" ::: "memory"); }
template <i32 Later> DEVICE void wait_for_stages() { asm volatile("cp.async.wait_group %0;" ::"n"(Later) : "memory"); }

DEVICE float across(float x, i32 distance) {
    float other;
    asm volatile("shfl.sync.bfly.b32 %0, %1, %2, 0x1f, 0xffffffff;" : "=f"(other) : "f"(x), "r"(distance));
    return other;
}

template <i32 N> DEVICE void largest_of_quads(PerThread<float, N>& x) {
    x.value = larger(x.value, across(x.value, 1));
    x.value = larger(x.value, across(x.value, 2));
}

template <i32 N> DEVICE void sum_of_quads(PerThread<float, N>& x) {
    x.value += across(x.value, 1);
    x.value += across(x.value, 2);
}

template <i32 N> DEVICE void load_matrices(PerThread<Words4, N>& to, PerThread<SharedRow, N>& rows, i32 offset) {
    u32* word = to.value.word;
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
        : "=r"(word[0]), "=r"(word[1]), "=r"(word[2]), "=r"(word[3]) : "r"(rows.value.address + 2 * offset) : "memory");
}

template <i32 N> DEVICE void load_transposed(PerThread<Words4, N>& to, PerThread<SharedRow, N>& rows, i32 offset) {
    u32* word = to.value.word;
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];"
        : "=r"(word[0]), "=r"(word[1]), "=r"(word[2]), "=r"(word[3]) : "r"(rows.value.address + 2 * offset) : "memory");
}

#define TESSERA_MULTIPLY(type, name)                                                                                                        \
    template <i32 N> DEVICE void multiply(type, PerThread<Floats4, N>& c, PerThread<Words4, N>& a, PerThread<Words2, N>& b) {               \
        float* to = c.value.at;                                                                                                             \
        const u32 *left = a.value.word, *right = b.value.word;                                                                              \
        asm volatile("mma.sync.aligned.m16n8k16.row.col.f32." name "." name ".f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};" \
            : "+f"(to[0]), "+f"(to[1]), "+f"(to[2]), "+f"(to[3])                                                                            \
            : "r"(left[0]), "r"(left[1]), "r"(left[2]), "r"(left[3]), "r"(right[0]), "r"(right[1]));                                        \
    }

TESSERA_MULTIPLY(F16, "f16")
TESSERA_MULTIPLY(BF16, "bf16")

#endif
