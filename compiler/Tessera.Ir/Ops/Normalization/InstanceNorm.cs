using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>
/// Instance normalisation (arXiv 1607.08022): each channel of each example of <c>x[N, C, s…]</c> by its own mean and variance,
/// <c>(x − mean) / √(var + ε) · scale[c] + bias[c]</c>, the variance biased.
/// </summary>
[Op("instance_norm")]
public sealed partial record InstanceNorm(Value X, Value Scale, Value Bias) : Op
{
    public Real Epsilon { get; init; } = 1e-5;

    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        ChannelNorms.Check(context, X, Epsilon, Scale, Bias);
        return context.ShapeOf(X).Rank > 2 ? [X.Type] : throw context.Error("TSR0203", $"x has no spatial axes; it is {X.Type}.");
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        RefTensor x = context.Tensor(0);
        IEnumerable<int[]> slices = Slices.Over(x.Dims, Enumerable.Range(2, x.Rank - 2).Select(static a => (long)a));
        return [ChannelNorms.Normalize(x, slices, Epsilon, context.Tensor(1).F, context.Tensor(2).F)];
    }

    public override IReadOnlyList<Value> Decompose(GraphBuilder builder)
    {
        EquatableArray<long> axes = [.. Enumerable.Range(2, X.Rank - 2).Select(static a => (long)a)];
        Value normal = ChannelNorms.Standardize(builder, Widening.Up(builder, X), axes, Epsilon);
        Value scaled = builder.Mul(normal, ChannelNorms.Column(builder, Scale, X.Rank));
        return [Widening.To(builder, builder.Add(scaled, ChannelNorms.Column(builder, Bias, X.Rank)), X.DType)];
    }

    public override IReadOnlyList<Batched> Batch(BatchContext context) => ChannelNorms.Batch(context, [0, Folding.Shared, Folding.Shared]);

    internal static OnnxMapping Onnx { get; } = new(new OnnxRow("InstanceNormalization", 6)
    {
        Attributes = [OnnxAttr.Of("epsilon")],
        When = static op => ((InstanceNorm)op).X.DType == DType.F32,
    });

    internal static IEnumerable<OpSample> Samples() =>
    [
        Sample("image", "f32", "[n, 2, 3, 2]"),
        Sample("line", "f32", "[2, 3, 5]"),
        Sample("f64", "f64", "[n, 2, 3]"),
        Sample("f16", "f16", "[n, 2, 3, 2]"),
    ];

    private static OpSample Sample(string name, string dtype, string sizes)
    {
        string channels = sizes.Split(',')[1].Trim();
        return new(name, g =>
        [
            g.InstanceNorm(g.In("x", dtype + sizes), g.In("scale", $"{dtype}[{channels}]"), g.In("bias", $"{dtype}[{channels}]"), 1e-3),
        ]);
    }
}
