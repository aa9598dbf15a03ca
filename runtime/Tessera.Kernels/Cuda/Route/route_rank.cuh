// The rank of every token within its group, in each column of the keys, the largest first and the lower index first among equals. Chunks of
// tokens are sorted by themselves; how many tokens of any other chunk come first is then found by halving. So n tokens of a group take
// n / 1024 · 10 steps each.
#pragma once
#include "route_row.cuh"

namespace route {

enum { kSorted = 1024 }; // Tokens of a chunk.

struct SortTile {
    i64 key[kSorted];
    i32 group[kSorted];
    u16 token[kSorted]; // Of the chunk.
};

DEVICE i64 sorted_chunks(const RouteArgs& a) { return (a.tokens + kSorted - 1) / kSorted; }
DEVICE i32 number_of_group(const RouteArgs& a, i64 token) { return a.bounds == nullptr ? 0 : last_not_above(a.bounds, (i32)a.groups, token); }

DEVICE bool precedes(const SortTile& m, i32 x, i32 y) {
    return m.group[x] != m.group[y] ? m.group[x] < m.group[y] : comes_first(m.key[x], m.token[x], m.key[y], m.token[y]);
}

DEVICE void swap_places(SortTile& m, i32 x, i32 y) {
    i64 key = m.key[x];
    i32 group = m.group[x];
    u16 token = m.token[x];
    m.key[x] = m.key[y], m.group[x] = m.group[y], m.token[x] = m.token[y];
    m.key[y] = key, m.group[y] = group, m.token[y] = token;
}

// Batcher's bitonic sort of 2^n places.
DEVICE void sort_tile(SortTile& m, i32 places) {
    for (i32 size = 2; size <= places; size *= 2) {
        for (i32 apart = size / 2; apart > 0; apart /= 2) {
            FOR_THREADS(t) {
                for (i32 pair = t; pair < places / 2; pair += kRouteThreads) {
                    i32 low = 2 * pair - (pair & (apart - 1)), high = low + apart;
                    if (precedes(m, high, low) == ((low & size) == 0)) {
                        swap_places(m, low, high);
                    }
                }
            }
        }
    }
}

// A chunk of a column a block, group by group.
DEVICE void sort_tokens(const RouteArgs& a) {
    SortTile& m = *(SortTile*)shared_memory();
    for (i64 unit = block_index(); unit < sorted_chunks(a) * a.ranked; unit += block_count()) {
        i64 first = unit / a.ranked * kSorted, column = unit % a.ranked;
        i32 count = a.tokens - first < kSorted ? (i32)(a.tokens - first) : (i32)kSorted, places = 1;
        while (places < count) {
            places *= 2;
        }

        FOR_THREADS(t) {
            for (i32 i = t; i < places; i += kRouteThreads) {
                m.key[i] = i < count ? a.keys[(first + i) * a.ranked + column] : 0;
                m.group[i] = i < count ? number_of_group(a, first + i) : 0x7fffffff;
                m.token[i] = (u16)i;
            }
        }

        sort_tile(m, places);
        FOR_THREADS(t) {
            for (i32 i = t; i < count; i += kRouteThreads) {
                a.sorted[column * a.tokens + first + i] = m.key[i];
                a.places[column * a.tokens + first + i] = m.token[i];
            }
        }
    }
}

// How many of some falling keys come before one: among equals, those of lower tokens do.
DEVICE i64 count_before(const i64* keys, i64 count, i64 key, bool lower) {
    i64 low = 0;
    while (low < count) {
        i64 middle = low + (count - low) / 2;
        if (keys[middle] > key || (lower && keys[middle] == key)) {
            low = middle + 1;
        } else {
            count = middle;
        }
    }

    return low;
}

// As an order of tokens, or as ranks below the capacity. A group's tokens in a chunk lie, sorted, where they lay before.
DEVICE void rank_tokens(const RouteArgs& a) {
    i64 all = a.tokens * a.ranked;
    for (i64 begin = block_index() * kRouteThreads; begin < all; begin += block_count() * kRouteThreads) {
        EACH_THREAD(t) {
            i64 at = begin + t;
            if (at < all) {
                i64 column = at / a.tokens, position = at % a.tokens, own = position / kSorted, token = own * kSorted + a.places[at];
                TokenGroup group = group_of(a, token);
                i64 rank = 0;
                for (i64 chunk = group.from / kSorted; chunk * kSorted < group.to; chunk++) {
                    i64 from = chunk * kSorted < group.from ? group.from : chunk * kSorted, to = (chunk + 1) * kSorted < group.to ? (chunk + 1) * kSorted : group.to;
                    rank += chunk == own ? position - from : count_before(a.sorted + column * a.tokens + from, to - from, a.sorted[at], chunk < own);
                }

                if (a.order) {
                    a.order[group.from + rank] = (i32)token;
                } else {
                    a.ranks[token * a.ranked + column] = rank < capacity_of(a, group.to - group.from) ? (i32)rank : -1;
                }
            }
        }
    }
}

} // namespace route
