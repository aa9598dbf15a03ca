// Experts of limited capacity: within each group of tokens, each takes the first of its assignments and drops the rest. A slot is how
// many assignments of its expert come before it in its group. Positions are assignments in the order in which experts take them, group by
// group; a chunk of them counts its own, which carried over from chunk to chunk is where each begins.
#pragma once
#include "route.cuh"

namespace route {

enum { kAtOnce = 8 };

struct CapacityTile {
    i32 expert[kRouteThreads], starts[kRouteThreads], slot[kRouteThreads];
};

struct Place {
    i64 assignment, group; // Its index; tokens of its group.
    bool starts;           // Whether it is the first of its group.
};

DEVICE Place place_of(const RouteArgs& a, i64 position) {
    TokenGroup group = group_of(a, position / a.columns);
    i64 n = group.to - group.from, rank = position - group.from * a.columns;
    i64 token = a.priority == kTokenFirst ? rank / a.columns : rank % n, choice = a.priority == kTokenFirst ? rank % a.columns : rank / n;
    token = a.priority == kBatchFirst ? a.order[group.from + token] : group.from + token;
    return Place{token * a.columns + choice, n, rank == 0};
}

// Positions of a chunk.
DEVICE i64 first_of(const RouteArgs& a, i64 chunk) { return chunk * a.span; }
DEVICE i64 end_of(const RouteArgs& a, i64 chunk) {
    i64 all = a.tokens * a.columns;
    return (chunk + 1) * a.span < all ? (chunk + 1) * a.span : all;
}

DEVICE void load_tile(const RouteArgs& a, CapacityTile& m, PerThread<Place, kRouteThreads>& places, i64 first, i64 end) {
    FOR_THREADS(t) {
        bool there = first + t < end;
        places[t] = there ? place_of(a, first + t) : Place{0, 0, false};
        m.expert[t] = there ? (i32)a.ids[places[t].assignment] : -1;
        m.starts[t] = places[t].starts;
    }
}

// Assignments of each expert in each chunk since the last start of a group in it, and whether there is one.
DEVICE void count_assignments(const RouteArgs& a) {
    CapacityTile& m = *(CapacityTile*)shared_memory();
    PerThread<Place, kRouteThreads> places;
    for (i64 chunk = block_index(); chunk < a.chunks; chunk += block_count()) {
        for (i64 first = first_of(a, chunk); first < end_of(a, chunk); first += kRouteThreads) {
            load_tile(a, m, places, first, end_of(a, chunk));
            FOR_THREADS(t) {
                bool begins = first == first_of(a, chunk);
                for (i64 e = t; e < a.experts; e += kRouteThreads) {
                    i32 count = begins ? 0 : a.counts[e * a.chunks + chunk], starts = begins || e > 0 ? 0 : a.starts[chunk];
                    for (i32 i = 0; i < kRouteThreads; i += kAtOnce) {
                        UNROLL
                        for (i32 j = i; j < i + kAtOnce; j++) {
                            count = (m.starts[j] ? 0 : count) + (m.expert[j] == e);
                            starts |= m.starts[j];
                        }
                    }

                    a.counts[e * a.chunks + chunk] = count;
                    if (e == 0) {
                        a.starts[chunk] = starts;
                    }
                }
            }
        }
    }
}

// Counts of chunks become those of what comes before them in the group that they begin in, an expert a block.
DEVICE void carry_counts(const RouteArgs& a) {
    i32 *count = (i32*)shared_memory(), *starts = count + kRouteThreads;
    i64 each = (a.chunks + kRouteThreads - 1) / kRouteThreads;
    for (i64 e = block_index(); e < a.experts; e += block_count()) {
        i32* counts = a.counts + e * a.chunks;
        FOR_THREADS(t) {
            count[t] = starts[t] = 0;
            for (i64 c = t * each; c < (t + 1) * each && c < a.chunks; c++) {
                count[t] = (a.starts[c] ? 0 : count[t]) + counts[c];
                starts[t] |= a.starts[c];
            }
        }

        FOR_THREADS(t) {
            i32 before = 0;
            for (i32 i = t - 1, go = 1; i >= 0 && go; i--) {
                before += count[i];
                go = !starts[i];
            }

            for (i64 c = t * each; c < (t + 1) * each && c < a.chunks; c++) {
                i32 own = counts[c];
                counts[c] = before;
                before = (a.starts[c] ? 0 : before) + own;
            }
        }
    }
}

DEVICE void place_assignments(const RouteArgs& a) {
    CapacityTile& m = *(CapacityTile*)shared_memory();
    PerThread<Place, kRouteThreads> places;
    for (i64 chunk = block_index(); chunk < a.chunks; chunk += block_count()) {
        for (i64 first = first_of(a, chunk); first < end_of(a, chunk); first += kRouteThreads) {
            load_tile(a, m, places, first, end_of(a, chunk));
            FOR_THREADS(t) {
                for (i64 e = t; e < a.experts; e += kRouteThreads) {
                    i32 count = a.counts[e * a.chunks + chunk];
                    for (i32 i = 0; i < kRouteThreads; i += kAtOnce) {
                        UNROLL
                        for (i32 j = i; j < i + kAtOnce; j++) {
                            count = m.starts[j] ? 0 : count;
                            if (m.expert[j] == e) {
                                m.slot[j] = count++;
                            }
                        }
                    }

                    a.counts[e * a.chunks + chunk] = count;
                }
            }

            FOR_THREADS(t) {
                if (first + t < end_of(a, chunk)) {
                    Place place = places[t];
                    bool fits = m.expert[t] >= 0 && m.slot[t] < capacity_of(a, place.group);
                    if (!fits) {
                        a.ids[place.assignment] = -1;
                        store_number(a.type, a.weights, place.assignment, 0);
                    }

                    if (a.slots) {
                        a.slots[place.assignment] = fits ? m.slot[t] : -1;
                    }
                }
            }
        }
    }
}

} // namespace route
