namespace Tessera.Ir.Ops;

/// <summary>
/// A reduction along a ragged axis in three steps: a function of each element, one of the folds that segments have,
/// a function of each result.
/// </summary>
/// <param name="Kind">The fold.</param>
internal sealed record RaggedReduction(SegmentReduction Kind)
{
    public Func<GraphBuilder, Value, Value> Before { get; init; } = static (_, x) => x;

    public Func<GraphBuilder, Value, Value> After { get; init; } = static (_, x) => x;

    /// <summary>What padding must hold, after <see cref="Before"/>, to change no result.</summary>
    public double Identity => Kind is SegmentReduction.Max or SegmentReduction.Logsumexp ? double.NegativeInfinity : 0;

    /// <summary>The fold along dense axes.</summary>
    public ReduceOp Dense(Value x, IEnumerable<int> axes, bool keepDims)
    {
        EquatableArray<long> list = axes.Select(static a => (long)a).ToEquatableArray();
        return Kind switch
        {
            SegmentReduction.Sum => new ReduceSum(x) { Axes = list, KeepDims = keepDims },
            SegmentReduction.Mean => new ReduceMean(x) { Axes = list, KeepDims = keepDims },
            SegmentReduction.Max => new ReduceMax(x) { Axes = list, KeepDims = keepDims },
            _ => new ReduceLogSumExp(x) { Axes = list, KeepDims = keepDims },
        };
    }
}
