// logits[T, E], bias[E], cu_groups[G + 1] → weights, experts and slots [T, K']: what the kernels of a route share. All is computed in
// f64, as on the CPU; sums are made in one order. Orders of numbers are those of whole numbers that rise with them.
#pragma once
#include "../Common/search.cuh"
#include "../SparseTopK/sparse_top_k.cuh"

namespace route {

enum { kRouteThreads = 256 }; // Of every block but one for a token.
enum { kSoftmax, kSigmoid, kSparseMixer, kSparseTopK };
enum { kCeiling, kNearest, kFloor };
enum { kChoiceFirst, kTokenFirst, kBatchFirst };
enum { kF32, kF16, kBF16, kF64 = 7 }; // A number's type is looked at where it is read or written, so that one kernel serves all.

struct RouteArgs {
    const void *logits, *bias; // Bias may be null.
    const i32* cu;             // As given; what is made of it are the bounds. Both null where all tokens are one group.
    void* weights;
    i64 *ids, *slots;     // Slots may be null.
    double* rows;         // [blocks, row_size], where rows do not fit into shared memory.
    i64* keys;            // [T, ranked]: what tokens are ranked by, in each column.
    i64* sorted;          // [ranked, T]: those, chunks of tokens sorted.
    u16* places;          // [ranked, T]: which token of its chunk has it.
    i32 *bounds, *order;  // [G + 1]; [T]: tokens of each group, best first.
    i32* ranks;           // [T, E], of expert choice: a rank below the capacity, or −1.
    u8* bad;              // [T], of expert choice: rows that are not numbers.
    i32 *counts, *starts; // [E, chunks], [chunks]
    i64 tokens, experts, columns, k, groups, ranked;
    i64 row_size, most_chosen;   // Of a row in doubles; the longest list of what is chosen.
    i64 group_count, top_groups; // Of experts.
    i64 span, chunks, multiple;  // Positions of a chunk, a multiple of kRouteThreads; of the capacity.
    double epsilon, scale, factor, jitter, lambda, exponent;
    i32 type, scoring, select_first, sum_of_two, renormalize, rounding, priority, magnitude;
    i32 threads; // Of a block for a token.
};

DEVICE double load_number(i32 type, const void* from, i64 at) {
    switch (type) {
        case kF32: return load((const float*)from + at);
        case kF64: return load((const double*)from + at);
        case kF16: return load((const F16*)from + at);
        default: return load((const BF16*)from + at);
    }
}

DEVICE void store_number(i32 type, void* to, i64 at, double x) {
    switch (type) {
        case kF32: store((float*)to + at, x); break;
        case kF64: store((double*)to + at, x); break;
        case kF16: store((F16*)to + at, (float)x); break;
        default: store((BF16*)to + at, (float)x);
    }
}

DEVICE double endless() { return double_of(0x7ff0000000000000); }

// Rises with x; both zeros have the same, and NaN is below all.
DEVICE i64 order_of(double x) {
    i64 bits = (i64)bits_of(x + 0.0);
    return x != x ? (i64)((u64)1 << 63) : bits < 0 ? bits ^ 0x7fffffffffffffff : bits;
}

// What has this order.
DEVICE double number_of(i64 order) { return double_of((u64)(order < 0 ? order ^ 0x7fffffffffffffff : order)); }

// For whoever goes on to write there: all have read what is returned.
template <class Fold> DEVICE double fold_and_wait(double* found, i32 threads) {
    double folded = fold_threads<Fold>(found, threads);
    wait_for_all();
    return folded;
}

// Tokens from … to are a group. Bounds rise from 0 to T.
struct TokenGroup {
    i64 from, to;
};

DEVICE TokenGroup group_of(const RouteArgs& a, i64 token) {
    if (a.bounds == nullptr) {
        return TokenGroup{0, a.tokens};
    }

    i64 group = last_not_above(a.bounds, a.groups, token);

    return TokenGroup{a.bounds[group], a.bounds[group + 1]};
}

// Assignments that an expert takes of a group of tokens.
DEVICE i64 capacity_of(const RouteArgs& a, i64 tokens) {
    double factor = a.factor > 0 ? a.factor : 1, exact = factor * (double)a.k * (double)tokens / (double)a.experts;
    i64 whole = 2147483647;
    if (exact < 2147483647.0) {
        whole = (i64)exact;
        double rest = exact - (double)whole;
        whole += a.rounding == kCeiling ? rest > 0 : a.rounding == kNearest ? rest > 0.5 || (rest == 0.5 && whole % 2 != 0) : 0;
    }

    return (whole + a.multiple - 1) / a.multiple * a.multiple;
}

DEVICE i32 within(i32 x, i64 most) { return x < 0 ? 0 : x > most ? (i32)most : x; }
DEVICE i32 later(i32 a, i32 b) { return a > b ? a : b; }

// One block. Offsets are checked by nobody before: these rise, from 0 to the number of tokens, whatever was given.
DEVICE void order_groups(const RouteArgs& a) {
    i32* last = (i32*)shared_memory();
    i64 each = (a.groups + kRouteThreads) / kRouteThreads;
    FOR_THREADS(t) {
        i32 high = 0;
        for (i64 g = t * each; g < (t + 1) * each && g <= a.groups; g++) {
            high = later(high, within(a.cu[g], a.tokens));
        }

        last[t] = high;
    }

    FOR_THREADS(t) {
        i32 high = 0;
        for (i32 before = 0; before < t; before++) {
            high = later(high, last[before]);
        }

        for (i64 g = t * each; g < (t + 1) * each && g <= a.groups; g++) {
            high = later(high, within(a.cu[g], a.tokens));
            a.bounds[g] = g == 0 ? 0 : g == a.groups ? (i32)a.tokens : high;
        }
    }
}

} // namespace route
