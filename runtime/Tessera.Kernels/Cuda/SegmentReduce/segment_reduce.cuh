// x[T, R], cu[B + 1] → [B, R]: what a block computes, and where. Offsets are read on the device and checked by nobody before: they are
// brought into 0 … T, so that none leads outside of x.
#pragma once
#include "../Common/numbers.cuh"
#include "../Common/segments.cuh"

// A block of columns of one segment.
struct SegmentUnit {
    i64 segment, column, from, to;
};

DEVICE i64 segment_units(const SegmentArgs& a) { return a.segments * ((a.columns + a.width - 1) / a.width); }

DEVICE SegmentUnit segment_unit(const SegmentArgs& a, i64 unit) {
    i64 blocks = (a.columns + a.width - 1) / a.width, segment = unit / blocks;
    i64 from = a.cu[segment], to = a.cu[segment + 1];
    from = from < 0 ? 0 : from > a.tokens ? a.tokens : from;
    to = to < from ? from : to > a.tokens ? a.tokens : to;
    return SegmentUnit{segment, unit % blocks * a.width, from, to};
}

// Which column and which row of each round of rows a thread has.
DEVICE i64 column_of(const SegmentArgs& a, const SegmentUnit& u, i32 thread) { return u.column + thread % a.width; }
DEVICE i64 row_of(const SegmentArgs& a, const SegmentUnit& u, i32 thread) { return u.from + thread / a.width; }
DEVICE i32 rows_of(const SegmentArgs& a) { return a.threads / a.width; }

template <class V> struct Plus { static DEVICE V none() { return 0; } static DEVICE V of(V a, V b) { return a + b; } };
template <class V> struct Larger { static DEVICE V none() { return least<V>(); } static DEVICE V of(V a, V b) { return larger(a, b); } };

template <class V> struct Same { static DEVICE V of(V x, V) { return x; } };
template <class V> struct Exponential { static DEVICE V of(V x, V shift) { return exponential(x - shift); } };

// Leaves in the first width values of `found` what Fold makes of the columns, always in the same order.
template <class T, class V, class Fold, class Map> DEVICE void fold_columns(const SegmentArgs& a, const SegmentUnit& u, V* found, const V* shift) {
    FOR_THREADS(t) {
        V sum = Fold::none();
        i64 column = column_of(a, u, t);
        if (column < a.columns) {
            V by = shift == nullptr ? V(0) : shift[t % a.width];
            for (i64 row = row_of(a, u, t); row < u.to; row += rows_of(a)) {
                sum = Fold::of(sum, Map::of((V)load((const T*)a.x + row * a.columns + column), by));
            }
        }

        found[t] = sum;
    }

    for (i32 half = rows_of(a) / 2; half > 0; half /= 2) {
        FOR_THREADS(t) {
            if (t < half * a.width) {
                found[t] = Fold::of(found[t], found[t + half * a.width]);
            }
        }
    }
}

template <class T, class Result> DEVICE void store_columns(const SegmentArgs& a, const SegmentUnit& u, Result result) {
    FOR_THREADS(t) {
        i64 column = column_of(a, u, t);
        if (t < a.width && column < a.columns) {
            store((T*)a.output + u.segment * a.columns + column, result(t));
        }
    }
}

template <class T> DEVICE void segment_sum(const SegmentArgs& a) {
    using V = typename Number<T>::Total;
    V* found = (V*)shared_memory();
    for (i64 unit = block_index(); unit < segment_units(a); unit += block_count()) {
        SegmentUnit u = segment_unit(a, unit);
        fold_columns<T, V, Plus<V>, Same<V>>(a, u, found, nullptr);
        store_columns<T>(a, u, [=] DEVICE_LAMBDA (i32 t) { return found[t]; });
    }
}

template <class T> DEVICE void segment_mean(const SegmentArgs& a) {
    using V = typename Number<T>::Total;
    V* found = (V*)shared_memory();
    for (i64 unit = block_index(); unit < segment_units(a); unit += block_count()) {
        SegmentUnit u = segment_unit(a, unit);
        fold_columns<T, V, Plus<V>, Same<V>>(a, u, found, nullptr);
        V length = (V)(u.to > u.from ? u.to - u.from : 1);
        store_columns<T>(a, u, [=] DEVICE_LAMBDA (i32 t) { return found[t] / length; });
    }
}

template <class T> DEVICE void segment_max(const SegmentArgs& a) {
    using V = typename Number<T>::Wide;
    V* found = (V*)shared_memory();
    for (i64 unit = block_index(); unit < segment_units(a); unit += block_count()) {
        SegmentUnit u = segment_unit(a, unit);
        fold_columns<T, V, Larger<V>, Same<V>>(a, u, found, nullptr);
        store_columns<T>(a, u, [=] DEVICE_LAMBDA (i32 t) { return found[t]; });
    }
}

// The largest first, then Σ exp(x − largest); infinite where the largest is.
template <class T> DEVICE void segment_logsumexp(const SegmentArgs& a) {
    using V = typename Number<T>::Wide;
    V* most = (V*)shared_memory();
    V* found = most + a.threads;
    for (i64 unit = block_index(); unit < segment_units(a); unit += block_count()) {
        SegmentUnit u = segment_unit(a, unit);
        fold_columns<T, V, Larger<V>, Same<V>>(a, u, most, nullptr);
        fold_columns<T, V, Plus<V>, Exponential<V>>(a, u, found, most);
        store_columns<T>(a, u, [=] DEVICE_LAMBDA (i32 t) { return is_infinite(most[t]) ? most[t] : most[t] + (V)logarithm((double)found[t]); });
    }
}
