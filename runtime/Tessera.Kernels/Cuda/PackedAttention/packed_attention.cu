#include "packed_attention.cuh"

ENTRY(packed_attention_f32, PackedAttentionArgs, packed_attention<float>)
ENTRY(packed_attention_f64, PackedAttentionArgs, packed_attention<double>)
ENTRY(packed_attention_f16, PackedAttentionArgs, packed_attention<F16>)
ENTRY(packed_attention_bf16, PackedAttentionArgs, packed_attention<BF16>)
