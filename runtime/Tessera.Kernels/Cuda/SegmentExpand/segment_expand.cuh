// x[B, R], cu[B + 1] → [T, R] in words of some bytes: row b for every token of segment b. A token that offsets give to no segment gets
// zeros, since nobody has checked them before.
#pragma once
#include "../Common/search.cuh"
#include "../Common/segments.cuh"

struct __attribute__((aligned(16))) Word16 { u64 low, high; };

// As many tokens at once as a block has widths of threads; each thread looks for its token's segment, and copies every width-th word.
template <class Word> DEVICE void segment_expand(const SegmentArgs& a) {
    i64 rows = a.threads / a.width;
    for (i64 first = block_index() * rows; first < a.tokens; first += block_count() * rows) {
        EACH_THREAD(t) {
            i64 token = first + t / a.width;
            if (token < a.tokens) {
                i64 segment = last_not_above(a.cu, a.segments, token);
                bool inside = a.segments > 0 && a.cu[segment] <= token && token < a.cu[segment + 1];
                for (i64 column = t % a.width; column < a.columns; column += a.width) {
                    ((Word*)a.output)[token * a.columns + column] = inside ? ((const Word*)a.x)[segment * a.columns + column] : Word{};
                }
            }
        }
    }
}
