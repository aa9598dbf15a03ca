#!/usr/bin/env bash
# Second: every op with a CUDA kernel against the reference, then NVIDIA's sanitizer over small cases.
#   parity-OP.jsonl     a row for each case
#   memcheck-OP.log, racecheck-OP.log, synccheck-OP.log
# usage: OUT=folder KIT=folder [OPS="Route GroupedMlp"] [TOOLS="memcheck"] [QUICK=1] [BUDGET=520] 2-parity.sh
# BUDGET: seconds in all; QUICK: small cases for parity too.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
have_gpu || exit 2
have_kit && prepare || exit 2
[ -d /usr/local/cuda/bin ] && PATH=$PATH:/usr/local/cuda/bin
ops=${OPS:-PackedAttention SegmentReduce SegmentSoftmax SparseTopK Route GroupedMlp SegmentExpand}
tools=${TOOLS:-memcheck racecheck synccheck}
deadline=$((SECONDS + ${BUDGET:-520}))
export quick=${QUICK:+--quick}
left() { echo $((deadline - SECONDS > 1 ? deadline - SECONDS : 1)); }

# An op each: one that breaks the device's context takes no other with it.
for op in $ops; do
  export op
  TAIL=3 step "$(( $(left) < 120 ? $(left) : 120 ))" "parity-$op" bash -c 'gpu parity $quick --op "$op" --json "$OUT/parity-$op.jsonl"'
  grep -h '"failed"' "$OUT/parity-$op.jsonl" 2> /dev/null | head -n 5
done

if need compute-sanitizer "neither accesses nor barriers are checked"; then
  for tool in $tools; do
    for op in $ops; do
      [ "$(left)" -gt 20 ] || { echo "-- $tool $op: no time left; run again with OPS and TOOLS"; failed+=("$tool-$op"); continue; }
      export tool op
      TAIL=4 step "$(( $(left) < 60 ? $(left) : 60 ))" "$tool-$op" bash -c \
        'compute-sanitizer --tool "$tool" --error-exitcode 9 "$apps/Tessera.Gpu/Tessera.Gpu" parity --quick --op "$op"'
    done
  done
fi
finish
