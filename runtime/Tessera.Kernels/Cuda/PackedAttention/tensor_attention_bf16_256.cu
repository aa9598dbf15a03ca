#include "tensor_attention.cuh"

DEVICE void attention_bf16_256(const PackedAttentionArgs& a) { tensor_attention<BF16, 256>(a); }

ENTRY_WITHIN(tensor_attention_bf16_256, PackedAttentionArgs, attention_bf16_256, 128, 2)
