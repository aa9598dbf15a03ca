using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>Mean along axes; NaN of nothing. That of integers rounds towards zero.</summary>
[Op("reduce_mean")]
public sealed partial record ReduceMean(Value X) : ReduceOp(X)
{
    internal override RaggedReduction? Ragged => new(SegmentReduction.Mean);

    protected override double Fold(double[] values) => values.Length == 0 ? double.NaN : values.Average();

    protected override long Fold(DType dtype, long[] values) => values.Length == 0
        ? throw new TesseraException("TSR0301", "", $"{Schema.Name}: integers have no mean of nothing.")
        : Mean(dtype, values.Aggregate(0L, static (a, b) => unchecked(a + b)), values.Length);

    internal static long Mean(DType dtype, long sum, int count) =>
        dtype == DType.U64 ? unchecked((long)((ulong)sum / (ulong)count)) : sum / count;

    internal static OnnxMapping Onnx { get; } = ReduceSamples.Onnx("ReduceMean", 18);

    internal static IEnumerable<OpSample> Samples() => [.. ReduceSamples.Floats(static (g, x, axes, keep) => g.ReduceMean(x, axes, keep)), .. ReduceSamples.Integers(static (g, x, axes, keep) => g.ReduceMean(x, axes, keep))];
}
