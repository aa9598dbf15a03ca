#include "tensor_attention.cuh"

DEVICE void attention_f16_256(const PackedAttentionArgs& a) { tensor_attention<F16, 256>(a); }

ENTRY_WITHIN(tensor_attention_f16_256, PackedAttentionArgs, attention_f16_256, 128, 2)
