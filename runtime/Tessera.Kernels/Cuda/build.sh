#!/usr/bin/env bash
# Builds the PTX beside every kernel's .cu, and ptx.lock, which says of what and how.
#
# usage: build.sh            builds, and writes what is committed
#        build.sh --check    fails where what is committed is of other sources, or comes out otherwise. Without the compiler only the
#                            first is checked; another version of it is only told of, since its PTX may differ and be right.
#
# CLANG names the compiler: clang 22, which needs no CUDA toolkit (.ci/fetch-clang brings Debian's). Where PTXAS names an assembler of
# CUDA, it assembles all of it too, and ptxas.txt gets registers and spills of every kernel: any spill fails.
set -euo pipefail
cd "$(dirname "$0")"
clang=${CLANG:-clang-22}
pinned="22.1.8"
mode=${1:-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Compute capability 8.0: the driver compiles it for all that is newer. PTX 7.8 is what the oldest assembler at hand reads.
flags=(-x cuda --cuda-device-only --cuda-gpu-arch=sm_80 -nocudainc -nocudalib --cuda-feature=+ptx78 -std=c++17 -O3 -fno-unroll-loops -Wall -Wextra -Werror)

hashes() { LC_ALL=C sort | while read -r file; do echo "$(sha256sum < "$file" | cut -d' ' -f1) ${file#./}"; done; }
lock() {
  echo "clang $pinned ${flags[*]}"
  find . -name '*.cu' -o -name '*.cuh' | hashes
  (cd "$1" && find . -name '*.ptx' | hashes)
}

if [ "$mode" = --check ] && ! diff <(lock .) ptx.lock; then
  echo "PTX, sources and ptx.lock do not belong together: run runtime/Tessera.Kernels/Cuda/build.sh" >&2
  exit 1
fi

if ! command -v "$clang" > /dev/null; then
  [ "$mode" = --check ] || { echo "$clang is not there" >&2; exit 1; }
  echo "$clang is not there: PTX was not built again"
  exit 0
fi

found=$("$clang" --version | sed -n '1s/.*version \([0-9.]*\).*/\1/p')
[ "$mode" = --check ] || [ "$found" = "$pinned" ] || { echo "clang is $found; what is committed is built by $pinned" >&2; exit 1; }
differs=0
while read -r source; do
  ptx="${source%.cu}.ptx"
  mkdir -p "$(dirname "$work/$ptx")"
  "$clang" "${flags[@]}" -S "$source" -o "$work/$ptx"
  # What a thread keeps in memory of its own is slow where it is meant, and wrong where it is the copy of an argument.
  if grep -n '\.local' "$work/$ptx"; then
    echo "$ptx uses .local memory" >&2
    exit 1
  fi

  cmp -s "$work/$ptx" "$ptx" || { differs=1; echo "$ptx comes out otherwise than it is committed"; }
done < <(find . -name '*.cu' | LC_ALL=C sort)

if [ "$mode" != --check ]; then
  (cd "$work" && find . -name '*.ptx') | while read -r ptx; do cp "$work/$ptx" "$ptx"; done
  lock . > "$work/ptx.lock" && cp "$work/ptx.lock" ptx.lock
  if [ -n "${PTXAS:-}" ]; then
    find . -name '*.ptx' | LC_ALL=C sort | while read -r ptx; do
      for target in sm_80 sm_90; do
        "$PTXAS" -arch="$target" -v "$ptx" -o "$work/assembled" 2>&1 | awk -v target="$target" '
          /Compiling entry/ { split($0, part, "\047"); name = part[2] }
          /spill stores/ { spills = $0; sub(/^ */, "", spills) }
          /Used/ { sub(/.*Used /, "Used "); sub(/ registers.*/, " registers"); print name, target ": " $0 ", " spills }
          /error|warning/ { print; exit 1 }'
      done
    done > "$work/ptxas.txt"
    cp "$work/ptxas.txt" ptxas.txt
    if grep -v ' 0 bytes spill stores, 0 bytes spill loads' ptxas.txt; then
      echo "kernels spill registers" >&2
      exit 1
    fi
  fi
elif [ "$found" != "$pinned" ]; then
  echo "warning: clang is $found, not $pinned, so that differences are not counted"
else
  exit "$differs"
fi
