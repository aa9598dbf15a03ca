#include "attention_tiles.cuh"

ENTRY(attention_tiles, AttentionTilesArgs, tiles_at_once)
ENTRY(attention_count, AttentionTilesArgs, count_lengths)
ENTRY(attention_sum, AttentionTilesArgs, sum_lengths)
ENTRY(attention_place, AttentionTilesArgs, place_lengths)
ENTRY(attention_sum_tiles, AttentionTilesArgs, sum_tiles)

ENTRY(packed_attention_f32, PackedAttentionArgs, packed_attention<float>)
ENTRY(packed_attention_f64, PackedAttentionArgs, packed_attention<double>)
ENTRY(packed_attention_f16, PackedAttentionArgs, packed_attention<F16>)
ENTRY(packed_attention_bf16, PackedAttentionArgs, packed_attention<BF16>)
