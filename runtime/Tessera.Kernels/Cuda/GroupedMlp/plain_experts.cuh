// Products of experts of every format, by plain multiplications: tiles of 32 rows and 64 columns, a depth of 16 at a time.
#pragma once
#include "expert_args.cuh"

enum { kExpertRows = 32, kExpertColumns = 64, kExpertDepth = 16, kExpertThreads = 128, kExpertSums = 16 };

// The sums take the place of what was multiplied: a loop over them is short, where one over registers is written out.
template <class V> struct PlainExpertShared {
    union {
        struct {
            V left[kExpertRows][kExpertDepth + 1], gate[kExpertDepth][kExpertColumns], value[kExpertDepth][kExpertColumns];
        };
        V sums[2][kExpertRows][kExpertColumns];
    };
};

template <class V> struct ExpertSums { V at[kExpertSums]; };

// A thread has four rows below each other, and of those every sixteenth column.
DEVICE i32 sum_row(i32 thread, i32 i) { return thread / 16 * 4 + i / 4; }
DEVICE i32 sum_column(i32 thread, i32 i) { return thread % 16 + i % 4 * 16; }

template <class V> DEVICE void clear_sums(PerThread<ExpertSums<V>, kExpertThreads>& sums) {
    EACH_THREAD(t) {
        UNROLL
        for (i32 i = 0; i < kExpertSums; i++) {
            sums[t].at[i] = 0;
        }
    }
}

template <class V> DEVICE void load_weights(const ExpertMatrix& m, i64 depth, i64 depths, i64 column, i64 columns, i32 thread, V (*to)[kExpertColumns]) {
    for (i32 i = thread; i < kExpertDepth * kExpertColumns; i += kExpertThreads) {
        i64 k = depth + i / kExpertColumns, c = column + i % kExpertColumns;
        to[i / kExpertColumns][i % kExpertColumns] = k < depths && c < columns ? weight_at<V>(m, k, c) : (V)0;
    }
}

template <class V> DEVICE void add_products(const PlainExpertShared<V>& m, const V (*right)[kExpertColumns], i32 thread, ExpertSums<V>& sums) {
    for (i32 k = 0; k < kExpertDepth; k++) {
        UNROLL
        for (i32 i = 0; i < kExpertSums; i++) {
            sums.at[i] += m.left[sum_row(thread, i)][k] * right[k][sum_column(thread, i)];
        }
    }
}

template <class V> DEVICE void put_sums(PlainExpertShared<V>& m, i32 which, PerThread<ExpertSums<V>, kExpertThreads>& sums) {
    FOR_THREADS(t) {
        UNROLL
        for (i32 i = 0; i < kExpertSums; i++) {
            m.sums[which][sum_row(t, i)][sum_column(t, i)] = sums[t].at[i];
        }
    }
}

// A tile's rows of tokens times gate and value, with what is between the matrices.
template <class T> DEVICE void plain_up_unit(const ExpertArgs& a, const ExpertUnit& u, const Expert& e) {
    using V = typename Number<T>::Wide;
    PlainExpertShared<V>& m = *(PlainExpertShared<V>*)shared_memory();
    PerThread<ExpertSums<V>, kExpertThreads> gate, value;
    clear_sums(gate);
    clear_sums(value);
    i64 column = u.column * kExpertColumns;
    for (i64 depth = 0; depth < a.width; depth += kExpertDepth) {
        FOR_THREADS(t) {
            for (i32 i = t; i < kExpertRows * kExpertDepth; i += kExpertThreads) {
                i64 row = i / kExpertDepth, k = depth + i % kExpertDepth;
                i32 assignment = row < u.rows ? a.assignment[u.row + row] : 0;
                V x = row < u.rows && k < a.width ? (V)load((const T*)a.x + assignment / a.choices * a.width + k) : (V)0;
                m.left[row][i % kExpertDepth] = a.weight_on_input ? x * (V)load((const T*)a.weights + assignment) : x;
            }

            load_weights(e.gate, depth, a.width, column, e.hidden, t, m.gate);
            if (a.gating != kNoGate) {
                load_weights(e.value, depth, a.width, column, e.hidden, t, m.value);
            }
        }

        FOR_THREADS(t) {
            add_products(m, m.gate, t, gate[t]);
            if (a.gating != kNoGate) {
                add_products(m, m.value, t, value[t]);
            }
        }
    }

    put_sums(m, 0, gate);
    if (a.gating != kNoGate) {
        put_sums(m, 1, value);
    }

    FOR_THREADS(t) {
        for (i32 i = t; i < kExpertRows * kExpertColumns; i += kExpertThreads) {
            i64 row = i / kExpertColumns, c = column + i % kExpertColumns;
            if (row < u.rows && c < e.hidden) {
                V g = m.sums[0][row][i % kExpertColumns] + bias_at<V>(e.gate, c);
                V v = a.gating == kNoGate ? (V)0 : m.sums[1][row][i % kExpertColumns] + bias_at<V>(e.value, c);
                ((V*)a.hidden)[(u.row + row) * a.hidden_stride + c] = hidden_of(a, g, v);
            }
        }
    }
}

template <class T> DEVICE void plain_up(const ExpertArgs& a) {
    i64 columns = (a.hidden_stride + kExpertColumns - 1) / kExpertColumns, units = expert_units(a, columns);
    for (i64 unit = block_index(); unit < units; unit += block_count()) {
        ExpertUnit u = expert_unit(a, unit, columns);
        if (u.column * kExpertColumns < a.experts[u.expert].hidden) {
            plain_up_unit<T>(a, u, a.experts[u.expert]);
        }
    }
}

// Hidden rows of a tile times the last matrix.
template <class V> DEVICE void plain_down_unit(const ExpertArgs& a, const ExpertUnit& u, const Expert& e) {
    PlainExpertShared<V>& m = *(PlainExpertShared<V>*)shared_memory();
    PerThread<ExpertSums<V>, kExpertThreads> sums;
    clear_sums(sums);
    i64 column = u.column * kExpertColumns;
    for (i64 depth = 0; depth < e.hidden; depth += kExpertDepth) {
        FOR_THREADS(t) {
            for (i32 i = t; i < kExpertRows * kExpertDepth; i += kExpertThreads) {
                i64 row = i / kExpertDepth, k = depth + i % kExpertDepth;
                m.left[row][i % kExpertDepth] = row < u.rows && k < e.hidden ? ((const V*)a.hidden)[(u.row + row) * a.hidden_stride + k] : (V)0;
            }

            load_weights(e.down, depth, e.hidden, column, a.output_width, t, m.gate);
        }

        FOR_THREADS(t) { add_products(m, m.gate, t, sums[t]); }
    }

    put_sums(m, 0, sums);
    FOR_THREADS(t) {
        for (i32 i = t; i < kExpertRows * kExpertColumns; i += kExpertThreads) {
            i64 row = i / kExpertColumns, c = column + i % kExpertColumns;
            if (row < u.rows && c < a.output_width) {
                ((V*)a.result)[(u.row + row) * a.output_width + c] = m.sums[0][row][i % kExpertColumns] + bias_at<V>(e.down, c);
            }
        }
    }
}

template <class V> DEVICE void plain_down(const ExpertArgs& a) {
    i64 columns = (a.output_width + kExpertColumns - 1) / kExpertColumns, units = expert_units(a, columns);
    for (i64 unit = block_index(); unit < units; unit += block_count()) {
        ExpertUnit u = expert_unit(a, unit, columns);
        plain_down_unit<V>(a, u, a.experts[u.expert]);
    }
}

// y[t] = Σ_j weight[t, j] · result of (t, j), choice by choice; 0 where there is none.
template <class T> DEVICE void sum_choices(const ExpertArgs& a) {
    using V = typename Number<T>::Wide;
    FOR_THREADS(t) {
        for (i64 i = block_index() * a.threads + t; i < a.tokens * a.output_width; i += block_count() * a.threads) {
            i64 token = i / a.output_width, column = i % a.output_width;
            V sum = 0;
            for (i32 j = 0; j < a.choices; j++) {
                i32 row = a.row[token * a.choices + j];
                if (row >= 0) {
                    V y = ((const V*)a.result)[(i64)row * a.output_width + column];
                    sum += a.weight_on_input ? y : y * (V)load((const T*)a.weights + token * a.choices + j);
                }
            }

            store((T*)a.output + i, sum);
        }
    }
}
