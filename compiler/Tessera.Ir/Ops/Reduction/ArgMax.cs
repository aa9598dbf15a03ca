using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>The position of the greatest element along one axis.</summary>
[Op("arg_max")]
public sealed partial record ArgMax(Value X) : ArgOp(X)
{
    private protected override double Worst(DType dtype) => dtype.IsFloat() ? double.NegativeInfinity : IntegerRange.Least(dtype);

    private protected override bool Beats(int order) => order > 0;

    internal static OnnxMapping Onnx { get; } = ArgSamples.Onnx("ArgMax");

    internal static IEnumerable<OpSample> Samples() => ArgSamples.Of(static (g, x, axis, keep, last) => g.ArgMax(x, axis, keep, last));
}
