# What the three scripts share: where things are, and how a step is run. Read by them, not run.
#
# OUT    where results go; results/gpu beside the repository's artifacts when unset
# KIT    the kit that make-kit.sh wrote; .gpu in the repository when unset
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
OUT=${OUT:-$root/artifacts/results/gpu}
KIT=${KIT:-$root/.gpu}
mkdir -p "$OUT"
OUT=$(cd "$OUT" && pwd)
failed=()

# step SECONDS NAME COMMAND... : runs a command for so long at most; what it says goes to NAME.log and here; a failure is noted, and the next step runs.
step() {
  local limit=$1 name=$2 start=$SECONDS status
  shift 2
  echo "== $name"
  timeout --kill-after=10 "$limit" "$@" > "$OUT/$name.log" 2>&1
  status=$?
  tail -n "${TAIL:-15}" "$OUT/$name.log"
  case $status in
    0) echo "-- $name: done in $((SECONDS - start)) s" ;;
    124 | 137) echo "-- $name: ENDED after $limit s; its rows so far are kept"; failed+=("$name") ;;
    *) echo "-- $name: FAILED with $status after $((SECONDS - start)) s"; failed+=("$name") ;;
  esac
  return "$status"
}

# need COMMAND WHY : whether a command is there; if not, that is said and noted.
need() {
  command -v "$1" > /dev/null && return 0
  echo "-- $1 is not here: $2"
  failed+=("$1")
  return 1
}

# prepare : unpacks the kit and finds CUDA's libraries, once: run.sh looks through the whole disk for them at every call.
prepare() {
  local up=../../../../../../../../.. found
  found=$("$KIT/run.sh" Tessera.Gpu "$up/usr/bin/env") || { echo "the kit at $KIT cannot be unpacked" >&2; return 1; }
  LD_LIBRARY_PATH=$(sed -n 's/^LD_LIBRARY_PATH=//p' <<< "$found")
  export LD_LIBRARY_PATH DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1
}

# gpu ARGUMENT... : the program of the kit.
apps=${KIT_DIR:-/tmp/ort-cuda-kit}/app
gpu() { "$apps/${APP:-Tessera.Gpu}/Tessera.Gpu" "$@"; }
export OUT KIT apps
export -f gpu

# have_gpu : whether a GPU answers; without one nothing here can be shown.
have_gpu() {
  if ! command -v nvidia-smi > /dev/null || ! timeout 30 nvidia-smi -L > "$OUT/gpu.txt" 2>&1 || ! grep -q '^GPU' "$OUT/gpu.txt"; then
    echo "There is no NVIDIA GPU here (nvidia-smi -L lists none)." >&2
    return 1
  fi
  cat "$OUT/gpu.txt"
}

have_kit() {
  [ -x "$KIT/run.sh" ] && [ -f "$KIT/app.tar.xz" ] && return 0
  echo "There is no kit at $KIT: make it with make-kit.sh, as the README of tests/Tessera.Gpu says, or set KIT." >&2
  return 1
}

finish() {
  if [ "${#failed[@]}" -gt 0 ]; then
    echo "FAILED: ${failed[*]}" >&2
    exit 1
  fi
  echo "all steps done; results in $OUT"
}
