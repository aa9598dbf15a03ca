// A token's experts and weights, a block a token.
#pragma once
#include "route_row.cuh"

namespace route {

DEVICE double biased(const RouteArgs& a, const RouteRow& row, i64 expert) {
    return row.values[expert] + (a.bias ? load_number(a.type, a.bias, expert) : 0);
}

// Of a group of experts the best, or the sum of the two best.
DEVICE double group_score(const RouteArgs& a, const RouteRow& row, i64 group, i64 size) {
    double first = -endless(), second = -endless();
    bool numbers = true;
    for (i64 i = group * size; i < (group + 1) * size; i++) {
        double x = biased(a, row, i);
        numbers = numbers && x == x;
        second = Most::of(second, x < first ? x : first);
        first = Most::of(first, x);
    }

    return !numbers ? -endless() : a.sum_of_two && size > 1 ? first + second : first;
}

// Keys of experts in groups that are not among the best become −∞.
DEVICE void keep_best_groups(const RouteArgs& a, const RouteRow& row) {
    i64 size = a.experts / a.group_count, top = a.top_groups < a.group_count ? a.top_groups : a.group_count;

    // Nothing is chosen yet: the places of weights and ids are free.
    i64* scores = (i64*)row.weights;
    FOR_THREADS(t) {
        for (i64 g = t; g < a.group_count; g += a.threads) {
            scores[g] = choosing_key(group_score(a, row, g, size));
        }
    }

    take_largest(a, scores, a.group_count, row.ids, top);
    FOR_THREADS(t) {
        for (i64 i = t; i < a.experts; i += a.threads) {
            bool kept = false;
            for (i64 j = 0; j < top; j++) {
                kept = kept || row.ids[j] == i / size;
            }

            row.keys[i] = kept ? row.keys[i] : order_of(-endless());
        }
    }
}

DEVICE void select_experts(const RouteArgs& a, const RouteRow& row) {
    if (!a.select_first) {
        score_row(a, row.values, a.experts);
    }

    FOR_THREADS(t) {
        for (i64 i = t; i < a.experts; i += a.threads) {
            row.keys[i] = choosing_key(biased(a, row, i));
        }
    }

    if (a.group_count > 0) {
        keep_best_groups(a, row);
    }

    take_largest(a, row.keys, a.experts, row.ids, a.k);
    FOR_THREADS(t) {
        for (i64 j = t; j < a.k; j += a.threads) {
            row.weights[j] = row.values[row.ids[j]];
        }
    }

    if (a.select_first) {
        score_row(a, row.weights, a.k);
    }
}

// PhiMoE's mixer as it evaluates: of what is not chosen yet the largest logit m, weighted by a softmax over those that are within
// 2 · jitter of it, relative to max(|l|, m). A key of −∞ is what is chosen, or nothing to begin with.
DEVICE void mix_experts(const RouteArgs& a, const RouteRow& row) {
    double* found = (double*)shared_memory();
    i64 none = order_of(-endless());
    FOR_THREADS(t) {
        for (i64 i = t; i < a.experts; i += a.threads) {
            row.keys[i] = order_of(row.values[i]);
        }
    }

    for (i64 j = 0; j < a.k; j++) {
        i64 best = index_of_largest(a, row.keys, a.experts);
        double m = row.keys[best] > none ? row.values[best] : -endless();
        FOR_THREADS(t) {
            double sum = 0;
            for (i64 i = t; i < a.experts; i += a.threads) {
                double key = row.keys[i] > none ? row.values[i] : -endless();
                bool masked = (m - key) / Most::of(magnitude_of(row.values[i]), m) > 2 * a.jitter;
                sum += masked ? 0 : exponential(key - m);
            }

            found[t] = sum;
        }

        double sum = fold_and_wait<Total>(found, a.threads);
        FOR_THREADS(t) {
            if (t == 0) {
                row.ids[j] = (i32)best;
                row.weights[j] = 1 / sum;
                row.keys[best] = none;
            }
        }
    }
}

DEVICE void sparse_experts(const RouteArgs& a, const RouteRow& row) {
    SparseTopKArgs sparse{nullptr, nullptr, 1, a.experts, a.k, a.lambda, a.exponent, a.magnitude, a.threads};
    sparse_row(sparse, row.values, row.weights);
    FOR_THREADS(t) {
        for (i64 i = t; i < a.experts; i += a.threads) {
            row.ids[i] = row.weights[i] != 0 ? (i32)i : -1;
        }
    }
}

DEVICE void choose_experts(const RouteArgs& a) {
    RouteRow row = route_row(a);
    for (i64 token = block_index(); token < a.tokens; token += block_count()) {
        bool bad = load_row(a, token, row.values);
        if (a.scoring == kSparseTopK) {
            sparse_experts(a, row);
        } else if (a.scoring == kSparseMixer) {
            mix_experts(a, row);
        } else {
            select_experts(a, row);
        }

        const double* weights = row.weights;
        double sum = sum_of(a, a.columns, [=] DEVICE_LAMBDA (i64 i) { return weights[i]; });
        FOR_THREADS(t) {
            if (t == 0 && a.keys) {
                a.keys[token] = order_of(row.weights[0]);
            }

            for (i64 j = t; j < a.columns; j += a.threads) {
                i32 id = row.ids[j];
                store_choice(a, token * a.columns + j, id, bad && id >= 0 ? endless() - endless() : finished(a, row.weights[j], sum));
            }
        }
    }
}

} // namespace route
