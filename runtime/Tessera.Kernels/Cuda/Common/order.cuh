// Numbers in order of their keys, equal keys in the order they had: counted a block of positions at a time, summed, and placed. Nothing is
// added by whoever comes first, so the order is always the same. And running sums.
#pragma once
#include "portable.cuh"

enum { kPositions = 1024, kOrderThreads = 256 };

struct OrderShared {
    i32 key[kPositions];
    i64 sum[kOrderThreads], before[kOrderThreads];
};

struct KeyOrder {
    i32* counts; // [blocks, keys]: the place of each block's first position among those of its key.
    i32* start;  // [keys + 1]: where each key begins in the order.
    i32* order;  // [count]: positions in order. A position without a key has no place.
    i64 count;
    i32 keys, blocks;
};

DEVICE i32 order_blocks(i64 count) { return (i32)((count + kPositions - 1) / kPositions); }

// key_of gives −1 for none.
template <class Key> DEVICE void load_keys(const KeyOrder& o, i64 block, Key key_of) {
    OrderShared& m = *(OrderShared*)shared_memory();
    FOR_THREADS(t) {
        for (i32 i = t; i < kPositions; i += kOrderThreads) {
            i64 position = block * kPositions + i;
            m.key[i] = position < o.count ? key_of(position) : -1;
        }
    }
}

template <class Key> DEVICE void count_keys(const KeyOrder& o, i64 block, Key key_of) {
    OrderShared& m = *(OrderShared*)shared_memory();
    load_keys(o, block, key_of);
    FOR_THREADS(t) {
        for (i32 key = t; key < o.keys; key += kOrderThreads) {
            i32 count = 0;
            for (i32 i = 0; i < kPositions; i++) {
                count += m.key[i] == key;
            }

            o.counts[block * o.keys + key] = count;
        }
    }
}

// sums[i + 1] = Σ value(0 … i), in steps of doubling width; one block. What value writes is there for whoever comes after.
template <class S, class Value> DEVICE void running_sums(i64 count, S* sums, Value value) {
    OrderShared& m = *(OrderShared*)shared_memory();
    i64 all = 0;
    for (i64 first = 0; first < count; first += kOrderThreads) {
        FOR_THREADS(t) { m.sum[t] = first + t < count ? value(first + t) : 0; }
        for (i32 width = 1; width < kOrderThreads; width *= 2) {
            FOR_THREADS(t) { m.before[t] = m.sum[t] + (t >= width ? m.sum[t - width] : 0); }
            FOR_THREADS(t) { m.sum[t] = m.before[t]; }
        }

        EACH_THREAD(t) {
            if (first + t < count) {
                sums[first + t + 1] = (S)(all + m.sum[t]);
            }
        }

        all += m.sum[kOrderThreads - 1];
        wait_for_all();
    }

    FOR_THREADS(t) {
        if (t == 0) {
            sums[0] = 0;
        }
    }
}

// Counts become places; one block.
DEVICE void sum_keys(const KeyOrder& o) {
    running_sums(o.keys, o.start, [&] DEVICE_LAMBDA (i64 key) -> i64 {
        i32 sum = 0;
        for (i64 block = 0; block < o.blocks; block++) {
            i32 count = o.counts[block * o.keys + key];
            o.counts[block * o.keys + key] = sum;
            sum += count;
        }

        return sum;
    });
}

// Tells placed of each position and its place, −1 where it has none.
template <class Key, class Placed> DEVICE void place_keys(const KeyOrder& o, i64 block, Key key_of, Placed placed) {
    OrderShared& m = *(OrderShared*)shared_memory();
    load_keys(o, block, key_of);
    FOR_THREADS(t) {
        for (i32 key = t; key < o.keys; key += kOrderThreads) {
            i32 next = o.start[key] + o.counts[block * o.keys + key];
            for (i32 i = 0; i < kPositions; i++) {
                if (m.key[i] == key) {
                    o.order[next] = (i32)(block * kPositions + i);
                    placed(block * kPositions + i, next++);
                }
            }
        }
    }

    FOR_THREADS(t) {
        for (i32 i = t; i < kPositions; i += kOrderThreads) {
            if (m.key[i] < 0 && block * kPositions + i < o.count) {
                placed(block * kPositions + i, -1);
            }
        }
    }
}
