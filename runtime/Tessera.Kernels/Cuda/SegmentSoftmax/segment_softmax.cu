// x[T, R], cu[B + 1] → [T, R]: softmax down each column of each segment.
#include "../SegmentReduce/segment_reduce.cuh"

template <class T> DEVICE void segment_softmax(const SegmentArgs& a) {
    using V = typename Number<T>::Wide;
    V* most = (V*)shared_memory();
    V* total = most + a.threads;
    for (i64 unit = block_index(); unit < segment_units(a); unit += block_count()) {
        SegmentUnit u = segment_unit(a, unit);
        fold_columns<T, V, Larger<V>, Same<V>>(a, u, most, nullptr);
        fold_columns<T, V, Plus<V>, Exponential<V>>(a, u, total, most);
        FOR_THREADS(t) {
            i64 column = column_of(a, u, t);
            if (column < a.columns) {
                V shift = most[t % a.width], sum = total[t % a.width];
                for (i64 row = row_of(a, u, t); row < u.to; row += rows_of(a)) {
                    i64 at = row * a.columns + column;
                    store((T*)a.output + at, exponential((V)load((const T*)a.x + at) - shift) / sum);
                }
            }
        }
    }
}

ENTRY(segment_softmax_f32, SegmentArgs, segment_softmax<float>)
ENTRY(segment_softmax_f64, SegmentArgs, segment_softmax<double>)
ENTRY(segment_softmax_f16, SegmentArgs, segment_softmax<F16>)
ENTRY(segment_softmax_bf16, SegmentArgs, segment_softmax<BF16>)
