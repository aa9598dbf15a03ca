using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>
/// ONNX Runtime's <c>com.microsoft.MultiHeadAttention</c>: <c>q[B, n, H·D], k[B, m, H·D], v[B, m, H·E] → [B, n, H·E]</c>.
/// Its CPU kernel is the fastest that runtime has for padded batches.
/// </summary>
/// <param name="KeyLengths"><c>i32[B]</c>: keys from there on are hidden; each is at least 1.</param>
/// <param name="AttentionBias">Added to the logits: <c>[B|1, H|1, n, m]</c>.</param>
[Op("multi_head_attention")]
public sealed partial record MultiHeadAttention(Value Q, Value K, Value V, Value? KeyLengths = null, Value? AttentionBias = null) : Op
{
    /// <summary>H.</summary>
    public required long Heads { get; init; }

    /// <summary>Factor on the dot products; 0 stands for 1/√D.</summary>
    public required Real Scale { get; init; }

    /// <summary>Key j is visible to query i only if j ≤ i; there must be as many keys as queries, since the last query sees all.</summary>
    public bool Causal { get; init; }

    /// <summary>
    /// How the attention that this stands for hides keys. It is not written: where it is not <see cref="Hiding.Added"/>, this
    /// op only differs where there is a NaN or an infinity.
    /// </summary>
    public Hiding Hiding { get; init; } = Hiding.Added;

    public override Dim Macs => Q.Shape[0] * Q.Shape[1] * K.Shape[1] * (Q.Shape[2] + V.Shape[2]);

    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        (Shape q, Shape k, Shape v) = (context.ShapeOf(Q), context.ShapeOf(K), context.ShapeOf(V));
        if (q.Rank != 3 || k.Rank != 3 || v.Rank != 3)
        {
            throw context.Error("TSR0211", $"q, k and v must be [batch, tokens, heads · size]; they are {Q.Type}, {K.Type} and {V.Type}.");
        }

        context.RequireEqual(q[2], k[2], "widths of q and k");
        context.RequireEqual(k[1], v[1], "tokens of k and v");
        if (Causal)
        {
            context.RequireEqual(q[1], k[1], "tokens of q and k under causality");
        }

        return [new TensorType(Q.DType, [q[0], q[1], v[2]])];
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        RefTensor[] qkv = [.. Enumerable.Range(0, 3).Select(i => Split(context.Tensor(i)))];
        AttentionOracle oracle = new(new Attention(Q, K, V) { Scale = Scale, Causal = Causal }, qkv[0], qkv[1], qkv[2]) { Hiding = Hiding };
        double[] result = oracle.RunBatch(context.OptionalTensor(4), context.OptionalTensor(3));
        return [RefTensor.Floats(Q.DType, [.. qkv[0].Dims[..2], Heads * qkv[2].Dims[3]], result)];
    }

    public override IReadOnlyList<Value>? Decompose(GraphBuilder builder)
    {
        Value heads = builder.Emit(new Attention(Split(builder, Q), Split(builder, K), Split(builder, V))
        {
            Mask = AttentionBias,
            KLengths = KeyLengths is null ? null : builder.Cast(KeyLengths, DType.I64),
            Scale = Scale,
            Causal = Causal,
            Hiding = Hiding,
        });
        return [builder.Reshape(heads, Outputs[0].Shape)];
    }

    private Value Split(GraphBuilder builder, Value x) =>
        builder.Reshape(x, [x.Shape[0], x.Shape[1], Heads, Dim.FloorDiv(x.Shape[2], Heads)]);

    private RefTensor Split(RefTensor x) => x.Reshaped([x.Dims[0], x.Dims[1], Heads, x.Dims[2] / Heads]);

    public override IReadOnlyList<Batched> Batch(BatchContext context) => StackedAttention.Batch(context, mask: 4);

    internal static OnnxMapping Onnx { get; } = new(new OnnxRow("MultiHeadAttention", 1)
    {
        Domain = "com.microsoft",
        Inputs =
        [
            new OnnxArgument.Operand("q"), new OnnxArgument.Operand("k"), new OnnxArgument.Operand("v"),
            new OnnxArgument.Missing(), new OnnxArgument.Operand("key_lengths"), new OnnxArgument.Operand("attention_bias"),
        ],
        Attributes =
        [
            new OnnxAttr.Direct("num_heads", "heads"),
            new OnnxAttr.Direct("scale", "scale", new Real(0)),
            new OnnxAttr.Direct("unidirectional", "causal", 0L),
        ],
    });

    internal static IEnumerable<OpSample> Samples() =>
    [
        Sample("plain"),
        Sample("causal", causal: true),
        Sample("lengths", lengths: true),
        Sample("bias", bias: true),
        Sample("lengths and bias", lengths: true, bias: true),
    ];

    private static OpSample Sample(string name, bool causal = false, bool lengths = false, bool bias = false) => new(name, g =>
    [
        g.MultiHeadAttention(
            g.In("q", "f32[2, n, 8]"), g.In("k", causal ? "f32[2, n, 8]" : "f32[2, m, 8]"), g.In("v", causal ? "f32[2, n, 8]" : "f32[2, m, 8]"), 2, 0.5,
            lengths ? g.In("lengths", "i32[2]") : null, bias ? g.In("bias", "f32[1, 2, n, m]") : null, causal),
    ])
    {
        Sizes = [.. new[] { (4, 4), (1, 3), (4, 2), (0, 3), (3, 0) }.Select(static s => new Dictionary<string, long> { ["n"] = s.Item1, ["m"] = s.Item2 })],
        IntRange = (1, 5),
    };
}
