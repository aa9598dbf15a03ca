#!/usr/bin/env bash
# First on a GPU machine: does anything run, and is clang's PTX as good as nvcc's?
#   ptxas.txt      registers and spills of every kernel for this GPU, from the committed PTX
#   nvcc.txt       the same from nvcc's output of the same sources
#   smoke.jsonl    the CUDA provider, an op in C# on its stream, a captured graph
#   clang.jsonl, nvcc.jsonl   attention and experts timed with the one code and with the other
# usage: OUT=folder KIT=folder 1-check.sh      (9 minutes at most)
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
have_gpu || exit 2
cuda=$root/runtime/Tessera.Kernels/Cuda
[ -d /usr/local/cuda/bin ] && PATH=$PATH:/usr/local/cuda/bin
arch=sm_$(nvidia-smi --query-gpu=compute_cap --format=csv,noheader | head -n 1 | tr -d '. ')

# report COMMAND... : lines "kernel: registers, spills" of what ptxas -v says.
report() {
  "$@" 2>&1 | awk '
    /Compiling entry function/ { split($0, part, "\047"); name = part[2] }
    /spill stores/ { spills = $0; sub(/^ */, "", spills) }
    /Used [0-9]+ registers/ { used = $0; sub(/.*Used /, "Used ", used); sub(/ registers.*/, " registers", used); print name ": " used ", " spills }
    /error|warning|C75[0-9][0-9]/ { print }'
  return "${PIPESTATUS[0]}"
}

assemble() {
  local status=0 ptx
  while read -r ptx; do
    echo "# ${ptx#"$cuda"/}"
    report ptxas -arch="$arch" -v "$ptx" -o "$OUT/assembled.cubin" || status=1
  done < <(find "$cuda" -name '*.ptx' | LC_ALL=C sort)
  rm -f "$OUT/assembled.cubin"
  return "$status"
}

nvcc_builds() {
  local status=0 source
  mkdir -p "$OUT/nvcc"
  while read -r source; do
    echo "# ${source#"$cuda"/}"
    report nvcc -cubin -arch="$arch" -std=c++17 -O3 --extended-lambda -Xptxas -v "$source" -o "$OUT/nvcc/$(basename "${source%.cu}").cubin" || status=1
  done < <(find "$cuda" -name '*.cu' | LC_ALL=C sort)
  return "$status"
}
export -f report assemble nvcc_builds
export root cuda arch OUT

if need ptxas "registers cannot be told"; then
  TAIL=2 step 60 ptxas bash -c 'assemble > "$OUT/ptxas.txt"'
  if grep -v '^#' "$OUT/ptxas.txt" | grep -v ' 0 bytes spill stores, 0 bytes spill loads'; then failed+=(spills); fi
fi
if need nvcc "clang's code cannot be compared with it"; then
  TAIL=2 step 100 nvcc bash -c 'nvcc_builds > "$OUT/nvcc.txt"'
fi
if have_kit && prepare; then
  step 90 smoke bash -c 'gpu smoke --json "$OUT/smoke.jsonl"'
  for group in attention experts; do
    export group
    step 60 "clang-$group" bash -c 'gpu bench --group "$group" --ours --json "$OUT/clang.jsonl"'
  done
  if [ -d "$OUT/nvcc" ]; then
    # The same program over the other code: nvcc's stands where the text was, in a copy.
    rm -rf "$apps/Tessera.Gpu.nvcc"
    cp -r "$apps/Tessera.Gpu" "$apps/Tessera.Gpu.nvcc"
    if step 20 swap python3 "$root/tests/Tessera.Gpu/scripts/swap_code.py" "$apps/Tessera.Gpu.nvcc/Tessera.Kernels.dll" "$cuda" "$OUT/nvcc"; then
      for group in attention experts; do
        export group
        step 60 "nvcc-$group" bash -c 'APP=Tessera.Gpu.nvcc gpu bench --group "$group" --ours --json "$OUT/nvcc.jsonl"'
      done
    fi
  fi
else
  failed+=(kit)
fi
finish
