#include "tensor_experts.cuh"

TENSOR_EXPERTS(F16, f16)
