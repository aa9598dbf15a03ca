using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>x broadcast with a shape that a run computes, <c>i64[k]</c>, both ways.</summary>
[Op("dynamic_expand")]
public sealed partial record DynamicExpand(Value X, Value Target) : DynamicOp
{
    public override IReadOnlyList<IrType> InferTypes(InferContext context) =>
        [OfRank(context, X.DType, Length(Target) is { } k && X.Tensor.Shape is { } x ? Math.Max(k, x.Rank) : null)];

    public override Op? Resolve(Func<int, IReadOnlyList<Dim>?> content) => content(1) is { } target ? new Expand(X) { Shape = [.. target] } : null;

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("Expand", 8);

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("rows", static g => [g.DynamicExpand(g.In("x", "f32[1, 3]"), Runtime.Ints(g, 4, 1))]),
        new("raised", static g => [g.DynamicExpand(g.In("x", "i64[n, 1]"), Runtime.Ints(g, 2, 1, 3))]),
        new("to nothing", static g => [g.DynamicExpand(g.In("x", "f16[1]"), Runtime.Ints(g, 0))]),
    ];
}
