#!/usr/bin/env python3
"""Time PyTorch on the shapes of `Tessera.Gpu bench`, by CUDA events, as rows of the same form.

usage: torch_baselines.py attention|experts ROWS.jsonl [--quick]

Attention: varlen_attn, and padded scaled_dot_product_attention (with a boolean key mask where there is padding). Experts: a loop over experts as
models are written in eager mode, and _grouped_mm over rows sorted by expert; both with their routing. Each way is warmed, then timed in turn with
the others, over as many sets of buffers as do not fit the second-level cache together. A way that PyTorch refuses is a row that says so.
"""
import inspect
import json
import statistics
import sys

import torch
import torch.nn.functional as F

IMAGES = [128, 256, 576, 784, 1024]
CACHE_BYTES = 200 << 20
TYPES = {"bf16": torch.bfloat16, "f16": torch.float16, "f32": torch.float32}


class Rows:
    def __init__(self, path: str):
        self.file = open(path, "a", encoding="utf-8")

    def write(self, **row) -> None:
        row = {"program": "bench", **row, "device": torch.cuda.get_device_name()}
        self.file.write(json.dumps(row) + "\n")
        self.file.flush()
        print("  ".join(f"{k} {v:.4g}" if isinstance(v, float) else f"{k} {v}" for k, v in row.items()), flush=True)


def sets_of(size: int) -> int:
    return max(1, min(4, -(-CACHE_BYTES // max(size, 1))))


def milliseconds(run, runs: int, first: int) -> float:
    start, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
    start.record()
    for i in range(runs):
        run(first + i)
    end.record()
    end.synchronize()
    return start.elapsed_time(end) / runs


def measure(rows: Rows, what: str, case: str, ways: dict, flops: float, rounds: int) -> None:
    """Times the ways in turn; each is a function of the number of a set."""
    ready = {}
    for name, run in ways.items():
        try:
            for i in range(4):
                run(i)
            torch.cuda.synchronize()
            ready[name] = run
        except Exception as error:  # whatever PyTorch says, the other ways go on
            rows.write(what=what, case=case, side=name, refused=str(error).split("\n")[0][:300])
    single = {name: statistics.median(milliseconds(run, 1, i) for i in range(5)) for name, run in ready.items()}
    runs = {name: int(max(1, min(100, 10 / max(ms, 1e-3)))) for name, ms in single.items()}
    times = {name: [] for name in ready}
    names = list(ready)
    for turn in range(rounds):
        for i in range(len(names)):
            name = names[(i + turn) % len(names)]
            times[name].append(milliseconds(ready[name], runs[name], turn))
    for name in names:
        low, median, high = statistics.quantiles(times[name], n=4, method="inclusive")
        rows.write(what=what, case=case, side=name, us=median * 1e3, low=low * 1e3, high=high * 1e3, single_us=single[name] * 1e3,
                   runs=runs[name], rounds=rounds, tflops=flops / median / 1e9)


def attention(rows: Rows, name: str, lengths: list, heads: int, dim: int, causal: bool, dtype: str, rounds: int) -> None:
    kind, tokens, longest, batch = TYPES[dtype], sum(lengths), max(lengths), len(lengths)
    case = f"{name}, H {heads} D {dim}, {'causal' if causal else 'full'}, {dtype}"
    sets = [[torch.rand(tokens, heads, dim, device="cuda", dtype=kind) * 2 - 1 for _ in range(3)] for _ in range(sets_of(4 * tokens * heads * dim * 2))]
    cu = torch.tensor([0] + lengths, device="cuda").cumsum(0).to(torch.int32)
    equal = min(lengths) == longest

    def padded(packed):
        return torch.nn.utils.rnn.pad_sequence(packed.split(lengths), batch_first=True).transpose(1, 2)

    dense = [[padded(x) for x in one] for one in sets]
    mask = None if equal else (torch.arange(longest, device="cuda")[None, :] < torch.tensor(lengths, device="cuda")[:, None])[:, None, None, :]
    if mask is not None and causal:
        mask = mask & torch.ones(longest, longest, dtype=torch.bool, device="cuda").tril()[None, None]

    def sdpa(i):
        q, k, v = dense[i % len(dense)]
        return F.scaled_dot_product_attention(q, k, v, attn_mask=mask, is_causal=causal and mask is None)

    def varlen(i):
        from torch.nn.attention.varlen import varlen_attn
        q, k, v = sets[i % len(sets)]
        # Releases tell causality by one of two arguments.
        window = "window_size" in inspect.signature(varlen_attn).parameters
        how = {"window_size": (-1, 0) if causal else (-1, -1)} if window else {"is_causal": causal}
        return varlen_attn(q, k, v, cu, cu, longest, longest, **how)

    flops = sum(n * n for n in lengths) * 4.0 * heads * dim * (0.5 if causal else 1)
    measure(rows, "attention", case, {"torch varlen_attn": varlen, "torch SDPA, padded": sdpa}, flops, rounds)


def experts(rows: Rows, name: str, tokens: int, count: int, k: int, width: int, hidden: int, gated: bool, dtype: str, rounds: int) -> None:
    kind = TYPES[dtype]
    case = f"{name}, T {tokens} E {count} k {k} D {width} H {hidden}, {dtype}"
    sets = [(torch.rand(tokens, width, device="cuda", dtype=kind) * 2 - 1, torch.rand(tokens, count, device="cuda", dtype=kind) * 6 - 3)
            for _ in range(sets_of(tokens * width * 4))]
    w1, w3 = (torch.randn(count, width, hidden, device="cuda", dtype=kind) / width ** 0.5 for _ in range(2))
    w2 = torch.randn(count, hidden, width, device="cuda", dtype=kind) / hidden ** 0.5

    def route(logits):
        weights, ids = logits.float().softmax(-1).topk(k)
        return (weights / weights.sum(-1, keepdim=True)).to(kind), ids

    def loop(i):
        x, logits = sets[i % len(sets)]
        weights, ids = route(logits)
        y = torch.zeros_like(x)
        for e in range(count):
            row, choice = (ids == e).nonzero(as_tuple=True)
            if row.numel() > 0:
                part = x[row]
                h = F.silu(part @ w1[e]) * (part @ w3[e]) if gated else F.gelu(part @ w1[e], approximate="tanh")
                y.index_add_(0, row, (h @ w2[e]) * weights[row, choice, None])
        return y

    def grouped(i):
        x, logits = sets[i % len(sets)]
        weights, ids = route(logits)
        order = ids.flatten().argsort(stable=True)
        ends = torch.bincount(ids.flatten(), minlength=count).cumsum(0).to(torch.int32)
        part = x[order // k]
        h = torch._grouped_mm(part, w1, offs=ends)
        h = F.silu(h) * torch._grouped_mm(part, w3, offs=ends) if gated else F.gelu(h, approximate="tanh")
        y = torch._grouped_mm(h, w2, offs=ends) * weights.flatten()[order, None]
        return torch.zeros_like(x).index_add_(0, order // k, y)

    flops = 2.0 * tokens * k * (3 if gated else 2) * width * hidden
    measure(rows, "experts", case, {"torch loop over experts": loop, "torch _grouped_mm": grouped}, flops, rounds)


def main() -> None:
    if len(sys.argv) < 3 or sys.argv[1] not in ("attention", "experts"):
        raise SystemExit(__doc__)
    if not torch.cuda.is_available():
        raise SystemExit("PyTorch sees no CUDA device here")
    quick = "--quick" in sys.argv
    rounds = 3 if quick else 9
    torch.manual_seed(1)
    torch.set_grad_enabled(False)
    rows = Rows(sys.argv[2])
    if sys.argv[1] == "attention":
        shapes = [("images 32", [IMAGES[i % 5] for i in range(32)], 768)]
        shapes += [(f"equal {b} x {n}", [n] * b, 2048) for b, n in ((16, 1024), (8, 2048), (4, 4096), (2, 8192))]
        for dtype in ("bf16", "f16"):
            for name, lengths, width in shapes[:1] if quick else shapes:
                for dim in (64, 128):
                    for causal in (False, True):
                        attention(rows, name, lengths, width // dim, dim, causal, dtype, rounds)
        attention(rows, "equal 64 x 196", [196] * 64, 12, 64, False, "f16", rounds)
        return
    for dtype in ("f16", "bf16"):
        for tokens in (12544, 196):
            experts(rows, "V-MoE-B/16", tokens, 32, 2, 768, 3072, False, dtype, rounds)
        if quick:
            return
        for tokens in (4096, 32, 1):
            experts(rows, "Mixtral", tokens, 8, 2, 4096, 14336, True, dtype, rounds)
        for tokens in (32768, 4096, 64, 1):
            experts(rows, "Qwen3-30B", tokens, 128, 8, 2048, 768, True, dtype, rounds)


if __name__ == "__main__":
    main()
