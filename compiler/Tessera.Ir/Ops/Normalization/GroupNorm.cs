using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>
/// Group normalisation (arXiv 1803.08494): the channels of <c>x[N, C, s…]</c> in <see cref="Groups"/> runs of neighbours, each of
/// one example by its own mean and variance, then <c>· scale[c] + bias[c]</c>.
/// </summary>
[Op("group_norm")]
public sealed partial record GroupNorm(Value X, Value Scale, Value Bias) : Op
{
    public required long Groups { get; init; }

    public Real Epsilon { get; init; } = 1e-5;

    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        ChannelNorms.Check(context, X, Epsilon, Scale, Bias);
        return Groups > 0 && (context.ShapeOf(X)[1].ConstValue is not { } channels || channels % Groups == 0)
            ? [X.Type]
            : throw context.Error("TSR0203", $"{X.Type} does not fall into {Groups} groups of channels.");
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        RefTensor x = context.Tensor(0);
        IEnumerable<int[]> slices = Slices.Along([x.Dims[0], Groups, x.Count / Math.Max(1, x.Dims[0] * Groups)], 2);
        return [ChannelNorms.Normalize(x, slices, Epsilon, context.Tensor(1).F, context.Tensor(2).F)];
    }

    public override IReadOnlyList<Value> Decompose(GraphBuilder builder)
    {
        Shape grouped = [X.Shape[0], Groups, Dim.FloorDiv(X.Shape[1], Groups), .. X.Shape.Skip(2)];
        EquatableArray<long> axes = [.. Enumerable.Range(2, X.Rank - 1).Select(static a => (long)a)];
        Value normal = ChannelNorms.Standardize(builder, builder.Reshape(Widening.Up(builder, X), grouped), axes, Epsilon);
        Value scaled = builder.Mul(builder.Reshape(normal, X.Shape), ChannelNorms.Column(builder, Scale, X.Rank));
        return [Widening.To(builder, builder.Add(scaled, ChannelNorms.Column(builder, Bias, X.Rank)), X.DType)];
    }

    public override IReadOnlyList<Batched> Batch(BatchContext context) => ChannelNorms.Batch(context, [0, Folding.Shared, Folding.Shared]);

    internal static OnnxMapping Onnx { get; } = new(new OnnxRow("GroupNormalization", 21)
    {
        Attributes =
        [
            OnnxAttr.Of("epsilon"),
            new OnnxAttr.Direct("num_groups", "groups"),
            new OnnxAttr.Fixed("stash_type", 1L, IsDefault: true),
        ],
        When = static op => ((GroupNorm)op).X.DType is DType.F32 or DType.F16,
    });

    internal static IEnumerable<OpSample> Samples() =>
    [
        Sample("image", "f32", "[n, 4, 3, 2]", 2),
        Sample("one group", "f32", "[n, 4, 3]", 1),
        Sample("each channel", "f32", "[n, 4, 2, 1]", 4),
        Sample("f64", "f64", "[n, 4, 3]", 2),
        Sample("f16", "f16", "[n, 4, 3]", 2),
    ];

    private static OpSample Sample(string name, string dtype, string sizes, long groups) => new(name, g =>
    [
        g.GroupNorm(g.In("x", dtype + sizes), g.In("scale", $"{dtype}[4]"), g.In("bias", $"{dtype}[4]"), groups, 1e-3),
    ]);
}
