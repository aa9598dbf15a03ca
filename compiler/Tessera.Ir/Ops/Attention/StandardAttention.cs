using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>
/// Attention as <c>ai.onnx</c> has it since opset 23 (release 1.22: the softcap comes before the mask), heads merged into the
/// last axis: <c>q[B, n, H·D], k[B, m, G·D], v[B, m, G·E] → [B, n, H·E]</c>. <see cref="Attention"/> is what models and rules
/// speak of; this is what it is lowered to.
/// </summary>
/// <param name="Mask">Added to the logits, broadcast to <c>[B, H, n, m]</c>.</param>
[Op("standard_attention")]
public sealed partial record StandardAttention(Value Q, Value K, Value V, Value? Mask = null) : Op
{
    /// <summary>H.</summary>
    public required long QHeads { get; init; }

    /// <summary>G.</summary>
    public required long KvHeads { get; init; }

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

    /// <summary>
    /// How the attention that this stands for hides keys. It is not written: where it is not <see cref="Hiding.Added"/>, this
    /// op only differs where there is a NaN or an infinity.
    /// </summary>
    public Hiding Hiding { get; init; } = Hiding.Added;

    public override int OutputCount => LogitsMode < 0 ? 1 : 2;

    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        (Shape q, Shape k, Shape v) = (context.ShapeOf(Q), context.ShapeOf(K), context.ShapeOf(V));
        if (q.Rank != 3 || k.Rank != 3 || v.Rank != 3 || KvHeads <= 0 || QHeads % KvHeads != 0 || LogitsMode > 3)
        {
            throw context.Error("TSR0211", $"q, k and v must be [batch, tokens, heads · size], {QHeads} a multiple of {KvHeads} heads; they are {Q.Type}, {K.Type} and {V.Type}.");
        }

        context.RequireEqual(q[2] * KvHeads, k[2] * QHeads, "head sizes of q and k");
        context.RequireEqual(k[1], v[1], "tokens of k and v");
        TensorType result = new(Q.DType, [q[0], q[1], Dim.FloorDiv(v[2], KvHeads) * QHeads]);
        return LogitsMode < 0 ? [result] : [result, new TensorType(Q.DType, [q[0], QHeads, q[1], k[1]])];
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        RefTensor q = Split(context.Tensor(0), QHeads);
        RefTensor k = Split(context.Tensor(1), KvHeads);
        RefTensor v = Split(context.Tensor(2), KvHeads);
        AttentionOracle oracle = new(new Attention(Q, K, V) { Scale = Scale, Causal = Causal, Softcap = Softcap }, q, k, v) { Hiding = Hiding, Stage = Stage };
        RefTensor result = RefTensor.Floats(q.DType, [.. q.Dims[..2], QHeads * v.Dims[3]], oracle.RunBatch(context.OptionalTensor(3), null));
        return LogitsMode < 0 ? [result] : [result, RefTensor.Floats(q.DType, [q.Dims[0], QHeads, q.Dims[1], k.Dims[1]], oracle.Logits)];
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
        Value result = builder.Reshape(heads, Outputs[0].Shape);
        return logits is null ? [result] : [result, logits];
    }

    private LogitsStage Stage => (LogitsStage)(LogitsMode + 1);

    private static Value Heads(GraphBuilder builder, Value x, long heads) =>
        builder.Reshape(x, [x.Shape[0], x.Shape[1], heads, Dim.FloorDiv(x.Shape[2], heads)]);

    private static RefTensor Split(RefTensor x, long heads) => x.Reshaped([x.Dims[0], x.Dims[1], heads, x.Dims[2] / heads]);

    internal static OnnxMapping Onnx { get; } = new(
        Row() with { When = static op => op.OutputCount == 1 },
        Row(new OnnxAttr.Direct("qk_matmul_output_mode", "logits_mode")) with { Outputs = [0, 3], When = static op => op.OutputCount == 2 });

    private static OnnxRow Row(params OnnxAttr[] more) => new("Attention", 23)
    {
        Attributes =
        [
            new OnnxAttr.Direct("q_num_heads", "q_heads"),
            new OnnxAttr.Direct("kv_num_heads", "kv_heads"),
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
    ];

    private static OpSample Sample(string name, int heads, int kvHeads, string? mask, bool causal = false, string dtype = "f32", double softcap = 0, int mode = -1) =>
        new(name, g => g.StandardAttention(
            g.In("q", $"{dtype}[2, n, {heads * 4}]"), g.In("k", $"{dtype}[2, m, {kvHeads * 4}]"), g.In("v", $"{dtype}[2, m, {kvHeads * 3}]"),
            heads, kvHeads, 0.5, mask is null ? null : g.In("mask", dtype + mask), causal, softcap, mode))
        {
            Sizes = [new Dictionary<string, long> { ["n"] = 3, ["m"] = 5 }, new Dictionary<string, long> { ["n"] = 4, ["m"] = 1 }],
        };
}
