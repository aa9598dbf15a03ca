using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>The position of the least element along one axis.</summary>
[Op("arg_min")]
public sealed partial record ArgMin(Value X) : ArgOp(X)
{
    private protected override double Worst(DType dtype) => dtype.IsFloat() ? double.PositiveInfinity : IntegerRange.Greatest(dtype);

    private protected override bool Beats(int order) => order < 0;

    internal static OnnxMapping Onnx { get; } = ArgSamples.Onnx("ArgMin");

    internal static IEnumerable<OpSample> Samples() => ArgSamples.Of(static (g, x, axis, keep, last) => g.ArgMin(x, axis, keep, last));
}
