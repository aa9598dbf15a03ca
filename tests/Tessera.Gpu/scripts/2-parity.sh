#!/usr/bin/env bash
# Second: every op with a CUDA kernel against the reference, whole models, then NVIDIA's sanitizer over small cases.
#   parity-OP.jsonl     a row for each case
#   models-MODEL.jsonl  a row for each compute type: right or not, nodes on the CPU; then how long it takes
#   memcheck-OP.log, racecheck-OP.log, synccheck-OP.log
# usage: OUT=folder KIT=folder [OPS="Route GroupedMlp"] [MODELS="navit-b16"] [TOOLS="memcheck"] [QUICK=1] [BUDGET=520] 2-parity.sh
# BUDGET: seconds in all; QUICK: small cases for parity, and small models. OPS alone leaves models out, MODELS alone leaves ops out.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
have_gpu || exit 2
have_kit && prepare || exit 2
[ -d /usr/local/cuda/bin ] && PATH=$PATH:/usr/local/cuda/bin
all_ops="PackedAttention SegmentReduce SegmentSoftmax SparseTopK Route GroupedMlp SegmentExpand"
all_models="navit-b16 v-moe-b16"
[ -n "${OPS+set}${MODELS+set}" ] || { OPS=$all_ops MODELS=$all_models; }
ops=${OPS-} models=${MODELS-}
tools=${TOOLS-memcheck racecheck synccheck}
deadline=$((SECONDS + ${BUDGET:-520}))
export quick=${QUICK:+--quick}
left() { echo $((deadline - SECONDS > 1 ? deadline - SECONDS : 1)); }

# An op each: one that breaks the device's context takes no other with it.
for op in $ops; do
  export op
  TAIL=3 step "$(( $(left) < 120 ? $(left) : 120 ))" "parity-$op" bash -c 'gpu parity $quick --op "$op" --json "$OUT/parity-$op.jsonl"'
  grep -h '"failed"' "$OUT/parity-$op.jsonl" 2> /dev/null | head -n 5
done

for model in $models; do
  [ "$(left)" -gt 20 ] || { echo "-- $model: no time left; run again with MODELS"; failed+=("models-$model"); continue; }
  export model
  TAIL=8 step "$(( $(left) < 150 ? $(left) : 150 ))" "models-$model" bash -c 'gpu models $quick --model "$model" --json "$OUT/models-$model.jsonl"'
done

if [ -n "$ops" ] && [ -n "$tools" ] && need compute-sanitizer "neither accesses nor barriers are checked"; then
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
