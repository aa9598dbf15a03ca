// Attention inside each segment, a tile of queries of one head at a time, with a running softmax over tiles of keys. For every element
// type, head size and option; products are sums of plain multiplications, so what has tensor cores will have kernels of its own.
#pragma once
#include "../Common/numbers.cuh"
#include "../Common/search.cuh"

struct PackedAttentionArgs {
    const void *q, *k, *v; // [T, H, D], [S, G, D], [S, G, E]
    const i32 *cu_q, *cu_k;
    const void *bias, *q_norm, *k_norm; // [H, 2R + 1], [D], [D], or null
    void* output;                       // [T, H, E]
    i64 tokens, keys, window_left, window_right;
    double scale, softcap, epsilon;
    const i32* order;                   // [B]: segments, those of the most tiles first.
    const i64* tiles;                   // [B + 1]: the first tile of each, in that order.
    i32 segments, heads, key_heads, head_dim, value_dim, radius;
};

enum { kQueries = 16, kKeys = 32, kDepth = 64, kValues = 128, kThreads = 128 };

template <class V> struct AttentionShared {
    V q[kQueries][kDepth], k[kKeys][kDepth + 1], v[kKeys][kValues], s[kQueries][kKeys], o[kQueries][kValues];
    V most[kQueries], total[kQueries], rescale[kQueries], q_inverse[kQueries], k_inverse[kKeys];
};

// Queries of a segment, a head, and columns of the values.
struct AttentionUnit {
    i64 query, queries, first_query, key, keys; // The tile and its length; its place in the segment; the segment's keys.
    i32 head, column;
};

DEVICE i64 between(i64 x, i64 least, i64 most) { return x < least ? least : x > most ? most : x; }

// Offsets are read on the device and checked by nobody before: they are brought into 0 … tokens, and none is below the one before it.
DEVICE i64 segment_start(const i32* cu, i64 tokens, i64 segment) { return between(cu[segment], 0, tokens); }
DEVICE i64 segment_end(const i32* cu, i64 tokens, i64 segment) { return between(cu[segment + 1], segment_start(cu, tokens, segment), tokens); }

DEVICE i64 attention_columns(const PackedAttentionArgs& a) { return (a.value_dim + kValues - 1) / kValues; }
DEVICE i64 attention_units(const PackedAttentionArgs& a, i64 columns) { return a.tiles[a.segments] * a.heads * columns; }

// The last tile of a segment comes first: where attention is causal, it has the most keys.
template <i32 Tile> DEVICE AttentionUnit attention_unit(const PackedAttentionArgs& a, i64 unit, i64 columns) {
    i64 tile = unit / (a.heads * columns);
    i32 place = last_not_above(a.tiles, a.segments, tile), segment = a.order[place];
    i64 from = segment_start(a.cu_q, a.tokens, segment), to = segment_end(a.cu_q, a.tokens, segment);
    i64 key = segment_start(a.cu_k, a.keys, segment), end = segment_end(a.cu_k, a.keys, segment);
    i64 first = (a.tiles[place + 1] - 1 - tile) * Tile;
    return AttentionUnit{from + first, between(to - from - first, 0, Tile), first, key, end - key, (i32)(unit / columns % a.heads), (i32)(unit % columns * kValues)};
}

// Keys that query i of a segment sees: none where the second is not above the first.
DEVICE i64 first_key(const PackedAttentionArgs& a, i64 i) { return a.window_left >= i ? 0 : i - a.window_left; }
DEVICE i64 last_key(const PackedAttentionArgs& a, i64 i, i64 keys) { return a.window_right >= keys - i ? keys : between(i + a.window_right + 1, 0, keys); }

// Exact to a last place of 1, not of the result: it is added to other logits.
template <class V> DEVICE V hyperbolic_tangent(V x) {
    V e = exponential(-2 * (x < 0 ? -x : x)), t = (1 - e) / (1 + e);
    return x < 0 ? -t : t;
}

// The inverse root mean squares of the rows of a tile, or 1, as for rows that are not there.
template <i32 Rows, class T, class V> DEVICE void inverse_rms(const PackedAttentionArgs& a, const T* x, i64 stride, i64 rows, bool normed, V* inverse) {
    FOR_THREADS(t) {
        if (t < Rows) {
            bool there = normed && t < rows;
            V squares = 0;
            for (i32 d = 0; there && d < a.head_dim; d++) {
                V value = load(x + t * stride + d);
                squares += value * value;
            }

            inverse[t] = there ? (V)(1 / __builtin_sqrt((double)(squares / (V)a.head_dim) + a.epsilon)) : V(1);
        }
    }
}

// s = q · kᵀ of a tile, before scale and norms; gains of both stand with the queries.
template <class T, class V> DEVICE void attention_products(const PackedAttentionArgs& a, const AttentionUnit& u, AttentionShared<V>& m, const T* q, const T* k, i64 count) {
    FOR_THREADS(t) {
        for (i32 i = t; i < kQueries * kKeys; i += kThreads) {
            m.s[i / kKeys][i % kKeys] = 0;
        }
    }

    for (i32 first = 0; first < a.head_dim; first += kDepth) {
        i32 depth = a.head_dim - first < kDepth ? a.head_dim - first : (i32)kDepth;
        FOR_THREADS(t) {
            for (i32 i = t; i < kQueries * kDepth; i += kThreads) {
                i32 row = i / kDepth, d = i % kDepth;
                bool there = row < u.queries && d < depth;
                V value = there ? (V)load(q + (i64)row * a.heads * a.head_dim + first + d) : V(0);
                value *= there && a.q_norm ? (V)load((const T*)a.q_norm + first + d) : V(1);
                m.q[row][d] = value * (there && a.k_norm ? (V)load((const T*)a.k_norm + first + d) : V(1));
            }

            for (i32 i = t; i < kKeys * kDepth; i += kThreads) {
                i32 row = i / kDepth, d = i % kDepth;
                m.k[row][d] = row < count && d < depth ? (V)load(k + (i64)row * a.key_heads * a.head_dim + first + d) : V(0);
            }
        }

        FOR_THREADS(t) {
            for (i32 i = t; i < kQueries * kKeys; i += kThreads) {
                V sum = m.s[i / kKeys][i % kKeys];
                for (i32 d = 0; d < depth; d++) {
                    sum += m.q[i / kKeys][d] * m.k[i % kKeys][d];
                }

                m.s[i / kKeys][i % kKeys] = sum;
            }
        }
    }
}

// Products become logits, and these weights e^(s − most); −1 where a query does not see a key, which then weighs nothing at all.
template <class T, class V> DEVICE void attention_weights(const PackedAttentionArgs& a, const AttentionUnit& u, AttentionShared<V>& m, i64 key, i64 count) {
    FOR_THREADS(t) {
        for (i32 n = t; n < kQueries * kKeys; n += kThreads) {
            i32 row = n / kKeys, column = n % kKeys;
            i64 i = u.first_query + row, j = key + column;
            V s = m.s[row][column] * (V)a.scale * m.q_inverse[row] * m.k_inverse[column];
            if (a.softcap > 0) {
                s = (V)a.softcap * hyperbolic_tangent(s / (V)a.softcap);
            }

            if (a.bias) {
                s += (V)load((const T*)a.bias + u.head * (2 * (i64)a.radius + 1) + between(j - i, -(i64)a.radius, a.radius) + a.radius);
            }

            m.s[row][column] = s;
        }
    }

    FOR_THREADS(t) {
        if (t < kQueries) {
            i64 i = u.first_query + t, from = between(first_key(a, i) - key, 0, count), to = between(last_key(a, i, u.keys) - key, from, count);
            V most = m.most[t], total = 0;
            for (i64 j = from; j < to; j++) {
                most = larger(m.s[t][j], most);
            }

            // Where all are −∞, nothing is to be taken from nothing.
            V shift = most == least<V>() ? V(0) : most;
            for (i32 j = 0; j < kKeys; j++) {
                bool sees = j >= from && j < to;
                m.s[t][j] = sees ? exponential(m.s[t][j] - shift) : V(-1);
                total += sees ? m.s[t][j] : V(0);
            }

            m.rescale[t] = exponential(m.most[t] - shift);
            m.total[t] = m.total[t] * m.rescale[t] + total;
            m.most[t] = most;
        }
    }
}

// o = o · rescale + weights · v, a column a thread.
template <class T, class V> DEVICE void attention_values(const PackedAttentionArgs& a, const AttentionUnit& u, AttentionShared<V>& m, const T* v, i64 count) {
    FOR_THREADS(t) {
        for (i32 j = 0; j < count; j++) {
            m.v[j][t] = u.column + t < a.value_dim ? (V)load(v + (i64)j * a.key_heads * a.value_dim + u.column + t) : V(0);
        }
    }

    FOR_THREADS(t) {
        for (i32 row = 0; row < kQueries; row++) {
            V sum = m.o[row][t] * m.rescale[row];
            for (i32 j = 0; j < count; j++) {
                V weight = m.s[row][j];
                if (!(weight < 0)) {
                    sum += weight * m.v[j][t];
                }
            }

            m.o[row][t] = sum;
        }
    }
}

template <class T> DEVICE void plain_unit(const PackedAttentionArgs& a, const AttentionUnit& u) {
    using V = typename Number<T>::Wide;
    AttentionShared<V>& m = *(AttentionShared<V>*)shared_memory();
    i64 group = u.head / (a.heads / a.key_heads);
    const T* q = (const T*)a.q + (u.query * a.heads + u.head) * a.head_dim;
    FOR_THREADS(t) {
        for (i32 row = 0; row < kQueries; row++) {
            m.o[row][t] = 0;
        }

        if (t < kQueries) {
            m.most[t] = least<V>();
            m.total[t] = 0;
        }
    }

    inverse_rms<kQueries>(a, q, (i64)a.heads * a.head_dim, u.queries, a.q_norm != nullptr, m.q_inverse);
    i64 end = last_key(a, u.first_query + u.queries - 1, u.keys);
    for (i64 key = first_key(a, u.first_query); key < end; key += kKeys) {
        i64 count = between(end - key, 0, kKeys), at = (u.key + key) * a.key_heads + group;
        const T* k = (const T*)a.k + at * a.head_dim;
        inverse_rms<kKeys>(a, k, (i64)a.key_heads * a.head_dim, count, a.k_norm != nullptr, m.k_inverse);
        attention_products(a, u, m, q, k, count);
        attention_weights<T, V>(a, u, m, key, count);
        attention_values(a, u, m, (const T*)a.v + at * a.value_dim, count);
    }

    FOR_THREADS(t) {
        for (i32 row = 0; u.column + t < a.value_dim && row < u.queries; row++) {
            i64 i = u.first_query + row;
            bool sees = first_key(a, i) < last_key(a, i, u.keys);
            store((T*)a.output + ((u.query + row) * a.heads + u.head) * a.value_dim + u.column + t, sees ? m.o[row][t] / m.total[row] : V(0));
        }
    }
}

template <class T> DEVICE void packed_attention(const PackedAttentionArgs& a) {
    i64 columns = attention_columns(a), units = attention_units(a, columns);
    for (i64 unit = block_index(); unit < units; unit += block_count()) {
        plain_unit<T>(a, attention_unit<kQueries>(a, unit, columns));
    }
}
