using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>A running sum along an axis that a run computes, <c>i64[]</c> or <c>i32[]</c>. See <see cref="CumSum"/>.</summary>
[Op("dynamic_cum_sum")]
public sealed partial record DynamicCumSum(Value X, Value Axis) : DynamicOp
{
    public bool Exclusive { get; init; }

    public bool Reverse { get; init; }

    public override IReadOnlyList<IrType> InferTypes(InferContext context) => [X.Type];

    public override Op? Resolve(Func<int, IReadOnlyList<Dim>?> content) =>
        Numbers(content(1)) is [var axis] ? new CumSum(X) { Axis = axis, Exclusive = Exclusive, Reverse = Reverse } : null;

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("CumSum", 11, OnnxAttr.Of("exclusive"), OnnxAttr.Of("reverse"));

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("last", static g => [g.DynamicCumSum(g.In("x", "f32[n, 5]"), Runtime.Int(g, -1))]),
        new("both", static g => [g.DynamicCumSum(g.In("x", "i64[n, 2]"), Runtime.Int(g, 0), exclusive: true, reverse: true)]),
    ];
}
