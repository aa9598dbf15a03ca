// x[R, n] → y[R, n]: a sparse top-k of each row (arXiv 2302.01425), by the root τ of its closed form, a block a row: mask
// y = clip(((x − τ)₊/λ)ᵉ, 0, 1) with Σ y = k; magnitude y between x and what u = ((|x| − τ)₊/λ)ᵉ leaves of it, with Σ min(u/τ, 1) = k.
#pragma once
#include "../Common/numbers.cuh"

struct SparseTopKArgs {
    const void* x;
    void* y;
    i64 rows, columns, k;
    double lambda, exponent; // e = 1 / (p − 1)
    i32 magnitude, threads;
};

DEVICE double power(double z, double exponent) {
    if (exponent == 1 || z == 0) {
        return z;
    }

    return exponent == 2 ? z * z : exponent == 3 ? z * z * z : exponent == 0.5 ? __builtin_sqrt(z) : z < 2.2250738585072014e-308 ? 0 : exponential(exponent * logarithm(z));
}

DEVICE double magnitude_of(double x) { return x < 0 ? -x : x; }

// What Fold makes of a number of each thread, always in the same order.
template <class Fold> DEVICE double fold_threads(double* found, i32 threads) {
    for (i32 half = threads / 2; half > 0; half /= 2) {
        FOR_THREADS(t) {
            if (t < half) {
                found[t] = Fold::of(found[t], found[t + half]);
            }
        }
    }

    return found[0];
}

struct Total { static DEVICE double of(double a, double b) { return a + b; } };
struct Most { static DEVICE double of(double a, double b) { return a > b ? a : b; } };

// How far the sum is above k at τ, and its slope.
template <class T> DEVICE void sum_at(const SparseTopKArgs& a, const T* x, double k, double tau, double* excess, double* slope) {
    double* found = (double*)shared_memory();
    FOR_THREADS(t) {
        double sum = 0, fall = 0, whole = 0;
        for (i64 i = t; i < a.columns; i += a.threads) {
            double value = load(x + i), z = ((a.magnitude ? magnitude_of(value) : value) - tau) / a.lambda, u = z > 0 ? power(z, a.exponent) : 0;
            if (!(z > 0)) {
                continue;
            }

            if (a.magnitude ? u >= tau : z >= 1) {
                whole++;
                continue;
            }

            sum += u;
            fall -= a.exponent * u / (z * a.lambda) + (a.magnitude ? u / tau : 0);
        }

        found[t] = sum;
        found[a.threads + t] = fall;
        found[2 * a.threads + t] = whole;
    }

    double sum = fold_threads<Total>(found, a.threads), fall = fold_threads<Total>(found + a.threads, a.threads), whole = fold_threads<Total>(found + 2 * a.threads, a.threads);
    *excess = (a.magnitude ? sum / tau : sum) - (k - whole);
    *slope = a.magnitude ? fall / tau : fall;
    wait_for_all();
}

// Newton's steps where they stay inside what is left, halves elsewhere; a step that does not halve it is followed by one that does.
template <class T> DEVICE double root_of(const SparseTopKArgs& a, const T* x, double k, double low, double high) {
    double tau = low + (high - low) / 2;
    bool halve = false;
    for (i32 step = 0; step < 2200 && tau > low && tau < high; step++) {
        double excess, slope, width = high - low;
        sum_at(a, x, k, tau, &excess, &slope);
        if (excess == 0) {
            break;
        }

        low = excess > 0 ? tau : low;
        high = excess > 0 ? high : tau;
        double newton = tau - excess / slope;
        if (magnitude_of(newton - tau) <= (magnitude_of(tau) + a.lambda) * 1e-16) {
            break;
        }

        bool inside = !halve && newton > low && newton < high;
        halve = !halve && high - low > width / 2;
        tau = inside ? newton : low + (high - low) / 2;
    }

    return tau;
}

template <class T> DEVICE void sparse_row(const SparseTopKArgs& a, const T* x, T* y) {
    const double endless = double_of(0x7ff0000000000000);
    double* found = (double*)shared_memory();
    i64 k = a.k < a.columns ? a.k : a.columns;
    FOR_THREADS(t) {
        double bad = 0, finite = 0, smallest = endless, largest = a.magnitude ? 0 : -endless, positive = 0;
        for (i64 i = t; i < a.columns; i += a.threads) {
            double value = load(x + i), size = a.magnitude ? magnitude_of(value) : value;
            bool is_finite = value - value == 0;
            finite += is_finite;
            bad += !is_finite && (a.magnitude || value != -endless);
            smallest = is_finite && size < smallest ? size : smallest;
            largest = size > largest ? size : largest;
            positive += value != 0;
        }

        found[t] = bad;
        found[a.threads + t] = finite;
        found[2 * a.threads + t] = -smallest;
        found[3 * a.threads + t] = largest;
        found[4 * a.threads + t] = positive;
    }

    double bad = fold_threads<Total>(found, a.threads), finite = fold_threads<Total>(found + a.threads, a.threads);
    double smallest = -fold_threads<Most>(found + 2 * a.threads, a.threads), largest = fold_threads<Most>(found + 3 * a.threads, a.threads);
    double positive = fold_threads<Total>(found + 4 * a.threads, a.threads);
    wait_for_all();
    bool regular = bad == 0 && finite >= k, none = k <= 0, all = !a.magnitude && k == a.columns;
    double tau = 0;
    if (regular && !none && !all && (!a.magnitude || positive > k)) {
        // At the first bound every finite element is whole, at the second none is left.
        tau = root_of(a, x, (double)k, a.magnitude ? 0 : smallest - a.lambda, largest);
    }

    FOR_THREADS(t) {
        for (i64 i = t; i < a.columns; i += a.threads) {
            double value = load(x + i), rest = (a.magnitude ? magnitude_of(value) : value) - tau, u = power((rest > 0 ? rest : 0) / a.lambda, a.exponent);
            double kept = u >= tau ? value : value < 0 ? -(u + rest) : u + rest;
            double result = a.magnitude ? (rest > 0 || u >= tau ? kept : 0) : u < 1 ? u : 1;
            result = !regular ? endless - endless : none ? 0 : all ? 1 : result;
            store(y + i, (typename Number<T>::Wide)result);
        }
    }
}

template <class T> DEVICE void sparse_top_k(const SparseTopKArgs& a) {
    for (i64 row = block_index(); row < a.rows; row += block_count()) {
        sparse_row(a, (const T*)a.x + row * a.columns, (T*)a.y + row * a.columns);
    }
}
