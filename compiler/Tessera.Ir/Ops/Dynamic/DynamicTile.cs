using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>x over and over along each axis, as often as numbers say that a run computes, <c>i64[rank]</c>.</summary>
[Op("dynamic_tile")]
public sealed partial record DynamicTile(Value X, Value Repeats) : DynamicOp
{
    public override IReadOnlyList<IrType> InferTypes(InferContext context) => [OfRank(context, X.DType, X.Tensor.Shape?.Rank ?? Length(Repeats))];

    public override Op? Resolve(Func<int, IReadOnlyList<Dim>?> content) => content(1) is { } repeats ? new Tile(X) { Repeats = [.. repeats] } : null;

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("Tile", 6);

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("both", static g => [g.DynamicTile(g.In("x", "f32[2, 3]"), Runtime.Ints(g, 2, 3))]),
        new("to nothing", static g => [g.DynamicTile(g.In("x", "i64[2, 3]"), Runtime.Ints(g, 1, 0))]),
    ];
}
