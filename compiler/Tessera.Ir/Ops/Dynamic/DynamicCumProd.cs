using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>A running product along an axis that a run computes, an integer scalar.</summary>
[Op("dynamic_cum_prod")]
public sealed partial record DynamicCumProd(Value X, Value Axis) : DynamicOp
{
    public bool Exclusive { get; init; }

    public bool Reverse { get; init; }

    public override IReadOnlyList<IrType> InferTypes(InferContext context) => [X.Type];

    public override Op? Resolve(Func<int, IReadOnlyList<Dim>?> content) => Numbers(content(1)) is [var axis]
        ? new CumProd(X) { Axis = axis, Exclusive = Exclusive, Reverse = Reverse }
        : null;

    internal static OnnxMapping Onnx { get; } = new(new OnnxRow("CumProd", 26)
    {
        Attributes = [OnnxAttr.Of("exclusive"), OnnxAttr.Of("reverse")],
    });

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("axis 1", static g => [g.DynamicCumProd(g.In("x", "f32[n, 4]"), Runtime.Int(g, 1))]) { NoRuntime = UnarySamples.NoKernel },
        new("reverse", static g => [g.DynamicCumProd(g.In("x", "i64[3, n]"), Runtime.Int(g, -2), reverse: true)]) { NoRuntime = UnarySamples.NoKernel },
    ];
}
