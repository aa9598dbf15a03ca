using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>
/// Attention as <c>ai.onnx</c> has it since opset 23, heads merged into the last axis:
/// <c>q[B, n, H·D], k[B, m, G·D], v[B, m, G·E] → [B, n, H·E]</c>. <see cref="Attention"/> is what models and rules speak of;
/// this is what it is lowered to. There is no softcap: versions differ on whether it comes before or after the mask.
/// </summary>
/// <param name="Mask">Added to the logits, broadcast to <c>[B, H, n, m]</c>; no row may hide every key.</param>
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

    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        (Shape q, Shape k, Shape v) = (context.ShapeOf(Q), context.ShapeOf(K), context.ShapeOf(V));
        if (q.Rank != 3 || k.Rank != 3 || v.Rank != 3 || KvHeads <= 0 || QHeads % KvHeads != 0)
        {
            throw context.Error("TSR0211", $"q, k and v must be [batch, tokens, heads · size], {QHeads} a multiple of {KvHeads} heads; they are {Q.Type}, {K.Type} and {V.Type}.");
        }

        context.RequireEqual(q[2] * KvHeads, k[2] * QHeads, "head sizes of q and k");
        context.RequireEqual(k[1], v[1], "tokens of k and v");
        return [new TensorType(Q.DType, [q[0], q[1], Dim.FloorDiv(v[2], KvHeads) * QHeads])];
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        RefTensor q = Split(context.Tensor(0), QHeads);
        RefTensor k = Split(context.Tensor(1), KvHeads);
        RefTensor v = Split(context.Tensor(2), KvHeads);
        AttentionOracle oracle = new(new Attention(Q, K, V) { Scale = Scale, Causal = Causal }, q, k, v);
        return [RefTensor.Floats(q.DType, [.. q.Dims[..2], QHeads * v.Dims[3]], oracle.RunBatch(context.OptionalTensor(3), null))];
    }

    /// <summary>Below opset 23: two matrix products around a softmax in f32.</summary>
    public override IReadOnlyList<Value>? Decompose(GraphBuilder builder)
    {
        Value heads = AttentionPrimitives.Build(
            builder,
            Heads(builder, Q, QHeads),
            Heads(builder, K, KvHeads),
            Heads(builder, V, KvHeads),
            AttentionMask.Of(builder, this),
            Scale.Value,
            softcap: 0);
        return [builder.Reshape(heads, Outputs[0].Shape)];
    }

    private static Value Heads(GraphBuilder builder, Value x, long heads) =>
        builder.Reshape(x, [x.Shape[0], x.Shape[1], heads, Dim.FloorDiv(x.Shape[2], heads)]);

    private static RefTensor Split(RefTensor x, long heads) => x.Reshaped([x.Dims[0], x.Dims[1], heads, x.Dims[2] / heads]);

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple(
        "Attention",
        23,
        new OnnxAttr.Direct("q_num_heads", "q_heads"),
        new OnnxAttr.Direct("kv_num_heads", "kv_heads"),
        OnnxAttr.Of("scale"),
        new OnnxAttr.Direct("is_causal", "causal", 0L));

    internal static IEnumerable<OpSample> Samples() =>
    [
        Sample("self", 2, 2, null),
        Sample("causal", 2, 2, null, causal: true),
        Sample("grouped", 4, 2, null),
        Sample("mask", 2, 2, "[2, 1, n, m]"),
        Sample("mask of all heads", 2, 2, "[n, m]", causal: true),
        Sample("f16", 2, 1, null, dtype: "f16"),
    ];

    private static OpSample Sample(string name, int heads, int kvHeads, string? mask, bool causal = false, string dtype = "f32") =>
        new(name, g =>
        [
            g.StandardAttention(
                g.In("q", $"{dtype}[2, n, {heads * 4}]"), g.In("k", $"{dtype}[2, m, {kvHeads * 4}]"), g.In("v", $"{dtype}[2, m, {kvHeads * 3}]"),
                heads, kvHeads, 0.5, mask is null ? null : g.In("mask", dtype + mask), causal),
        ])
        {
            Sizes = [new Dictionary<string, long> { ["n"] = 3, ["m"] = 5 }, new Dictionary<string, long> { ["n"] = 4, ["m"] = 1 }],
        };
}
