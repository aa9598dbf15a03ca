using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>x cut along an axis into k parts whose sizes, <c>i64[k]</c>, a run computes.</summary>
[Op("dynamic_split")]
public sealed partial record DynamicSplit(Value X, Value Sizes) : DynamicOp
{
    public required long Axis { get; init; }

    public override int OutputCount => (int)(Length(Sizes) ?? 0);

    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        if (Length(Sizes) is not { } parts || parts is < 1 or > 1 << 16)
        {
            throw context.Error("TSR0208", $"the number of parts must be known; sizes are {Sizes.Type}.");
        }

        if (X.Tensor.Shape is not { } shape)
        {
            return [.. Enumerable.Range(0, (int)parts).Select(_ => new TensorType(X.DType, null))];
        }

        int axis = context.Axis(Axis, shape.Rank);
        return [.. Enumerable.Range(0, (int)parts).Select(i => new TensorType(X.DType, shape.With(axis, context.Fresh(i, axis))))];
    }

    public override Op? Resolve(Func<int, IReadOnlyList<Dim>?> content) =>
        content(1) is { } sizes && sizes.Count == OutputCount ? new Split(X) { Axis = Axis, Sizes = [.. sizes] } : null;

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("Split", 13, new OnnxAttr.Direct("axis", "axis", 0L));

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("uneven", static g => g.DynamicSplit(g.In("x", "f32[5, 2]"), Runtime.Ints(g, 1, 4), 0)),
        new("empty part", static g => g.DynamicSplit(g.In("x", "i64[2, 3]"), Runtime.Ints(g, 3, 0), -1)),
        new("one", static g => g.DynamicSplit(g.In("x", "f16[2]"), Runtime.Ints(g, 2), 0)),
    ];
}
