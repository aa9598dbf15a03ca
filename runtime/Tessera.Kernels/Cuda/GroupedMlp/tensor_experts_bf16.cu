#include "tensor_experts.cuh"

TENSOR_EXPERTS(BF16, bf16)
