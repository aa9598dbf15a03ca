// A mixture of experts: x[T, D], ids[T, K] and weights[T, K] → [T, D'], each token through its own experts. What all of its kernels are
// given, and how matrices of any format are read.
#pragma once
#include "../Common/numbers.cuh"
#include "../Common/search.cuh"

// In the order of the host's WeightFormat, Activation and Gating.
enum ExpertFormat { kF32, kF16, kBF16, kInt8, kUInt8, kInt4, kUInt4, kF64 };
enum ExpertActivation { kRelu, kGelu, kGeluTanh, kSilu, kIdentity };
enum ExpertGating { kNoGate, kSeparate, kInterleaved, kConcatenated };

// [in, out] row by row, of which the columns first, first + step, … are meant; quantised as (q − zero) · scale, a block of rows at a time.
struct ExpertMatrix {
    const void *data, *scale, *zero, *bias; // Null where there is none.
    i32 stride, first, step, block_rows, format, scale_format, bias_format, unused;
};

struct Expert {
    ExpertMatrix gate, value, down; // [D, H], [D, H], [H, D'].
    i64 hidden;                     // H.
};

struct ExpertArgs {
    const void* x;
    const i64* ids;
    const void* weights;
    void* output;
    const Expert* experts;
    i32* counts;     // [blocks, E]: the place of each block's first row among its expert's.
    i32* start;      // [E + 1]: the first row of each expert.
    i32* tiles;      // [E + 1]: its first tile of rows.
    i32* assignment; // [T · K]: the assignment t · K + j of each row.
    i32* row;        // [T · K]: the row of each assignment, or −1.
    void* hidden;    // [T · K, hidden_stride], between the matrices.
    void* result;    // [T · K, D'], before weights.
    i64 tokens, width, output_width, hidden_stride;
    double alpha, beta, limit;
    i32 choices, experts_count, tile_rows, activation, gating, weight_on_input, order_blocks, threads;
};

DEVICE i64 assignments_of(const ExpertArgs& a) { return a.tokens * a.choices; }

// A tile of rows of one expert, and which of the blocks of columns.
struct ExpertUnit {
    i64 row, rows, column;
    i32 expert;
};

// A few tiles of rows take the same columns one after another: blocks that run at once share what they read of both matrices.
enum { kTileGroup = 8 };

DEVICE i64 expert_units(const ExpertArgs& a, i64 columns) { return a.tiles[a.experts_count] * columns; }

DEVICE ExpertUnit expert_unit(const ExpertArgs& a, i64 unit, i64 columns) {
    i64 tile = unit / columns;
    i32 expert = last_not_above(a.tiles, a.experts_count, tile);

    i64 within = unit - a.tiles[expert] * columns, tiles = a.tiles[expert + 1] - a.tiles[expert], first = within / (kTileGroup * columns) * kTileGroup;
    i64 size = tiles - first < kTileGroup ? tiles - first : (i64)kTileGroup;
    within -= first * columns;
    i64 row = a.start[expert] + (first + within % size) * a.tile_rows, left = a.start[expert + 1] - row;
    return ExpertUnit{row, left < a.tile_rows ? left : a.tile_rows, within / size, expert};
}

template <class V> DEVICE V read_number(const void* data, i32 format, i64 i) {
    switch (format) {
        case kF16: return (V)load((const F16*)data + i);
        case kBF16: return (V)load((const BF16*)data + i);
        case kF64: return (V)((const double*)data)[i];
        default: return (V)((const float*)data)[i];
    }
}

DEVICE i32 read_code(const void* data, i32 format, i64 i) {
    i32 half = (((const u8*)data)[i >> 1] >> ((i & 1) * 4)) & 15;
    switch (format) {
        case kInt8: return ((const i8*)data)[i];
        case kUInt8: return ((const u8*)data)[i];
        case kInt4: return (half ^ 8) - 8;
        default: return half;
    }
}

// As DequantizeLinear has it: the difference is exact, the product is rounded to the scale's type, or to f32.
template <class V> DEVICE V weight_at(const ExpertMatrix& m, i64 row, i64 column) {
    i64 place = m.first + column * m.step, i = row * m.stride + place;
    if (m.scale == nullptr) {
        return read_number<V>(m.data, m.format, i);
    }

    i64 block = row / m.block_rows * m.stride + place;
    i32 code = read_code(m.data, m.format, i) - (m.zero ? read_code(m.zero, m.format, block) : 0);
    return m.scale_format == kF64 ? (V)code * read_number<V>(m.scale, kF64, block) : (V)((float)code * read_number<float>(m.scale, m.scale_format, block));
}

template <class V> DEVICE V bias_at(const ExpertMatrix& m, i64 column) {
    return m.bias ? read_number<V>(m.bias, m.bias_format, m.first + column * m.step) : (V)0;
}

// Φ(x), by a polynomial of 1/(1 + x/4) times the density.
DEVICE float normal_cdf(float x) {
    float a = x < 0 ? -x : x, t = 1 / (1 + a * 0.25f), p = 0.015383603f;
    p = p * t - 0.056345463f;
    p = p * t + 0.036615256f;
    p = p * t + 0.048318084f;
    p = p * t - 0.0036779593f;
    p = p * t + 0.09537557f;
    p = p * t + 0.06901164f;
    p = p * t + 0.09615087f;
    p = p * t + 0.09941662f;
    p = p * t + 0.09975179f;
    a = a < 1e4f ? a : 1e4f;
    float tail = p * t * exponential(-0.5f * a * a);
    return x != x ? x : x < 0 ? tail : 1 - tail;
}

// The same by a series of positive terms near 0 and a continued fraction in the tails.
DEVICE double normal_cdf(double x) {
    double a = x < 0 ? -x : x, density = exponential(-0.5 * a * a) * 0.3989422804014327, tail;
    if (a < 2) {
        double sum = a, term = a;
        for (i32 n = 3; term > sum * 1e-17; n += 2) {
            term *= a * a / n;
            sum += term;
        }

        tail = 0.5 - density * sum;
    } else {
        double value = a;
        for (i32 n = 60; n > 0; n--) {
            value = a + n / value;
        }

        tail = density / value;
    }

    return x != x ? x : x < 0 ? tail : 1 - tail;
}

template <class V> DEVICE V activated(const ExpertArgs& a, V x) {
    switch (a.activation) {
        case kRelu: return x < 0 ? (V)0 : x;
        case kGelu: return x * normal_cdf(x);
        case kGeluTanh: return x / (1 + exponential((V)-1.5957691216057308 * (x + (V)0.044715 * x * x * x)));
        case kSilu: return x / (1 + exponential((V)-a.alpha * x));
        default: return x;
    }
}

// Between the matrices; NaN stays, whatever the limit.
template <class V> DEVICE V hidden_of(const ExpertArgs& a, V gate, V value) {
    V limit = (V)a.limit;
    V active = activated(a, a.limit > 0 && gate > limit ? limit : gate);
    V bounded = a.limit > 0 && value > limit ? limit : a.limit > 0 && value < -limit ? -limit : value;
    return a.gating == kNoGate ? active : active * (bounded + (V)a.beta);
}
