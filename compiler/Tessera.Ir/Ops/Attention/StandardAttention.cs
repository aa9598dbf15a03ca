using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>
/// Attention as <c>ai.onnx</c> has it since opset 23 (release 1.22: the softcap comes before the mask): heads merged into the
/// last axis, <c>q[B, n, H·D], k[B, m, G·D], v[B, m, G·E] → [B, n, H·E]</c>, or in front of the tokens,
/// <c>q[B, H, n, D], k[B, G, m, D], v[B, G, m, E] → [B, H, n, E]</c>. <see cref="Attention"/> is what models and rules speak of;
/// this is what it is lowered to.
/// </summary>
/// <param name="Mask">Added to the logits, broadcast to <c>[B, H, n, m]</c>.</param>
[Op("standard_attention")]
public sealed partial record StandardAttention(Value Q, Value K, Value V, Value? Mask = null) : Op
{
    /// <summary>H where heads are merged, else 0.</summary>
    public long QHeads { get; init; }

    /// <summary>G where heads are merged, else 0.</summary>
    public long KvHeads { get; init; }

    /// <summary>Factor on the dot products.</summary>
    public required Real Scale { get; init; }

    /// <summary>Key j is visible to query i only if j ≤ i.</summary>
    public bool Causal { get; init; }

    /// <summary>c &gt; 0 bounds logits: <c>c · tanh(s / c)</c>; 0 leaves them.</summary>
    public Real Softcap { get; init; }

    /// <summary>
    /// A second result <c>[B, H, n, m]</c>, as ONNX counts them: 0 the scaled products, 1 behind the softcap, 2 behind the mask,
    /// 3 behind the softmax; −1 for none.
    /// </summary>
    public long LogitsMode { get; init; } = -1;

    /// <summary>Whether an attention is better written with heads in front of tokens: most of its operands are transposes of such.</summary>
    public static bool TakesApart(Attention op)
    {
        ArgumentNullException.ThrowIfNull(op);
        return ((Value[])[op.Q, op.K, op.V]).Count(static x => x.Op is Transpose { Perm: [0, 2, 1, 3] }) >= 2;
    }

    public override int OutputCount => LogitsMode < 0 ? 1 : 2;

    // Every query meets every key for its logit, and every value for the result.
    public override Dim Macs => (Q.Shape.NumElements + Outputs[0].Shape.NumElements) * K.Shape[K.Rank - 2];

    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        (Shape q, Shape k, Shape v) = (context.ShapeOf(Q), context.ShapeOf(K), context.ShapeOf(V));
        bool apart = q.Rank == 4;
        if (q.Rank is not (3 or 4) || k.Rank != q.Rank || v.Rank != q.Rank || LogitsMode > 3
            || (apart ? QHeads != 0 || KvHeads != 0 : KvHeads <= 0 || QHeads % KvHeads != 0))
        {
            throw context.Error("TSR0211", $"q, k and v must be [batch, tokens, heads · size], {QHeads} a multiple of {KvHeads} heads, or [batch, heads, tokens, size]; they are {Q.Type}, {K.Type} and {V.Type}.");
        }

        (Dim n, Dim m) = (q[q.Rank - 2], k[q.Rank - 2]);
        context.RequireEqual(m, v[q.Rank - 2], "tokens of k and v");
        if (apart)
        {
            context.RequireEqual(q[3], k[3], "head sizes of q and k");
            context.RequireEqual(k[1], v[1], "heads of k and v");
        }
        else
        {
            context.RequireEqual(q[2] * KvHeads, k[2] * QHeads, "head sizes of q and k");
        }

        TensorType result = new(Q.DType, apart ? q.With(3, v[3]) : [q[0], n, Dim.FloorDiv(v[2], KvHeads) * QHeads]);
        return LogitsMode < 0 ? [result] : [result, new TensorType(Q.DType, [q[0], apart ? q[1] : QHeads, n, m])];
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        RefTensor q = Split(context.Tensor(0), QHeads);
        RefTensor k = Split(context.Tensor(1), KvHeads);
        RefTensor v = Split(context.Tensor(2), KvHeads);
        AttentionOracle oracle = new(new Attention(Q, K, V) { Scale = Scale, Causal = Causal, Softcap = Softcap }, q, k, v) { Hiding = Hiding.Added, Stage = Stage };
        RefTensor heads = RefTensor.Floats(q.DType, [.. q.Dims[..3], v.Dims[3]], oracle.RunBatch(context.OptionalTensor(3), null));
        RefTensor result = Q.Rank == 4 ? Exchanged(heads) : heads.Reshaped([.. q.Dims[..2], QHeads * v.Dims[3]]);
        return LogitsMode < 0 ? [result] : [result, RefTensor.Floats(q.DType, [q.Dims[0], q.Dims[2], q.Dims[1], k.Dims[1]], oracle.Logits)];
    }

    /// <summary>Below opset 23: two matrix products around a softmax in f32.</summary>
    public override IReadOnlyList<Value>? Decompose(GraphBuilder builder)
    {
        (Value heads, Value? logits) = new AttentionPrimitives(builder)
        {
            Mask = AttentionMask.Of(builder, this),
            Scale = Scale.Value,
            Softcap = Softcap.Value,
            Stage = Stage,
        }.Build(Heads(builder, Q, QHeads), Heads(builder, K, KvHeads), Heads(builder, V, KvHeads));
        Value result = Q.Rank == 4 ? Moves.Transpose(builder, heads, [0, 2, 1, 3]) : Moves.Reshape(builder, heads, Outputs[0].Shape);
        return logits is null ? [result] : [result, logits];
    }

    private LogitsStage Stage => (LogitsStage)(LogitsMode + 1);

    private static Value Heads(GraphBuilder builder, Value x, long heads) => x.Rank == 4
        ? Moves.Transpose(builder, x, [0, 2, 1, 3])
        : Moves.Reshape(builder, x, [x.Shape[0], x.Shape[1], heads, Dim.FloorDiv(x.Shape[2], heads)]);

    private static RefTensor Split(RefTensor x, long heads) => x.Rank == 4 ? Exchanged(x) : x.Reshaped([x.Dims[0], x.Dims[1], heads, x.Dims[2] / heads]);

    // [B, H, n, D] ↔ [B, n, H, D]
    private static RefTensor Exchanged(RefTensor x)
    {
        (long a, long b, long size) = (x.Dims[1], x.Dims[2], x.Dims[3]);
        return RefTensor.Gather(x, [x.Dims[0], b, a, size], at =>
        {
            (int row, long d) = ((int)(at / size), at % size);
            (long example, long i, long j) = (row / (a * b), row / a % b, row % a);
            return (int)((((((example * a) + j) * b) + i) * size) + d);
        });
    }

    public override IReadOnlyList<Batched> Batch(BatchContext context) => StackedAttention.Batch(context, mask: 3);

    internal static OnnxMapping Onnx { get; } = new(
        Row() with { When = static op => op.OutputCount == 1 },
        Row(new OnnxAttr.Direct("qk_matmul_output_mode", "logits_mode")) with { Outputs = [0, 3], When = static op => op.OutputCount == 2 });

    private static OnnxRow Row(params OnnxAttr[] more) => new("Attention", 23)
    {
        Attributes =
        [
            new OnnxAttr.Direct("q_num_heads", "q_heads", 0L),
            new OnnxAttr.Direct("kv_num_heads", "kv_heads", 0L),
            OnnxAttr.Of("scale"),
            new OnnxAttr.Direct("is_causal", "causal", 0L),
            OnnxAttr.Of("softcap"),
            .. more,
        ],
    };

    internal static IEnumerable<OpSample> Samples() =>
    [
        Sample("self", 2, 2, null),
        Sample("causal", 2, 2, null, causal: true),
        Sample("grouped", 4, 2, null),
        Sample("mask", 2, 2, "[2, 1, n, m]"),
        Sample("mask of all heads", 2, 2, "[n, m]", causal: true),
        Sample("f16", 2, 1, null, dtype: "f16"),
        Sample("softcap", 2, 2, "[n, m]", softcap: 2),
        Sample("products", 2, 2, "[n, m]", mode: 0),
        Sample("capped", 2, 2, "[n, m]", mode: 1, softcap: 2),
        Sample("logits", 4, 2, "[n, m]", mode: 2),
        Sample("weights", 2, 2, "[n, m]", mode: 3),
        Apart("heads in front", "f32"),
        Apart("heads in front, causal", "f32", causal: true),
        Apart("heads in front, logits", "f32", mode: 2),
        Apart("heads in front, f16", "f16"),
    ];

    private static OpSample Apart(string name, string dtype, bool causal = false, int mode = -1) =>
        new(name, g => g.StandardAttention(
            g.In("q", $"{dtype}[2, 4, n, 5]"), g.In("k", $"{dtype}[2, 2, m, 5]"), g.In("v", $"{dtype}[2, 2, m, 3]"), 0.5, g.In("mask", dtype + "[n, m]"),
            causal: causal, logitsMode: mode))
        {
            Sizes = [new Dictionary<string, long> { ["n"] = 3, ["m"] = 6 }, new Dictionary<string, long> { ["n"] = 4, ["m"] = 1 }],
        };

    private static OpSample Sample(string name, int heads, int kvHeads, string? mask, bool causal = false, string dtype = "f32", double softcap = 0, int mode = -1) =>
        new(name, g => g.StandardAttention(
            g.In("q", $"{dtype}[2, n, {heads * 4}]"), g.In("k", $"{dtype}[2, m, {kvHeads * 4}]"), g.In("v", $"{dtype}[2, m, {kvHeads * 3}]"),
            0.5, mask is null ? null : g.In("mask", dtype + mask), heads, kvHeads, causal, softcap, mode))
        {
            Sizes = [new Dictionary<string, long> { ["n"] = 3, ["m"] = 5 }, new Dictionary<string, long> { ["n"] = 4, ["m"] = 1 }],
        };
}
