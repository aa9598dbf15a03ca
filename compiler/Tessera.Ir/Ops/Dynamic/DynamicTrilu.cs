using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>The upper or lower triangle of each matrix, from a diagonal that a run computes, <c>i64[]</c>. See <see cref="Trilu"/>.</summary>
[Op("dynamic_trilu")]
public sealed partial record DynamicTrilu(Value X, Value Diagonal) : DynamicOp
{
    public bool Upper { get; init; } = true;

    public override IReadOnlyList<IrType> InferTypes(InferContext context) => [X.Type];

    public override Op? Resolve(Func<int, IReadOnlyList<Dim>?> content) =>
        Numbers(content(1)) is [var diagonal] ? new Trilu(X) { Upper = Upper, Diagonal = diagonal } : null;

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("Trilu", 14, OnnxAttr.Of("upper"));

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("upper", static g => [g.DynamicTrilu(g.In("x", "f32[n, n]"), Runtime.Int(g, 1))]),
        new("lower", static g => [g.DynamicTrilu(g.In("x", "i64[2, n, 3]"), Runtime.Int(g, -1), upper: false)]),
    ];
}
