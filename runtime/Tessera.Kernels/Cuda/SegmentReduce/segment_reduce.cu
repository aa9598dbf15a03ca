#include "segment_reduce.cuh"

#define NUMBERS(kind, T, name) ENTRY(segment_reduce_##kind##_##name, SegmentArgs, segment_##kind<T>)
#define FLOATS(kind) NUMBERS(kind, float, f32) NUMBERS(kind, double, f64) NUMBERS(kind, F16, f16) NUMBERS(kind, BF16, bf16)
#define INTEGERS(kind)                                                                                              \
    NUMBERS(kind, i8, i8) NUMBERS(kind, i16, i16) NUMBERS(kind, i32, i32) NUMBERS(kind, i64, i64)                   \
    NUMBERS(kind, u8, u8) NUMBERS(kind, u16, u16) NUMBERS(kind, u32, u32) NUMBERS(kind, u64, u64)

FLOATS(sum)
FLOATS(mean)
FLOATS(max)
FLOATS(logsumexp)
INTEGERS(sum)
INTEGERS(max)
