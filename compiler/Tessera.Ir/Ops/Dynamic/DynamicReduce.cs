using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>A reduction along axes that a run computes, <c>i64[k]</c>; along all where there are none, unless <see cref="NoopWithEmptyAxes"/>.</summary>
[Op("dynamic_reduce")]
public sealed partial record DynamicReduce(Value X, Value Axes) : DynamicOp
{
    public required ReduceKind Kind { get; init; }

    /// <summary>Folded axes stay, of size 1.</summary>
    public bool KeepDims { get; init; }

    /// <summary>No axes means that none is folded.</summary>
    public bool NoopWithEmptyAxes { get; init; }

    public override IReadOnlyList<IrType> InferTypes(InferContext context) =>
        [OfRank(context, X.DType, X.Tensor.Shape is not { } x ? null : KeepDims ? x.Rank : Length(Axes) is { } k ? Rank(x.Rank, k) : null)];

    public override Op? Resolve(Func<int, IReadOnlyList<Dim>?> content) => Numbers(content(1)) is not { } axes ? null
        : axes.Length == 0 && NoopWithEmptyAxes ? Unfolded(Kind, X)
        : Of(X, [.. axes]);

    private long Rank(int rank, long count) => count == 0 ? NoopWithEmptyAxes ? rank : 0 : rank - count;

    /// <summary>A reduction along no axis: each element is folded by itself. Null where the shape is not known.</summary>
    public static Op? Unfolded(ReduceKind kind, Value x) => kind switch
    {
        ReduceKind.L1 or ReduceKind.L2 => new Abs(x),
        ReduceKind.SumSquare => new Mul(x, x),
        ReduceKind.LogSum => new Log(x),
        _ => x.Tensor.Shape is { } shape ? new Reshape(x) { Shape = shape } : null,
    };

    private ReduceOp Of(Value x, EquatableArray<long> axes) => Kind switch
    {
        ReduceKind.L1 => new ReduceL1(x) { Axes = axes, KeepDims = KeepDims },
        ReduceKind.L2 => new ReduceL2(x) { Axes = axes, KeepDims = KeepDims },
        ReduceKind.LogSum => new ReduceLogSum(x) { Axes = axes, KeepDims = KeepDims },
        ReduceKind.LogSumExp => new ReduceLogSumExp(x) { Axes = axes, KeepDims = KeepDims },
        ReduceKind.Max => new ReduceMax(x) { Axes = axes, KeepDims = KeepDims },
        ReduceKind.Mean => new ReduceMean(x) { Axes = axes, KeepDims = KeepDims },
        ReduceKind.Min => new ReduceMin(x) { Axes = axes, KeepDims = KeepDims },
        ReduceKind.Prod => new ReduceProd(x) { Axes = axes, KeepDims = KeepDims },
        ReduceKind.Sum => new ReduceSum(x) { Axes = axes, KeepDims = KeepDims },
        _ => new ReduceSumSquare(x) { Axes = axes, KeepDims = KeepDims },
    };

    internal static OnnxMapping Onnx { get; } = new OnnxMapping(EquatableArray.Create<OnnxRow>(
    [
        .. Enum.GetValues<ReduceKind>().Select(static kind => new OnnxRow($"Reduce{kind}", kind == ReduceKind.Sum ? 13 : 18)
        {
            Attributes = [new OnnxAttr.Direct("keepdims", "keep_dims", 1L), OnnxAttr.Of("noop_with_empty_axes")],
            When = op => ((DynamicReduce)op).Kind == kind,
        }),
    ])).TakesFrom(20, DType.Bool);

    internal static IEnumerable<OpSample> Samples() =>
    [
        .. Enum.GetValues<ReduceKind>().Select(static kind => new OpSample(
            AttributeName(kind), g => [g.DynamicReduce(g.In("x", "f32[n, 4]"), Runtime.Ints(g, 1), kind)]) { Range = (0.5, 2) }),
        new("kept", static g => [g.DynamicReduce(g.In("x", "f32[3, n]"), Runtime.Ints(g, -2), ReduceKind.Sum, keepDims: true)]),
        new("nothing folded", static g => [g.DynamicReduce(g.In("x", "f32[3, 2]"), Runtime.Ints(g), ReduceKind.Sum, noopWithEmptyAxes: true)]),
        new("all folded", static g => [g.DynamicReduce(g.In("x", "f32[3, 2]"), Runtime.Ints(g), ReduceKind.Mean)]),
    ];

    private static string AttributeName(ReduceKind kind) => Text.Spelling.Snake(kind.ToString());
}
