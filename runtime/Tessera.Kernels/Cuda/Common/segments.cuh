// What kernels over segments are given: x of rows of tokens or of segments, and the offsets between them.
#pragma once
#include "portable.cuh"

struct SegmentArgs {
    const void* x;
    const i32* cu;
    void* output;
    i64 tokens, segments, columns;
    i32 width; // Columns of a block, a power of two; its other threads share the rows.
    i32 threads;
};
