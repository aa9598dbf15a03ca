using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>The tokens of each segment folded into one row, each trailing element by itself: <c>x[T, …], cu_seqlens i32[B + 1] → [B, …]</c>.</summary>
[Op("segment_reduce")]
public sealed partial record SegmentReduce(Value X, Value CuSeqlens) : Op
{
    public required SegmentReduction Kind { get; init; }

    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        (Shape x, Shape cu) = (context.ShapeOf(X), Segments.Offsets(context, CuSeqlens));
        if (x.Rank == 0)
        {
            throw context.Error("TSR0203", $"x must have a leading token axis; it is {X.Type}.");
        }

        bool defined = X.DType.IsFloat() || (X.DType.IsInteger() && Kind is SegmentReduction.Sum or SegmentReduction.Max);
        return defined
            ? [new TensorType(X.DType, [cu[0] - 1, .. x.Skip(1)])]
            : throw context.Error("TSR0206", $"{Kind} is not defined for {X.Type}.");
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        RefTensor x = context.Tensor(0);
        long[] cu = Segments.Check(context, context.Tensor(1), x.Dims[0]);
        int row = checked((int)x.Dims.Skip(1).Aggregate(1L, static (a, b) => a * b));
        long[] dims = [cu.Length - 1, .. x.Dims.Skip(1)];
        int[] Column(int i) => [.. Enumerable.Range((int)cu[i / row], (int)(cu[(i / row) + 1] - cu[i / row])).Select(t => (t * row) + (i % row))];
        IEnumerable<int[]> columns = Enumerable.Range(0, (cu.Length - 1) * row).Select(Column);
        return
        [
            x.DType.IsFloat()
                ? RefTensor.Floats(x.DType, dims, [.. columns.Select(c => Fold([.. c.Select(i => x.F[i])]))])
                : RefTensor.Ints(x.DType, dims, [.. columns.Select(c => Fold(x.DType, c.Select(i => x.I[i])))]),
        ];
    }

    public override Dim? RowsCutBy(int operand) => operand == 1 ? X.Shape[0] : null;

    public override IReadOnlyList<Value> Decompose(GraphBuilder builder) => [SegmentBodies.Reduce(builder, this)];

    private double Fold(double[] values) => Kind switch
    {
        SegmentReduction.Sum => values.Sum(),
        SegmentReduction.Mean => values.Length == 0 ? 0 : values.Average(),
        SegmentReduction.Max => values.Aggregate(double.NegativeInfinity, Math.Max),
        _ => ReduceLogSumExp.Stable(values),
    };

    private long Fold(DType dtype, IEnumerable<long> values) => Kind == SegmentReduction.Sum
        ? Wrap.To(dtype, values.Aggregate(0L, static (a, b) => unchecked(a + b)))
        : ReduceMax.Greatest(dtype, values);

    public override IReadOnlyList<Batched> Batch(BatchContext context) => throw context.Mixes("it belongs to a packed batch already");

    internal static OnnxMapping Onnx { get; } = new(
        new OnnxRow("SegmentReduce", 1) { Domain = OnnxMapping.TesseraDomain, Attributes = [OnnxAttr.Of("kind")] });

    internal static IEnumerable<OpSample> Samples() =>
    [
        .. Enum.GetValues<SegmentReduction>().SelectMany(static kind => Segments.Samples((g, x, cu) => g.SegmentReduce(x, cu, kind))
            .Select(s => s with { Name = $"{kind} {s.Name}" })),
        Integers("i64", SegmentReduction.Sum),
        Integers("i32", SegmentReduction.Max),
    ];

    private static OpSample Integers(string dtype, SegmentReduction kind) =>
        new($"{kind} {dtype}", g => [g.SegmentReduce(g.In("x", $"{dtype}[t, 2]"), g.In("cu", "i32[b + 1]"), kind)])
        {
            Sizes = [new Dictionary<string, long> { ["t"] = 4, ["b"] = 3 }],
            IntRange = (-5, 6),
            Fixed = new Dictionary<string, RefTensor> { ["cu"] = RefTensor.Ints(DType.I32, [4], [0, 3, 3, 4]) },
        };
}
