// Where a number belongs among some that rise.
#pragma once
#include "portable.cuh"

// The last of `count` rising numbers that is not above x, or the first where all are. Of equal ones the last: those before it are empty.
template <class Index, class S> DEVICE Index last_not_above(const S* rising, Index count, i64 x) {
    Index low = 0, high = count - 1;
    while (low < high) {
        Index middle = low + (high - low + 1) / 2;
        if (rising[middle] <= x) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }

    return low;
}
