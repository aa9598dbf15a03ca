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

// Each thread reads what another has: when it is written next is the caller's matter.
template <bool Waits> void read_turned(PerThread<i32, 32>& kept) {
    i32* m = (i32*)shared_memory();
    FOR_THREADS(t) { m[t] = t; }
    EACH_THREAD(t) { kept[t] = m[31 - t]; }
    if (Waits) {
        wait_for_all();
    }
}

// Writes what others may not have read yet.
template <bool Waits> void turn_round(const RaceArgs&) {
    PerThread<i32, 32> kept;
    read_turned<Waits>(kept);
    EACH_THREAD(t) { ((i32*)shared_memory())[t] = kept[t]; }
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

// All write, none of them for itself.
template <bool Apart> void write_at_once(const RaceArgs& a) {
    if (!Apart) {
        a.numbers[block_index()] = 1;
    }

    EACH_THREAD(t) { a.numbers[block_index() * emulated.threads + t] = 1; }
}

// Some wait, others go on.
template <bool All> void wait_apart(const RaceArgs&) {
    EACH_THREAD(t) {
        if (!All && t < 5) {
            wait_for_all();
        }
    }

    wait_for_all();
}

// What is PerThread lies in registers.
template <bool Own> void look_at_anothers(const RaceArgs& a) {
    PerThread<i32, 32> kept;
    EACH_THREAD(t) { kept[t] = t; }
    wait_for_all();
    EACH_THREAD(t) { a.numbers[block_index() * emulated.threads + t] = kept[Own ? t : 31 - t]; }
}

// Each thread asks for a copy to its own place, from the block's.
inline i32* source_of(const RaceArgs& a) { return a.numbers + 2048 + 4 * block_index(); }
inline void copy_each(const RaceArgs& a) {
    EACH_THREAD(t) { copy_later((i32*)shared_memory() + 4 * t, source_of(a), true); }
}

inline void store_copied(const RaceArgs& a, i32 from) {
    EACH_THREAD(t) { a.numbers[block_index() * emulated.threads + t] = ((i32*)shared_memory())[4 * ((t + from) % emulated.threads)]; }
}

// A copy is there for whoever made it once it is waited for, and for others once all have waited.
template <bool Waits> void copy_and_read(const RaceArgs& a) {
    copy_each(a);
    wait_for_copies();
    if (Waits) {
        wait_for_all();
    }

    store_copied(a, 1);
}

// Waiting for each other is not waiting for copies, not even one's own.
template <bool Waits> void read_early(const RaceArgs& a) {
    copy_each(a);
    if (Waits) {
        wait_for_copies();
    }

    wait_for_all();
    store_copied(a, 0);
    wait_for_copies();
}

// What is copied stays as it is until it is.
template <bool Waits> void change_source(const RaceArgs& a) {
    copy_each(a);
    if (Waits) {
        wait_for_copies();
    }

    wait_for_all();
    FOR_THREADS(t) {
        if (t == 0) {
            source_of(a)[1] = 2;
        }
    }

    wait_for_copies();
}

// A copy that is still under way at the end may meet the next block's memory.
template <bool Waits> void leave_copies(const RaceArgs& a) {
    copy_each(a);
    if (Waits) {
        wait_for_copies();
    }
}

// A copy writes from when it is asked for.
template <bool Waits> void copy_over(const RaceArgs& a) {
    PerThread<i32, 32> kept;
    read_turned<Waits>(kept);
    EACH_THREAD(t) {
        if (t < 8) {
            copy_later((i32*)shared_memory() + 4 * t, source_of(a), true);
        }
    }

    wait_for_all();
    wait_for_copies();
    EACH_THREAD(t) { a.numbers[block_index() * emulated.threads + t] = kept[t]; }
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

// One word too many.
template <bool Within> void go_past(const RaceArgs&) {
    i32* m = (i32*)shared_memory();
    FOR_THREADS(t) {
        if (t == 0) {
            m[Within ? 255 : 256] = 1;
        }
    }
}

#define RACING(name)                                \
    ENTRY(race_##name, RaceArgs, name<false>)       \
    ENTRY(no_race_##name, RaceArgs, name<true>)
RACING(pass_on)
RACING(turn_round)
RACING(tell_all)
RACING(both_write)
RACING(write_at_once)
RACING(wait_apart)
RACING(look_at_anothers)
RACING(copy_and_read)
RACING(read_early)
RACING(change_source)
RACING(leave_copies)
RACING(copy_over)
RACING(read_of_another)
RACING(load_rows)
RACING(read_unwritten)
RACING(go_past)
