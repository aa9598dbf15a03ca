// Assignments in order of their expert, and of the token within one. An id that names no expert has no row.
#pragma once
#include "../Common/order.cuh"
#include "expert_args.cuh"

DEVICE KeyOrder order_of(const ExpertArgs& a) { return KeyOrder{a.counts, a.start, a.assignment, assignments_of(a), a.experts_count, order_blocks(assignments_of(a))}; }

struct ExpertOf {
    const i64* ids;
    i32 experts;
    DEVICE i32 operator()(i64 position) const { return ids[position] >= 0 && ids[position] < experts ? (i32)ids[position] : -1; }
};

struct RowOf {
    i32* row;
    DEVICE void operator()(i64 position, i32 place) const { row[position] = place; }
};

DEVICE void count_block(const ExpertArgs& a, i64 block) { count_keys(order_of(a), block, ExpertOf{a.ids, a.experts_count}); }
DEVICE void place_block(const ExpertArgs& a, i64 block) { place_keys(order_of(a), block, ExpertOf{a.ids, a.experts_count}, RowOf{a.row}); }

// Where experts begin, and their tiles; one block.
DEVICE void sum_counts(const ExpertArgs& a) {
    sum_keys(order_of(a));
    running_sums(a.experts_count, a.tiles, [&] DEVICE_LAMBDA (i64 e) -> i64 { return (a.start[e + 1] - a.start[e] + a.tile_rows - 1) / a.tile_rows; });
}

// All of it in one block: for few assignments, where starting a kernel takes longer than what it does.
DEVICE void order_at_once(const ExpertArgs& a) {
    count_block(a, 0);
    sum_counts(a);
    place_block(a, 0);
}
