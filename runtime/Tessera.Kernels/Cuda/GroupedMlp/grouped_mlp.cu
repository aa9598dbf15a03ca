#include "expert_order.cuh"
#include "expert_table.cuh"
#include "plain_experts.cuh"

ENTRY(experts_table, ExpertTableArgs, write_experts)
ENTRY(experts_order, ExpertArgs, order_at_once)
ENTRY(experts_sum_counts, ExpertArgs, sum_counts)

DEVICE void count_blocks(const ExpertArgs& a) { count_block(a, block_index()); }
DEVICE void place_blocks(const ExpertArgs& a) { place_block(a, block_index()); }
ENTRY(experts_count, ExpertArgs, count_blocks)
ENTRY(experts_place, ExpertArgs, place_blocks)

#define PLAIN_EXPERTS(T, name)                            \
    ENTRY(experts_up_##name, ExpertArgs, plain_up<T>)     \
    ENTRY(experts_sum_##name, ExpertArgs, sum_choices<T>)

PLAIN_EXPERTS(float, f32)
PLAIN_EXPERTS(double, f64)
PLAIN_EXPERTS(F16, f16)
PLAIN_EXPERTS(BF16, bf16)
ENTRY(experts_down_f32, ExpertArgs, plain_down<float>)
ENTRY(experts_down_f64, ExpertArgs, plain_down<double>)
