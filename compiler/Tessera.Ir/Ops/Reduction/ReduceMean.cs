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

    // Over the whole plane of images, the name that runtimes have a kernel and layouts for.
    internal static OnnxMapping Onnx { get; } = new(EquatableArray.Create<OnnxRow>(
    [
        .. ReduceSamples.Onnx("ReduceMean", 18).Rows,
        new OnnxRow("GlobalAveragePool", 1) { Inputs = [new OnnxArgument.Operand("x")], When = static op => IsOverPlane((ReduceMean)op), IsPreferred = true },
    ]));

    private static bool IsOverPlane(ReduceMean op) => op is { KeepDims: true, X.Type: TensorType { DType: DType.F32, Shape.Rank: >= 4 and var rank } }
        && op.Axes.SequenceEqual(Enumerable.Range(2, rank - 2).Select(static a => (long)a));

    internal static IEnumerable<OpSample> Samples() =>
    [
        .. ReduceSamples.Floats(static (g, x, axes, keep) => g.ReduceMean(x, axes, keep)),
        .. ReduceSamples.Integers(static (g, x, axes, keep) => g.ReduceMean(x, axes, keep)),
        new("plane", static g => [g.ReduceMean(g.In("x", "f32[n, 3, 5, 4]"), [2, 3], keepDims: true)]),
        new("volume", static g => [g.ReduceMean(g.In("x", "f32[2, 3, n, 2, 4]"), [2, 3, 4], keepDims: true)]),
    ];
}
