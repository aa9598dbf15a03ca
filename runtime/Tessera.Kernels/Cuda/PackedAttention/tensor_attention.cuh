// The same attention by tensor cores: 16-bit numbers, heads of up to Dim, 64 queries and 64 keys at a time (16 where heads are large), four warps of 16 queries.
// Keys are copied while the values before them are multiplied, and values while their keys are.
#pragma once
#include "../Common/ptx.cuh"
#include "packed_attention.cuh"

enum { kTile = 64, kLanes = 128 };

// Large heads leave registers for a quarter as many keys.
template <i32 Dim> constexpr i32 key_tile() { return Dim > 128 ? kTile / 4 : kTile; }

template <class T, i32 Dim> struct TensorShared {
    // Eight more columns put the rows that a warp reads at once into different banks.
    T q[kTile][Dim + 8], k[key_tile<Dim>()][Dim + 8], v[key_tile<Dim>()][Dim + 8];
    float q_inverse[kTile], k_inverse[key_tile<Dim>()];
    alignas(8) u8 special[kLanes]; // What each thread has found; read eight at a time.
};

template <class T, i32 Dim> struct TensorState {
    PerThread<Floats4, kLanes> s[key_tile<Dim>() / 8], o[Dim / 8];
    PerThread<float, kLanes> most[2], total[2];
    PerThread<SharedRow, kLanes> q, k, v; // What each thread points at in the matrices that are loaded.
};

// Rows of 16 bytes at a time; what is past the rows or the columns is 0.
template <class T, i32 Dim, i32 Rows> DEVICE void copy_tile(T (*to)[Dim + 8], const T* from, i64 stride, i64 rows, i32 columns) {
    EACH_THREAD(t) {
        for (i32 i = t; i < Rows * (Dim / 8); i += kLanes) {
            i32 row = i / (Dim / 8), column = i % (Dim / 8) * 8;
            bool there = row < rows && column < columns;
            copy_later(&to[row][column], there ? from + row * stride + column : from, there);
        }
    }
}

// Inverse root mean squares of the rows of a tile, which are 0 past its columns.
template <class T, i32 Dim, i32 Rows> DEVICE void tile_rms(const PackedAttentionArgs& a, T (*rows)[Dim + 8], bool normed, float* inverse) {
    FOR_THREADS(t) {
        if (t < Rows) {
            float squares = 0;
            for (i32 d = 0; normed && d < a.head_dim; d++) {
                float value = widen(rows[t][d]);
                squares += value * value;
            }

            inverse[t] = normed ? (float)(1 / __builtin_sqrt((double)(squares / (float)a.head_dim) + a.epsilon)) : 1;
        }
    }
}

// Norms the queries, and gives them the gains of queries and keys.
template <class T, i32 Dim> DEVICE void norm_queries(const PackedAttentionArgs& a, TensorShared<T, Dim>& m) {
    if (a.q_norm || a.k_norm) {
        tile_rms<T, Dim, kTile>(a, m.q, a.q_norm != nullptr, m.q_inverse);
        FOR_THREADS(t) {
            for (i32 i = t; i < kTile * a.head_dim; i += kLanes) {
                i32 row = i / a.head_dim, d = i % a.head_dim;
                float value = widen(m.q[row][d]) * m.q_inverse[row];
                value *= a.q_norm ? load((const T*)a.q_norm + d) : 1;
                m.q[row][d] = narrow(value * (a.k_norm ? load((const T*)a.k_norm + d) : 1), T{});
            }
        }
    }
}

template <class T, i32 Dim> DEVICE void tensor_products(TensorState<T, Dim>& r) {
    PerThread<Words4, kLanes> q, k;
    PerThread<Words2, kLanes> b[2];
    UNROLL
    for (i32 n = 0; n < key_tile<Dim>() / 8; n++) {
        EACH_THREAD(t) { r.s[n][t] = Floats4{{0, 0, 0, 0}}; }
    }

    UNROLL_FOUR
    for (i32 d = 0; d < Dim; d += 16) {
        load_matrices(q, r.q, d);
        UNROLL
        for (i32 n = 0; n < key_tile<Dim>() / 16; n++) {
            load_matrices(k, r.k, n * 16 * (Dim + 8) + d);
            EACH_THREAD(t) {
                b[0][t] = Words2{{k[t].word[0], k[t].word[1]}};
                b[1][t] = Words2{{k[t].word[2], k[t].word[3]}};
            }

            multiply(T{}, r.s[2 * n], q, b[0]);
            multiply(T{}, r.s[2 * n + 1], q, b[1]);
        }
    }
}

// What a thread holds of the logits: it has rows row and row + 8 of its warp, and two columns next to each other of every eight.
DEVICE i32 row_of(i32 thread, i32 half) { return thread / 32 * 16 + thread % 32 / 4 + half * 8; }
DEVICE i32 column_of(i32 thread, i32 n, i32 i) { return n * 8 + thread % 4 * 2 + i; }

template <class T, i32 Dim, class Change> DEVICE void change_logits(TensorState<T, Dim>& r, Change change) {
    EACH_THREAD(t) {
        UNROLL
        for (i32 n = 0; n < key_tile<Dim>() / 8; n++) {
            UNROLL
            for (i32 i = 0; i < 4; i++) {
                change(r.s[n][t].at[i], row_of(t, i / 2), column_of(t, n, i % 2));
            }
        }
    }
}

// Products become logits: −∞ where a query does not see a key.
template <class T, i32 Dim> DEVICE void tensor_logits(const PackedAttentionArgs& a, const AttentionUnit& u, TensorShared<T, Dim>& m, TensorState<T, Dim>& r, i64 key, bool all) {
    float scale = (float)a.scale, cap = (float)a.softcap;
    change_logits(r, [=] DEVICE_LAMBDA (float& s, i32, i32) { s *= scale; });
    if (a.k_norm) {
        const float* inverse = m.k_inverse;
        change_logits(r, [=] DEVICE_LAMBDA (float& s, i32, i32 column) { s *= inverse[column]; });
    }

    if (cap > 0) {
        change_logits(r, [=] DEVICE_LAMBDA (float& s, i32, i32) { s = cap * hyperbolic_tangent(s / cap); });
    }

    if (a.bias) {
        const T* bias = (const T*)a.bias + u.head * (2 * (i64)a.radius + 1) + a.radius;
        i32 radius = a.radius, distance = (i32)(key - u.first_query);
        change_logits(r, [=] DEVICE_LAMBDA (float& s, i32 row, i32 column) { s += load(bias + between(distance + column - row, -radius, radius)); });
    }

    if (!all) {
        EACH_THREAD(t) {
            UNROLL
            for (i32 half = 0; half < 2; half++) {
                i64 query = u.first_query + row_of(t, half);
                i32 from = (i32)between(first_key(a, query) - key, 0, key_tile<Dim>()), to = (i32)between(last_key(a, query, u.keys) - key, 0, key_tile<Dim>());
                UNROLL
                for (i32 n = 0; n < key_tile<Dim>() / 8; n++) {
                    UNROLL
                    for (i32 i = 0; i < 2; i++) {
                        i32 column = column_of(t, n, i);
                        r.s[n][t].at[2 * half + i] = column >= from && column < to ? r.s[n][t].at[2 * half + i] : least<float>();
                    }
                }
            }
        }
    }
}

// Logits become weights, and what is summed already is scaled to them. A thread has two rows, and a quarter of their columns.
template <class T, i32 Dim> DEVICE void tensor_weights(TensorState<T, Dim>& r) {
    PerThread<float, kLanes> most, total;
    UNROLL
    for (i32 half = 0; half < 2; half++) {
        EACH_THREAD(t) {
            most[t] = r.most[half][t];
            UNROLL
            for (i32 n = 0; n < key_tile<Dim>() / 8; n++) {
                most[t] = larger(r.s[n][t].at[2 * half], larger(r.s[n][t].at[2 * half + 1], most[t]));
            }
        }

        largest_of_quads(most);
        EACH_THREAD(t) {
            float shift = most[t] == least<float>() ? 0 : most[t], rescale = exponential(r.most[half][t] - shift);
            total[t] = 0;
            UNROLL
            for (i32 n = 0; n < key_tile<Dim>() / 8; n++) {
                UNROLL
                for (i32 i = 2 * half; i < 2 * half + 2; i++) {
                    r.s[n][t].at[i] = exponential(r.s[n][t].at[i] - shift);
                    total[t] += r.s[n][t].at[i];
                }
            }

            UNROLL
            for (i32 n = 0; n < Dim / 8; n++) {
                r.o[n][t].at[2 * half] *= rescale;
                r.o[n][t].at[2 * half + 1] *= rescale;
            }

            r.most[half][t] = most[t];
            r.total[half][t] *= rescale;
        }

        sum_of_quads(total);
        EACH_THREAD(t) { r.total[half][t] += total[t]; }
    }
}

template <class T> DEVICE u32 pair_of(float a, float b) { return narrow(a, T{}).bits | ((u32)narrow(b, T{}).bits << 16); }

template <class T, i32 Dim> DEVICE void tensor_values(TensorState<T, Dim>& r) {
    PerThread<Words4, kLanes> p, v;
    PerThread<Words2, kLanes> b[2];
    UNROLL
    for (i32 n = 0; n < key_tile<Dim>() / 16; n++) {
        EACH_THREAD(t) {
            float *low = r.s[2 * n][t].at, *high = r.s[2 * n + 1][t].at;
            p[t] = Words4{{pair_of<T>(low[0], low[1]), pair_of<T>(low[2], low[3]), pair_of<T>(high[0], high[1]), pair_of<T>(high[2], high[3])}};
        }

        UNROLL
        for (i32 e = 0; e < Dim / 16; e++) {
            load_transposed(v, r.v, n * 16 * (Dim + 8) + e * 16);
            EACH_THREAD(t) {
                b[0][t] = Words2{{v[t].word[0], v[t].word[1]}};
                b[1][t] = Words2{{v[t].word[2], v[t].word[3]}};
            }

            multiply(T{}, r.o[2 * e], p, b[0]);
            multiply(T{}, r.o[2 * e + 1], p, b[1]);
        }
    }
}

// Whether values of the tile are NaN or infinite: times a weight of 0 they would reach queries that do not see them.
template <class T, i32 Dim> DEVICE bool has_special(TensorShared<T, Dim>& m) {
    FOR_THREADS(t) {
        m.special[t] = 0;
        for (i32 i = t; i < key_tile<Dim>() * Dim; i += kLanes) {
            if (is_special(m.v[i / Dim][i % Dim])) {
                m.special[t] = 1;
            }
        }
    }

    u64 found = 0;
    UNROLL
    for (i32 i = 0; i < kLanes / 8; i++) {
        found |= ((const u64*)m.special)[i];
    }

    return found != 0;
}

template <class T, i32 Dim> DEVICE void store_results(const PackedAttentionArgs& a, const AttentionUnit& u, TensorState<T, Dim>& r) {
    UNROLL
    for (i32 n = 0; n < Dim / 8; n++) {
        EACH_THREAD(t) {
            UNROLL
            for (i32 i = 0; i < 4; i++) {
                i32 row = row_of(t, i / 2), column = column_of(t, n, i % 2);
                i64 query = u.first_query + row;
                if (row < u.queries && column < a.value_dim) {
                    bool sees = first_key(a, query) < last_key(a, query, u.keys);
                    store((T*)a.output + ((u.query + row) * a.heads + u.head) * a.value_dim + column, sees ? r.o[n][t].at[i] / r.total[i / 2][t] : 0);
                }
            }
        }
    }
}

// False where a hidden value is no number.
template <class T, i32 Dim> DEVICE bool tensor_unit(const PackedAttentionArgs& a, const AttentionUnit& u) {
    TensorShared<T, Dim>& m = *(TensorShared<T, Dim>*)shared_memory();
    constexpr i32 kKeyTile = key_tile<Dim>();
    TensorState<T, Dim> r;
    i64 group = u.head / (a.heads / a.key_heads), k_stride = (i64)a.key_heads * a.head_dim, v_stride = (i64)a.key_heads * a.value_dim;
    i64 start = first_key(a, u.first_query), end = last_key(a, u.first_query + u.queries - 1, u.keys);
    const T* k = (const T*)a.k + u.key * k_stride + group * a.head_dim;
    const T* v = (const T*)a.v + u.key * v_stride + group * a.value_dim;
    UNROLL
    for (i32 n = 0; n < Dim / 8; n++) {
        EACH_THREAD(t) { r.o[n][t] = Floats4{{0, 0, 0, 0}}; }
    }

    EACH_THREAD(t) {
        i32 lane = t % 32;
        r.most[0][t] = r.most[1][t] = least<float>();
        r.total[0][t] = r.total[1][t] = 0;
        r.q[t] = shared_row(&m.q[t / 32 * 16 + lane % 16][lane / 16 * 8].bits);
        r.k[t] = shared_row(&m.k[lane % 8 + lane / 16 * 8][lane / 8 % 2 * 8].bits);
        r.v[t] = shared_row(&m.v[lane % 16][lane / 16 * 8].bits);
    }

    copy_tile<T, Dim, kTile>(m.q, (const T*)a.q + (u.query * a.heads + u.head) * a.head_dim, (i64)a.heads * a.head_dim, u.queries, a.head_dim);
    copy_tile<T, Dim, kKeyTile>(m.k, k + start * k_stride, k_stride, end - start, a.head_dim);
    wait_for_copies();
    wait_for_all();
    norm_queries(a, m);
    for (i64 key = start; key < end; key += kKeyTile) {
        i64 count = between(end - key, 0, kKeyTile);
        copy_tile<T, Dim, kKeyTile>(m.v, v + key * v_stride, v_stride, count, a.value_dim);
        if (a.k_norm) {
            tile_rms<T, Dim, kKeyTile>(a, m.k, true, m.k_inverse);
        }

        tensor_products(r);
        bool all = count == kKeyTile && key >= first_key(a, u.first_query + kTile - 1) && key + kKeyTile <= last_key(a, u.first_query, u.keys);
        tensor_logits(a, u, m, r, key, all);
        tensor_weights(r);
        wait_for_copies();
        wait_for_all();
        if (!all && has_special<T, Dim>(m)) {
            return false;
        }

        i64 next = key + kKeyTile;
        copy_tile<T, Dim, kKeyTile>(m.k, k + (next < end ? next : key) * k_stride, k_stride, next < end ? end - next : 0, a.head_dim);
        tensor_values(r);
        wait_for_copies();
        wait_for_all();
    }

    store_results(a, u, r);
    return true;
}

// The same by plain products, which take a part of the tile's queries and of the values at a time.
template <class T> DEVICE void plain_parts(const PackedAttentionArgs& a, const AttentionUnit& u) {
    i32 columns = (i32)attention_columns(a), parts = (i32)((u.queries + kQueries - 1) / kQueries) * columns;
    wait_for_all();
    for (i32 i = 0; i < parts; i++) {
        AttentionUnit part = u;
        i32 first = i / columns * kQueries;
        part.query += first;
        part.first_query += first;
        part.queries = between(u.queries - first, 0, kQueries);
        part.column = i % columns * kValues;
        plain_unit<T>(a, part);
    }
}

template <class T, i32 Dim> DEVICE void tensor_attention(const PackedAttentionArgs& a) {
    i64 units = attention_units(a, 1);
    for (i64 unit = block_index(); unit < units; unit += block_count()) {
        AttentionUnit u = attention_unit<kTile>(a, unit, 1);
        if (!tensor_unit<T, Dim>(a, u)) {
            plain_parts<T>(a, u);
        }
    }
}
