using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>
/// x under a shape that a run computes, <c>i64[k]</c>: −1 stands for the size that keeps the number of elements, and 0 for the size
/// of x at the same axis unless <see cref="AllowZero"/>.
/// </summary>
[Op("dynamic_reshape")]
public sealed partial record DynamicReshape(Value X, Value Target) : DynamicOp
{
    /// <summary>0 means no elements.</summary>
    public bool AllowZero { get; init; }

    public override IReadOnlyList<IrType> InferTypes(InferContext context) => [OfRank(context, X.DType, Length(Target))];

    public override Op? Resolve(Func<int, IReadOnlyList<Dim>?> content) =>
        content(1) is { } target && ReshapeTarget.Resolve(X.Tensor.Shape, target, copiesZero: !AllowZero) is { } shape ? new Reshape(X) { Shape = [.. shape] } : null;

    internal static OnnxMapping Onnx { get; } = new(
        new OnnxRow("Reshape", 5) { Until = 14, When = static op => !((DynamicReshape)op).AllowZero },
        new OnnxRow("Reshape", 14) { Attributes = [new OnnxAttr.Direct("allowzero", "allow_zero")] });

    internal static IEnumerable<OpSample> Samples() =>
    [
        Sample("inferred", "f32[2, 6]", [3, -1], allowZero: false),
        Sample("copied", "i64[2, 6]", [0, 2, 3], allowZero: false),
        Sample("nothing", "f32[0, 4]", [2, 0], allowZero: true),
        Sample("scalar", "f16[1, 1]", [], allowZero: false),
    ];

    private static OpSample Sample(string name, string x, long[] target, bool allowZero) =>
        new(name, g => [g.DynamicReshape(g.In("x", x), Runtime.Ints(g, target), allowZero)]);
}
