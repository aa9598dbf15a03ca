using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>x without axes of size 1 that a run computes, <c>i64[k]</c>, k > 0.</summary>
[Op("dynamic_squeeze")]
public sealed partial record DynamicSqueeze(Value X, Value Axes) : DynamicOp
{
    public override IReadOnlyList<IrType> InferTypes(InferContext context) => Length(Axes) == 0
        ? throw context.Error("TSR0202", "it takes at least one axis.")
        : [OfRank(context, X.DType, X.Tensor.Shape is { } x && Length(Axes) is { } k ? Math.Max(0, x.Rank - k) : null)];

    public override Op? Resolve(Func<int, IReadOnlyList<Dim>?> content) =>
        Numbers(content(1)) is { Length: > 0 } axes ? new Squeeze(X) { Axes = [.. axes] } : null;

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("Squeeze", 13);

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("front", static g => [g.DynamicSqueeze(g.In("x", "f32[1, 3]"), Runtime.Ints(g, 0))]),
        new("both ends", static g => [g.DynamicSqueeze(g.In("x", "i64[1, 3, 1]"), Runtime.Ints(g, -1, 0))]),
    ];
}
