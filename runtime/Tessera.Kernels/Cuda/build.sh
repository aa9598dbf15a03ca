#!/usr/bin/env bash
# Builds the PTX beside every kernel's .cu, and ptx.lock, which says of what and by which compiler.
#
# usage: build.sh            builds, and writes what is committed
#        build.sh --check    builds aside; fails where what is committed is of other sources or comes out otherwise. Another version
#                            of the compiler is only told of, since its PTX may differ and be right.
#
# CLANG names the compiler: clang 22, which needs no CUDA toolkit (Debian's packages clang-22 and libclang-common-22-dev).
set -euo pipefail
cd "$(dirname "$0")"
clang=${CLANG:-clang-22}
pinned="22.1.8"
mode=${1:-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Compute capability 8.0 and PTX 8.0 (CUDA 12.0): the driver compiles it for all that is newer.
flags=(-x cuda --cuda-device-only --cuda-gpu-arch=sm_80 -nocudainc -nocudalib --cuda-feature=+ptx80 -std=c++17 -O3 -fno-unroll-loops -Wall -Wextra -Werror)

sources() { find . \( -name '*.cu' -o -name '*.cuh' \) | LC_ALL=C sort; }
lock() {
  echo "clang $pinned ${flags[*]}"
  sources | while read -r file; do echo "$(sha256sum < "$file" | cut -d' ' -f1) ${file#./}"; done
}

if [ "$mode" = --check ] && ! diff <(lock) <(grep -v '\.ptx$' ptx.lock); then
  echo "the kernels' sources are not those that the committed PTX was built of: run runtime/Tessera.Kernels/Cuda/build.sh" >&2
  exit 1
fi

found=$("$clang" --version | sed -n '1s/.*version \([0-9.]*\).*/\1/p')
[ "$mode" = --check ] || [ "$found" = "$pinned" ] || { echo "clang is $found; what is committed is built by $pinned" >&2; exit 1; }
lock > "$work/ptx.lock"
differs=0
for source in $(find . -name '*.cu' | LC_ALL=C sort); do
  ptx="${source%.cu}.ptx"
  built="$work/$(basename "$ptx")"
  "$clang" "${flags[@]}" -S "$source" -o "$built"
  # What a thread keeps in memory of its own is slow where it is meant, and wrong where it is the copy of an argument.
  if grep -n '\.local' "$built"; then
    echo "$ptx uses .local memory" >&2
    exit 1
  fi

  echo "$(sha256sum < "$built" | cut -d' ' -f1) ${ptx#./}" >> "$work/ptx.lock"
  if [ "$mode" = --check ]; then
    cmp -s "$built" "$ptx" || { differs=1; echo "$ptx comes out otherwise than it is committed" >&2; }
  else
    cp "$built" "$ptx"
  fi
done

if [ "$mode" != --check ]; then
  cp "$work/ptx.lock" ptx.lock
elif [ "$found" != "$pinned" ]; then
  echo "warning: clang is $found, not $pinned: $([ $differs = 0 ] && echo "the same PTX all the same" || echo "differences are not counted")"
elif [ $differs != 0 ]; then
  exit 1
else
  # PTX that was edited, or committed without its lock.
  diff "$work/ptx.lock" ptx.lock
fi
