// What a block does with a token's row: reading it, scores, the largest of its keys, sums, results.
#pragma once
#include "route.cuh"

namespace route {

// The first numbers of shared memory are the threads' own: kFoldedNumbers of each. A row lies behind them, or in memory of its block.
enum { kFoldedNumbers = 5 };

struct RouteRow {
    double *values, *weights; // [E]: logits, then scores; [K']
    i64* keys;                // [E]: what experts are chosen by
    i32* ids;                 // [K']
};

DEVICE RouteRow route_row(const RouteArgs& a) {
    double* first = a.rows ? a.rows + block_index() * a.row_size : (double*)shared_memory() + kFoldedNumbers * a.threads;
    return RouteRow{first, first + 2 * a.experts, (i64*)(first + a.experts), (i32*)(first + 2 * a.experts + a.most_chosen)};
}

// Reads a token's logits; a row that is not numbers is one of zeros, and true is returned.
DEVICE bool load_row(const RouteArgs& a, i64 token, double* values) {
    double* found = (double*)shared_memory();
    bool infinite = a.scoring != kSigmoid;
    FOR_THREADS(t) {
        double wrong = 0, nothing = 0;
        for (i64 i = t; i < a.experts; i += a.threads) {
            double x = load_number(a.type, a.logits, token * a.experts + i);
            values[i] = x;
            wrong += x != x || (infinite && x == endless());
            nothing += infinite && x == -endless();
        }

        found[t] = wrong;
        found[a.threads + t] = nothing;
    }

    double wrong = fold_threads<Total>(found, a.threads), nothing = fold_and_wait<Total>(found + a.threads, a.threads);
    bool bad = wrong > 0 || nothing == (double)a.experts;
    if (bad) {
        FOR_THREADS(t) {
            for (i64 i = t; i < a.experts; i += a.threads) {
                values[i] = 0;
            }
        }
    }

    return bad;
}

DEVICE void sigmoid(const RouteArgs& a, double* x, i64 count) {
    FOR_THREADS(t) {
        for (i64 i = t; i < count; i += a.threads) {
            x[i] = 1 / (1 + exponential(-x[i]));
        }
    }
}

DEVICE void softmax(const RouteArgs& a, double* x, i64 count) {
    double* found = (double*)shared_memory();
    FOR_THREADS(t) {
        double most = -endless();
        for (i64 i = t; i < count; i += a.threads) {
            most = Most::of(most, x[i]);
        }

        found[t] = most;
    }

    double most = fold_and_wait<Most>(found, a.threads);
    FOR_THREADS(t) {
        double sum = 0;
        for (i64 i = t; i < count; i += a.threads) {
            x[i] = exponential(x[i] - most);
            sum += x[i];
        }

        found[t] = sum;
    }

    double sum = fold_and_wait<Total>(found, a.threads);
    FOR_THREADS(t) {
        for (i64 i = t; i < count; i += a.threads) {
            x[i] /= sum;
        }
    }
}

// In place.
DEVICE void score_row(const RouteArgs& a, double* x, i64 count) {
    if (a.scoring == kSigmoid) {
        sigmoid(a, x, count);
    } else {
        softmax(a, x, count);
    }
}

DEVICE bool comes_first(i64 key, i64 index, i64 than, i64 its) { return key > than || (key == than && index < its); }

// Below every key of what may be chosen.
DEVICE i64 taken_key() { return order_of(endless() - endless()); }

// NaN is no better than −∞.
DEVICE i64 choosing_key(double x) { return order_of(x != x ? -endless() : x); }

// Which of the keys is the largest, the first among equals.
DEVICE i64 index_of_largest(const RouteArgs& a, const i64* keys, i64 count) {
    i64 *most = (i64*)shared_memory(), *where = most + a.threads;
    FOR_THREADS(t) {
        i64 best = taken_key(), at = count;
        for (i64 i = t; i < count; i += a.threads) {
            if (comes_first(keys[i], i, best, at)) {
                best = keys[i];
                at = i;
            }
        }

        most[t] = best;
        where[t] = at;
    }

    for (i32 half = a.threads / 2; half > 0; half /= 2) {
        FOR_THREADS(t) {
            if (t < half && comes_first(most[t + half], where[t + half], most[t], where[t])) {
                most[t] = most[t + half];
                where[t] = where[t + half];
            }
        }
    }

    i64 found = where[0];
    wait_for_all();
    return found;
}

// The k largest, best first.
DEVICE void take_largest(const RouteArgs& a, i64* keys, i64 count, i32* best, i64 k) {
    for (i64 j = 0; j < k; j++) {
        i64 found = index_of_largest(a, keys, count);
        FOR_THREADS(t) {
            if (t == 0) {
                best[j] = (i32)found;
                keys[found] = taken_key();
            }
        }
    }
}

// Σ weight(i), of which thread t has those of t, t + threads, …
template <class Weight> DEVICE double sum_of(const RouteArgs& a, i64 count, Weight weight) {
    double* found = (double*)shared_memory();
    FOR_THREADS(t) {
        double sum = 0;
        for (i64 i = t; i < count; i += a.threads) {
            sum += weight(i);
        }

        found[t] = sum;
    }

    return fold_and_wait<Total>(found, a.threads);
}

// Renormalised and scaled.
DEVICE double finished(const RouteArgs& a, double weight, double sum) { return (a.renormalize ? weight / (sum + a.epsilon) : weight) * a.scale; }

DEVICE void store_choice(const RouteArgs& a, i64 at, i64 id, double weight) {
    a.ids[at] = id;
    store_number(a.type, a.weights, at, weight);
}

} // namespace route
