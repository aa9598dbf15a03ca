#include "tensor_attention.cuh"

DEVICE void attention_bf16_64(const PackedAttentionArgs& a) { tensor_attention<BF16, 64>(a); }
DEVICE void attention_bf16_128(const PackedAttentionArgs& a) { tensor_attention<BF16, 128>(a); }

ENTRY_WITHIN(tensor_attention_bf16_64, PackedAttentionArgs, attention_bf16_64, 128, 2)
ENTRY_WITHIN(tensor_attention_bf16_128, PackedAttentionArgs, attention_bf16_128, 128, 2)
