using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>x with axes of size 1 at positions in the result that a run computes, <c>i64[k]</c>.</summary>
[Op("dynamic_unsqueeze")]
public sealed partial record DynamicUnsqueeze(Value X, Value Axes) : DynamicOp
{
    public override IReadOnlyList<IrType> InferTypes(InferContext context) =>
        [OfRank(context, X.DType, X.Tensor.Shape is { } x && Length(Axes) is { } k ? x.Rank + k : null)];

    public override Op? Resolve(Func<int, IReadOnlyList<Dim>?> content) => Numbers(content(1)) is { } axes ? new Unsqueeze(X) { Axes = [.. axes] } : null;

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("Unsqueeze", 13);

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("front", static g => [g.DynamicUnsqueeze(g.In("x", "f32[n, 3]"), Runtime.Ints(g, 0))]),
        new("both ends", static g => [g.DynamicUnsqueeze(g.In("x", "i64[n]"), Runtime.Ints(g, -1, 0))]),
        new("none", static g => [g.DynamicUnsqueeze(g.In("x", "f16[2]"), Runtime.Ints(g))]),
    ];
}
