// Assignments in order of their expert, and of the token within one: counted a block of positions at a time, summed, and placed. Nothing is
// added by whoever comes first, so the order is always the same. An id that names no expert has no row.
#pragma once
#include "expert_args.cuh"

enum { kPositions = 1024, kOrderThreads = 256 };

struct OrderShared { i32 id[kPositions], sum[kOrderThreads], tiles[kOrderThreads], sum_before[kOrderThreads], tiles_before[kOrderThreads]; };

DEVICE void load_ids(const ExpertArgs& a, i64 block) {
    OrderShared& m = *(OrderShared*)shared_memory();
    FOR_THREADS(t) {
        for (i32 i = t; i < kPositions; i += a.threads) {
            i64 position = block * kPositions + i, id = position < assignments_of(a) ? a.ids[position] : -1;
            m.id[i] = id >= 0 && id < a.experts_count ? (i32)id : -1;
        }
    }
}

DEVICE void count_block(const ExpertArgs& a, i64 block) {
    OrderShared& m = *(OrderShared*)shared_memory();
    load_ids(a, block);
    FOR_THREADS(t) {
        for (i32 e = t; e < a.experts_count; e += a.threads) {
            i32 count = 0;
            for (i32 i = 0; i < kPositions; i++) {
                count += m.id[i] == e;
            }

            a.counts[block * a.experts_count + e] = count;
        }
    }
}

// What stands before each thread's number, and the sum of all, in steps of doubling width.
DEVICE void sum_threads(i32* sum, i32* before, i32 threads) {
    for (i32 width = 1; width < threads; width *= 2) {
        FOR_THREADS(t) { before[t] = sum[t] + (t >= width ? sum[t - width] : 0); }
        FOR_THREADS(t) { sum[t] = before[t]; }
    }
}

// Counts become places; one block.
DEVICE void sum_counts(const ExpertArgs& a) {
    OrderShared& m = *(OrderShared*)shared_memory();
    i32 rows = 0, tiles = 0;
    for (i32 first = 0; first < a.experts_count; first += a.threads) {
        FOR_THREADS(t) {
            i32 e = first + t, sum = 0;
            for (i64 block = 0; e < a.experts_count && block < a.order_blocks; block++) {
                i32 count = a.counts[block * a.experts_count + e];
                a.counts[block * a.experts_count + e] = sum;
                sum += count;
            }

            m.sum[t] = sum;
            m.tiles[t] = (sum + a.tile_rows - 1) / a.tile_rows;
        }

        sum_threads(m.sum, m.sum_before, a.threads);
        sum_threads(m.tiles, m.tiles_before, a.threads);
        FOR_THREADS(t) {
            if (first + t < a.experts_count) {
                a.start[first + t + 1] = rows + m.sum[t];
                a.tiles[first + t + 1] = tiles + m.tiles[t];
            }
        }

        rows += m.sum[a.threads - 1];
        tiles += m.tiles[a.threads - 1];
        wait_for_all();
    }

    FOR_THREADS(t) {
        if (t == 0) {
            a.start[0] = a.tiles[0] = 0;
        }
    }
}

DEVICE void place_block(const ExpertArgs& a, i64 block) {
    OrderShared& m = *(OrderShared*)shared_memory();
    load_ids(a, block);
    FOR_THREADS(t) {
        for (i32 e = t; e < a.experts_count; e += a.threads) {
            i32 next = a.start[e] + a.counts[block * a.experts_count + e];
            for (i32 i = 0; i < kPositions; i++) {
                if (m.id[i] == e) {
                    i64 position = block * kPositions + i;
                    a.assignment[next] = (i32)position;
                    a.row[position] = next++;
                }
            }
        }
    }

    FOR_THREADS(t) {
        for (i32 i = t; i < kPositions; i += a.threads) {
            if (m.id[i] < 0 && block * kPositions + i < assignments_of(a)) {
                a.row[block * kPositions + i] = -1;
            }
        }
    }
}

// All three in one block: for few assignments, where starting a kernel takes longer than what it does.
DEVICE void order_at_once(const ExpertArgs& a) {
    count_block(a, 0);
    sum_counts(a);
    place_block(a, 0);
}
