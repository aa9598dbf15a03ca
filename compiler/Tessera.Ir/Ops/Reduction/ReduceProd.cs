using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>Product along axes; 1 of nothing. Integers wrap around.</summary>
[Op("reduce_prod")]
public sealed partial record ReduceProd(Value X) : ReduceOp(X)
{
    internal override double Identity => 1;

    protected override double Fold(double[] values) => values.Aggregate(1d, static (a, b) => a * b);

    protected override long Fold(DType dtype, long[] values) => values.Aggregate(1L, static (a, b) => unchecked(a * b));

    internal static OnnxMapping Onnx { get; } = ReduceSamples.Onnx("ReduceProd", 18);

    internal static IEnumerable<OpSample> Samples() => [.. ReduceSamples.Floats(static (g, x, axes, keep) => g.ReduceProd(x, axes, keep)), .. ReduceSamples.Integers(static (g, x, axes, keep) => g.ReduceProd(x, axes, keep))];
}
