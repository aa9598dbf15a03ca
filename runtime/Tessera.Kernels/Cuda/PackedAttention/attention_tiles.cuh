// Tiles of queries, those of the longest segments first, so that what runs last is short. Segments are ordered by how many tiles they have.
#pragma once
#include "../Common/order.cuh"
#include "packed_attention.cuh"

// Segments of 255 tiles and more are of one length here.
enum { kLengths = 256 };

struct AttentionTilesArgs {
    const i32* cu_q;
    i32 *counts, *start, *order; // Of KeyOrder.
    i64* tiles;                  // [B + 1]: the first tile of each segment, in that order.
    i64 tokens;
    i32 segments, tile;
};

struct LengthOf {
    const i32* cu;
    i64 tokens;
    i32 tile;
    DEVICE i64 tiles(i64 segment) const { return (segment_end(cu, tokens, segment) - segment_start(cu, tokens, segment) + tile - 1) / tile; }
    DEVICE i32 operator()(i64 segment) const { return kLengths - 1 - (i32)between(tiles(segment), 0, kLengths - 1); }
};

struct Nothing {
    DEVICE void operator()(i64, i32) const {}
};

DEVICE KeyOrder order_of(const AttentionTilesArgs& a) { return KeyOrder{a.counts, a.start, a.order, a.segments, kLengths, order_blocks(a.segments)}; }
DEVICE LengthOf length_of(const AttentionTilesArgs& a) { return LengthOf{a.cu_q, a.tokens, a.tile}; }

DEVICE void count_lengths(const AttentionTilesArgs& a) { count_keys(order_of(a), block_index(), length_of(a)); }
DEVICE void sum_lengths(const AttentionTilesArgs& a) { sum_keys(order_of(a)); }
DEVICE void place_lengths(const AttentionTilesArgs& a) { place_keys(order_of(a), block_index(), length_of(a), Nothing{}); }
DEVICE void sum_tiles(const AttentionTilesArgs& a) {
    running_sums(a.segments, a.tiles, [&] DEVICE_LAMBDA (i64 i) -> i64 { return length_of(a).tiles(a.order[i]); });
}

// All of it in one block.
DEVICE void tiles_at_once(const AttentionTilesArgs& a) {
    count_keys(order_of(a), 0, length_of(a));
    sum_keys(order_of(a));
    place_keys(order_of(a), 0, length_of(a), Nothing{});
    sum_tiles(a);
}
