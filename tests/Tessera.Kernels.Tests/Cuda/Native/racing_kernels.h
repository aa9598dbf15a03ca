// Kernels that race, and their like that do not: what is watched must be seen where it is, and only there.
#pragma once
#include "../../../../runtime/Tessera.Kernels/Cuda/Common/ptx.cuh"

struct RaceArgs { i32* numbers; };

// Each thread tells the next one its own number.
template <bool Waits> void pass_on(const RaceArgs& a) {
    i32* m = (i32*)shared_memory();
    EACH_THREAD(t) { m[t] = t; }
    if (Waits) {
        wait_for_all();
    }

    EACH_THREAD(t) { a.numbers[block_index() * emulated.threads + t] = m[(t + 1) % emulated.threads]; }
}

// Reads what others may not have read yet and writes it.
template <bool Waits> void turn_round(const RaceArgs&) {
    i32* m = (i32*)shared_memory();
    PerThread<i32, 32> kept;
    FOR_THREADS(t) { m[t] = t; }
    EACH_THREAD(t) { kept[t] = m[31 - t]; }
    if (Waits) {
        wait_for_all();
    }

    EACH_THREAD(t) { m[t] = kept[t]; }
}

// All read what one of them writes.
template <bool Waits> void tell_all(const RaceArgs& a) {
    i32* m = (i32*)shared_memory();
    EACH_THREAD(t) {
        if (t == 5) {
            m[0] = 1;
        }
    }

    if (Waits) {
        wait_for_all();
    }

    i32 told = m[0];
    EACH_THREAD(t) { a.numbers[block_index() * emulated.threads + t] = told; }
}

// Two threads write, even if the same; two halves of a word are not the same.
template <bool Apart> void both_write(const RaceArgs&) {
    u16* m = (u16*)shared_memory();
    FOR_THREADS(t) {
        if (t < 2) {
            m[Apart ? t : 0] = 7;
        }
    }
}

// A copy is there for whoever made it once it is waited for, and for others once all have waited.
template <bool Waits> void copy_and_read(const RaceArgs& a) {
    i32* m = (i32*)shared_memory();
    EACH_THREAD(t) { copy_later(m + 4 * t, a.numbers, true); }
    wait_for_copies();
    if (Waits) {
        wait_for_all();
    }

    EACH_THREAD(t) { a.numbers[(block_index() + 1) * emulated.threads + t] = m[4 * ((t + 1) % emulated.threads)]; }
}

// A copy writes from when it is asked for.
template <bool Waits> void copy_over(const RaceArgs& a) {
    i32* m = (i32*)shared_memory();
    PerThread<i32, 32> kept;
    FOR_THREADS(t) { m[t] = t; }
    EACH_THREAD(t) { kept[t] = m[31 - t]; }
    if (Waits) {
        wait_for_all();
    }

    EACH_THREAD(t) {
        if (t < 8) {
            copy_later(m + 4 * t, a.numbers, true);
        }
    }

    wait_for_all();
    wait_for_copies();
    EACH_THREAD(t) { a.numbers[(block_index() + 1) * emulated.threads + t] = kept[t]; }
}

// A block reads what another may have written.
template <bool Apart> void read_of_another(const RaceArgs& a) {
    FOR_THREADS(t) {
        if (t == 0) {
            a.numbers[block_index()] = a.numbers[Apart ? block_index() : 0];
        }
    }
}

// Lanes read the rows that other lanes point at.
template <bool Waits> void load_rows(const RaceArgs& a) {
    u16* m = (u16*)shared_memory();
    PerThread<SharedRow, 32> rows;
    PerThread<Words4, 32> to;
    EACH_THREAD(t) {
        for (i32 i = 0; i < 8; i++) {
            m[8 * t + i] = (u16)t;
        }

        rows[t] = shared_row(m + 8 * t);
    }

    if (Waits) {
        wait_for_all();
    }

    load_matrices(to, rows, 0);
    EACH_THREAD(t) { a.numbers[block_index() * emulated.threads + t] = (i32)to[t].word[0]; }
}

// Half of a word that nobody has written.
template <bool Written> void read_unwritten(const RaceArgs& a) {
    u16* m = (u16*)shared_memory();
    FOR_THREADS(t) {
        m[2 * t] = 1;
        if (Written) {
            m[2 * t + 1] = 1;
        }
    }

    FOR_THREADS(t) { a.numbers[block_index() * emulated.threads + t] = ((i32*)m)[t]; }
}

#define RACING(name)                                \
    ENTRY(race_##name, RaceArgs, name<false>)       \
    ENTRY(no_race_##name, RaceArgs, name<true>)
RACING(pass_on)
RACING(turn_round)
RACING(tell_all)
RACING(both_write)
RACING(copy_and_read)
RACING(copy_over)
RACING(read_of_another)
RACING(load_rows)
RACING(read_unwritten)
