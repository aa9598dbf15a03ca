#include "segment_expand.cuh"

ENTRY(segment_expand_16, SegmentArgs, segment_expand<Word16>)
ENTRY(segment_expand_8, SegmentArgs, segment_expand<u64>)
ENTRY(segment_expand_4, SegmentArgs, segment_expand<u32>)
ENTRY(segment_expand_2, SegmentArgs, segment_expand<u16>)
ENTRY(segment_expand_1, SegmentArgs, segment_expand<u8>)
