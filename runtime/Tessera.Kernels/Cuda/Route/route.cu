#include "route_by_expert.cuh"
#include "route_capacity.cuh"
#include "route_choose.cuh"
#include "route_rank.cuh"

ENTRY(route_choose, route::RouteArgs, route::choose_experts)
ENTRY(route_groups, route::RouteArgs, route::order_groups)
ENTRY(route_sort, route::RouteArgs, route::sort_tokens)
ENTRY(route_rank, route::RouteArgs, route::rank_tokens)
ENTRY(route_score, route::RouteArgs, route::score_tokens)
ENTRY(route_store, route::RouteArgs, route::store_ranks)
ENTRY(route_count, route::RouteArgs, route::count_assignments)
ENTRY(route_carry, route::RouteArgs, route::carry_counts)
ENTRY(route_place, route::RouteArgs, route::place_assignments)
