// The same products by tensor cores, where tokens and weights are of one 16-bit type: a tile of rows and one of columns a block, three
// stages of copies ahead. Warps share a tile by rows, by columns, and, where rows are few and reading the weights is all that takes time,
// by depth: then many bytes are under way at once, and what the warps have is added in their order.
#pragma once
#include "../Common/ptx.cuh"
#include "expert_args.cuh"

enum { kTensorThreads = 256, kStages = 3, kWarpColumns = 32 };

template <i32 Rows, i32 RowWarps, i32 ColumnWarps, i32 DepthWarps, i32 Steps> struct ExpertTiling {
    enum {
        kRows = Rows,
        kRowWarps = RowWarps,
        kColumnWarps = ColumnWarps,
        kDepthWarps = DepthWarps,
        kSteps = Steps, // Products of a warp along a stage, each 16 deep.
        kColumns = ColumnWarps * kWarpColumns,
        kDepth = DepthWarps * Steps * 16,
        kRowTiles = Rows / (16 * RowWarps),
    };
};

using ManyRows = ExpertTiling<128, 2, 4, 1, 2>;
using SomeRows = ExpertTiling<64, 2, 4, 1, 2>;
using FewRows = ExpertTiling<16, 1, 1, 8, 2>;

template <class T, class G> struct ExpertStages {
    // Eight more columns put the rows that a warp reads at once into different banks.
    T left[kStages][G::kRows][G::kDepth + 8], right[kStages][G::kDepth][G::kColumns + 8];
};

template <class G> struct ExpertResults { float at[G::kDepthWarps][G::kRows][G::kColumns + 4]; };

// The stages' memory is the results' afterwards. The rows lie behind both.
template <class T, class G> struct ExpertShared {
    union {
        ExpertStages<T, G> stages;
        ExpertResults<G> results;
    };
    i64 rows[G::kRows]; // Where each row of the left matrix begins, or −1.
};

template <class G> struct ExpertState {
    PerThread<Floats4, kTensorThreads> sums[G::kRowTiles][kWarpColumns / 8];
    PerThread<SharedRow, kTensorThreads> left, right;
};

// What a block multiplies: rows of `left` by columns of one matrix, or of two side by side.
struct ExpertProduct {
    const void *left, *first, *second; // The second is that of every other 16 columns, or null.
    i64 depth, stride, column, columns; // Columns of a matrix: where the block's begin, and their end.
};

template <class T, class G> DEVICE void copy_stage(ExpertShared<T, G>& m, const ExpertProduct& p, i64 step) {
    i64 depth = step * G::kDepth;
    EACH_THREAD(t) {
        for (i32 i = t; i < G::kRows * (G::kDepth / 8); i += kTensorThreads) {
            i32 row = i / (G::kDepth / 8), k = i % (G::kDepth / 8) * 8;
            bool there = m.rows[row] >= 0 && depth + k < p.depth;
            copy_later(&m.stages.left[step % kStages][row][k], there ? (const T*)p.left + m.rows[row] + depth + k : (const T*)p.left, there);
        }

        for (i32 i = t; i < G::kDepth * (G::kColumns / 8); i += kTensorThreads) {
            i32 k = i / (G::kColumns / 8), group = i % (G::kColumns / 8);
            i64 column = p.column + (p.second == nullptr ? group * 8 : group / 4 * 16 + group % 2 * 8);
            const T* matrix = (const T*)(p.second != nullptr && group % 4 >= 2 ? p.second : p.first);
            bool there = depth + k < p.depth && column < p.columns;
            copy_later(&m.stages.right[step % kStages][k][group * 8], there ? matrix + (depth + k) * p.stride + column : matrix, there);
        }
    }
}

// Which part of the tile a thread's warp has.
template <class G> DEVICE i32 depth_warp(i32 thread) { return thread / 32 / (G::kRowWarps * G::kColumnWarps); }
template <class G> DEVICE i32 row_warp(i32 thread) { return thread / 32 / G::kColumnWarps % G::kRowWarps; }
template <class G> DEVICE i32 column_warp(i32 thread) { return thread / 32 % G::kColumnWarps; }

template <class T, class G> DEVICE void multiply_stage(ExpertState<G>& r, i32 stage) {
    PerThread<Words4, kTensorThreads> left[G::kRowTiles], right;
    PerThread<Words2, kTensorThreads> pair;
    UNROLL
    for (i32 step = 0; step < G::kSteps; step++) {
        UNROLL
        for (i32 row = 0; row < G::kRowTiles; row++) {
            load_matrices(left[row], r.left, (stage * G::kRows + row * 16) * (G::kDepth + 8) + step * 16);
        }

        UNROLL
        for (i32 column = 0; column < kWarpColumns / 16; column++) {
            load_transposed(right, r.right, (stage * G::kDepth + step * 16) * (G::kColumns + 8) + column * 16);
            UNROLL
            for (i32 half = 0; half < 2; half++) {
                EACH_THREAD(t) { pair[t] = Words2{{right[t].word[2 * half], right[t].word[2 * half + 1]}}; }
                UNROLL
                for (i32 row = 0; row < G::kRowTiles; row++) {
                    multiply(T{}, r.sums[row][2 * column + half], left[row], pair);
                }
            }
        }
    }
}

// Leaves the products in shared memory, one for each warp along the depth.
template <class T, class G> DEVICE void expert_products(ExpertShared<T, G>& m, const ExpertProduct& p) {
    ExpertState<G> r;
    EACH_THREAD(t) {
        i32 lane = t % 32, depth = depth_warp<G>(t) * G::kSteps * 16;
        r.left[t] = shared_row(&m.stages.left[0][row_warp<G>(t) * G::kRowTiles * 16 + lane % 16][depth + lane / 16 * 8].bits);
        r.right[t] = shared_row(&m.stages.right[0][depth + lane % 16][column_warp<G>(t) * kWarpColumns + lane / 16 * 8].bits);
        UNROLL
        for (i32 row = 0; row < G::kRowTiles; row++) {
            UNROLL
            for (i32 column = 0; column < kWarpColumns / 8; column++) {
                r.sums[row][column][t] = Floats4{{0, 0, 0, 0}};
            }
        }
    }

    i64 steps = (p.depth + G::kDepth - 1) / G::kDepth;
    for (i64 step = 0; step < kStages - 1; step++) {
        if (step < steps) {
            copy_stage(m, p, step);
        }

        end_stage();
    }

    for (i64 step = 0; step < steps; step++) {
        wait_for_stages<kStages - 2>();
        wait_for_all();
        if (step + kStages - 1 < steps) {
            copy_stage(m, p, step + kStages - 1);
        }

        end_stage();
        multiply_stage<T, G>(r, (i32)(step % kStages));
    }

    wait_for_copies();
    wait_for_all();
    FOR_THREADS(t) {
        UNROLL
        for (i32 row = 0; row < G::kRowTiles; row++) {
            UNROLL
            for (i32 column = 0; column < kWarpColumns / 8; column++) {
                UNROLL
                for (i32 i = 0; i < 4; i++) {
                    i32 below = (row_warp<G>(t) * G::kRowTiles + row) * 16 + t % 32 / 4 + i / 2 * 8;
                    m.results.at[depth_warp<G>(t)][below][column_warp<G>(t) * kWarpColumns + column * 8 + t % 4 * 2 + i % 2] = r.sums[row][column][t].at[i];
                }
            }
        }
    }
}

template <class T, class G> DEVICE float product_at(const ExpertShared<T, G>& m, i32 row, i32 column) {
    float sum = m.results.at[0][row][column];
    UNROLL
    for (i32 part = 1; part < G::kDepthWarps; part++) {
        sum += m.results.at[part][row][column];
    }

    return sum;
}

template <class T, class G> DEVICE void tensor_up_unit(const ExpertArgs& a, const ExpertUnit& u, const Expert& e, i32 block_columns) {
    ExpertShared<T, G>& m = *(ExpertShared<T, G>*)shared_memory();
    bool beside = a.gating == kSeparate || a.gating == kConcatenated;
    i64 column = u.column * block_columns;
    FOR_THREADS(t) {
        for (i32 row = t; row < G::kRows; row += kTensorThreads) {
            m.rows[row] = row < u.rows ? a.assignment[u.row + row] / a.choices * a.width : -1;
        }
    }

    ExpertProduct p{a.x, (const T*)e.gate.data + (beside ? e.gate.first : 0), beside ? (const T*)e.value.data + e.value.first : nullptr, a.width, e.gate.stride, column, e.hidden};
    if (a.gating == kInterleaved) {
        p.column *= 2;
        p.columns *= 2;
    }

    // The next unit's rows lie elsewhere, and all wait for them before anything else is written.
    expert_products(m, p);
    EACH_THREAD(t) {
        for (i32 i = t; i < G::kRows * block_columns; i += kTensorThreads) {
            i32 row = i / block_columns, c = i % block_columns;
            if (row >= u.rows || column + c >= e.hidden) {
                continue;
            }

            i32 at = beside ? c / 16 * 32 + c % 16 : a.gating == kInterleaved ? 2 * c : c;
            float by = a.weight_on_input ? load((const T*)a.weights + a.assignment[u.row + row]) : 1, value = 0;
            float gate = product_at(m, row, at) * by + bias_at<float>(e.gate, column + c);
            if (a.gating != kNoGate) {
                value = product_at(m, row, at + (beside ? 16 : 1)) * by + bias_at<float>(e.value, column + c);
            }

            store((T*)a.hidden + (u.row + row) * a.hidden_stride + column + c, hidden_of(a, gate, value));
        }
    }
}

template <class T, class G> DEVICE void tensor_up(const ExpertArgs& a) {
    i32 block_columns = a.gating == kNoGate ? (i32)G::kColumns : G::kColumns / 2;
    i64 columns = (a.hidden_stride + block_columns - 1) / block_columns, units = expert_units(a, columns);
    for (i64 unit = block_index(); unit < units; unit += block_count()) {
        ExpertUnit u = expert_unit(a, unit, columns);
        if (u.column * block_columns < a.experts[u.expert].hidden) {
            tensor_up_unit<T, G>(a, u, a.experts[u.expert], block_columns);
        }
    }
}

template <class T, class G> DEVICE void tensor_down_unit(const ExpertArgs& a, const ExpertUnit& u, const Expert& e) {
    ExpertShared<T, G>& m = *(ExpertShared<T, G>*)shared_memory();
    i64 column = u.column * G::kColumns;
    FOR_THREADS(t) {
        for (i32 row = t; row < G::kRows; row += kTensorThreads) {
            m.rows[row] = row < u.rows ? (u.row + row) * a.hidden_stride : -1;
        }
    }

    expert_products(m, ExpertProduct{a.hidden, e.down.data, nullptr, e.hidden, e.down.stride, column, a.output_width});
    EACH_THREAD(t) {
        for (i32 i = t; i < G::kRows * G::kColumns; i += kTensorThreads) {
            i32 row = i / G::kColumns, c = i % G::kColumns;
            if (row < u.rows && column + c < a.output_width) {
                ((float*)a.result)[(u.row + row) * a.output_width + column + c] = product_at(m, row, c) + bias_at<float>(e.down, column + c);
            }
        }
    }
}

template <class T, class G> DEVICE void tensor_down(const ExpertArgs& a) {
    i64 columns = (a.output_width + G::kColumns - 1) / G::kColumns, units = expert_units(a, columns);
    for (i64 unit = block_index(); unit < units; unit += block_count()) {
        ExpertUnit u = expert_unit(a, unit, columns);
        tensor_down_unit<T, G>(a, u, a.experts[u.expert]);
    }
}

#define TENSOR_EXPERTS(T, name)                                                         \
    ENTRY_WITHIN(experts_up_##name##_128, ExpertArgs, (tensor_up<T, ManyRows>), 256, 1)   \
    ENTRY_WITHIN(experts_up_##name##_64, ExpertArgs, (tensor_up<T, SomeRows>), 256, 2)    \
    ENTRY_WITHIN(experts_up_##name##_16, ExpertArgs, (tensor_up<T, FewRows>), 256, 2)     \
    ENTRY_WITHIN(experts_down_##name##_128, ExpertArgs, (tensor_down<T, ManyRows>), 256, 1) \
    ENTRY_WITHIN(experts_down_##name##_64, ExpertArgs, (tensor_down<T, SomeRows>), 256, 2)  \
    ENTRY_WITHIN(experts_down_##name##_16, ExpertArgs, (tensor_down<T, FewRows>), 256, 2)
