#include "sparse_top_k.cuh"

ENTRY(sparse_top_k_f32, SparseTopKArgs, sparse_top_k<float>)
ENTRY(sparse_top_k_f64, SparseTopKArgs, sparse_top_k<double>)
ENTRY(sparse_top_k_f16, SparseTopKArgs, sparse_top_k<F16>)
ENTRY(sparse_top_k_bf16, SparseTopKArgs, sparse_top_k<BF16>)
