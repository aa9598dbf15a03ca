#!/usr/bin/env bash
# Third: speed, ours and ONNX Runtime's in one process, PyTorch's on the same machine right after.
#   bench-GROUP.jsonl, torch-GROUP.jsonl    a row for each way
#   table.md                                all of them side by side
# usage: OUT=folder KIT=folder [GROUPS_TO_RUN="attention layer"] [BUDGET=520] 3-bench.sh      (BUDGET: seconds in all; groups can be run apart)
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
have_gpu || exit 2
have_kit && prepare || exit 2
groups=${GROUPS_TO_RUN:-floor attention layer experts segments}
deadline=$((SECONDS + ${BUDGET:-520}))
left() { echo $((deadline - SECONDS > 1 ? deadline - SECONDS : 1)); }
nvidia-smi --query-gpu=name,driver_version,clocks.sm,clocks.max.sm,power.limit --format=csv > "$OUT/gpu-state.csv" 2>&1

for group in $groups; do
  export group
  [ "$(left)" -gt 20 ] || { echo "-- $group: no time left; run again with GROUPS_TO_RUN"; failed+=("$group"); continue; }
  TAIL=3 step "$(( $(left) < 200 ? $(left) : 200 ))" "bench-$group" bash -c 'gpu bench --group "$group" --json "$OUT/bench-$group.jsonl"'
  case $group in
    attention | experts)
      if need python3 "PyTorch cannot be timed"; then
        TAIL=3 step "$(( $(left) < 90 ? $(left) : 90 ))" "torch-$group" python3 "$root/tests/Tessera.Gpu/scripts/torch_baselines.py" "$group" "$OUT/torch-$group.jsonl"
      fi ;;
  esac
done

rows=()
for file in "$OUT"/bench-*.jsonl "$OUT"/torch-*.jsonl; do [ -f "$file" ] && rows+=("$file"); done
if [ "${#rows[@]}" -gt 0 ]; then
  TAIL=40 step 60 table bash -c 'gpu table "$@" > "$OUT/table.md" && cat "$OUT/table.md"' table "${rows[@]}"
fi
finish
