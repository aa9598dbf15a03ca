using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>A discrete Fourier transform along an axis that a run computes. See <see cref="Dft"/>.</summary>
[Op("dynamic_dft")]
public sealed partial record DynamicDft(Value X, Value? DftLength, Value Axis) : DynamicOp
{
    public bool Inverse { get; init; }

    public bool Onesided { get; init; }

    public override IReadOnlyList<IrType> InferTypes(InferContext context) => [OfRank(context, X.DType, X.Tensor.Shape?.Rank)];

    public override Op? Resolve(Func<int, IReadOnlyList<Dim>?> content) =>
        Numbers(content(2)) is [var axis] ? new Dft(X, DftLength) { Axis = axis, Inverse = Inverse, Onesided = Onesided } : null;

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("DFT", 20, OnnxAttr.Of("inverse"), OnnxAttr.Of("onesided"));

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("first", static g => [g.DynamicDft(g.In("x", "f32[1, 4, 1]"), Runtime.Int(g, 1), null)]),
    ];
}
