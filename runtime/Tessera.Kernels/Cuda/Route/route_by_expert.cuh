// Expert choice: within each group of tokens, each expert takes those that score highest with it.
#pragma once
#include "route_row.cuh"

namespace route {

// Scores of every token with all experts, as what they are ranked by.
DEVICE void score_tokens(const RouteArgs& a) {
    RouteRow row = route_row(a);
    for (i64 token = block_index(); token < a.tokens; token += block_count()) {
        bool bad = load_row(a, token, row.values);
        score_row(a, row.values, a.experts);
        FOR_THREADS(t) {
            if (t == 0) {
                a.bad[token] = bad;
            }

            for (i64 i = t; i < a.experts; i += a.threads) {
                a.keys[token * a.experts + i] = order_of(row.values[i]);
            }
        }
    }
}

// Results of every token, of the ranks that it has.
DEVICE void store_ranks(const RouteArgs& a) {
    for (i64 token = block_index(); token < a.tokens; token += block_count()) {
        const i64* keys = a.keys + token * a.experts;
        const i32* ranks = a.ranks + token * a.experts;
        auto weight = [=] DEVICE_LAMBDA (i64 i) { return ranks[i] >= 0 ? number_of(keys[i]) : 0; };
        double sum = sum_of(a, a.experts, weight);
        FOR_THREADS(t) {
            for (i64 i = t; i < a.experts; i += a.threads) {
                i32 rank = ranks[i];
                double final = a.bad[token] ? endless() - endless() : finished(a, weight(i), sum);
                store_choice(a, token * a.experts + i, rank >= 0 ? i : -1, rank >= 0 ? final : 0);
                if (a.slots) {
                    a.slots[token * a.experts + i] = rank;
                }
            }
        }
    }
}

} // namespace route
