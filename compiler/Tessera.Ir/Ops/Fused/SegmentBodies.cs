namespace Tessera.Ir.Ops;

/// <summary>The segment ops by standard ones; types narrower than f32 are computed in it.</summary>
internal static class SegmentBodies
{
    public static Value Reduce(GraphBuilder g, SegmentReduce op)
    {
        SegmentGrid grid = new(g, op.CuSeqlens);
        return Widening.To(g, Reduce(g, grid, Widening.Up(g, op.X), op.Kind), op.X.DType);
    }

    public static Value Softmax(GraphBuilder g, SegmentSoftmax op)
    {
        SegmentGrid grid = new(g, op.CuSeqlens);
        Value x = Widening.Up(g, op.X);
        Value owners = grid.Owners(op.X.Shape[0]);
        Value max = g.ReduceMax(grid.Spread(x, g.Float(x.DType, double.NegativeInfinity)), [1]);
        Value exp = g.Exp(g.Sub(x, g.Gather(max, owners)));
        Value sum = Reduce(g, grid, exp, SegmentReduction.Sum);
        return Widening.To(g, g.Div(exp, g.Gather(sum, owners)), op.X.DType);
    }

    public static Value Expand(GraphBuilder g, SegmentExpand op) =>
        g.Gather(op.X, new SegmentGrid(g, op.CuSeqlens).Owners(op.Count, op.Outputs[0].Shape[0]));

    /// <summary>The running sum of each segment by itself, over x[T, …].</summary>
    public static Value CumSum(GraphBuilder g, CumSum op, Value x, Value cuSeqlens)
    {
        SegmentGrid grid = new(g, cuSeqlens);
        Value zero = x.DType.IsFloat() ? g.Float(x.DType, 0) : g.Int(x.DType, 0);
        return grid.Collect(g.CumSum(grid.Spread(x, zero), 1, op.Exclusive, op.Reverse), x.Shape[0]);
    }

    private static Value Reduce(GraphBuilder g, SegmentGrid grid, Value x, SegmentReduction kind)
    {
        if (!x.DType.IsFloat())
        {
            Value least = g.Int(x.DType, kind == SegmentReduction.Max ? IntegerRange.Least(x.DType) : 0);
            Value rows = grid.Spread(x, least);
            return kind == SegmentReduction.Max ? g.ReduceMax(rows, [1]) : g.ReduceSum(rows, [1]);
        }

        bool empty = kind is SegmentReduction.Max or SegmentReduction.Logsumexp;
        Value spread = grid.Spread(x, g.Float(x.DType, empty ? double.NegativeInfinity : 0));
        return kind switch
        {
            SegmentReduction.Sum => g.ReduceSum(spread, [1]),
            SegmentReduction.Mean => Mean(g, grid, spread),
            SegmentReduction.Max => Max(g, spread),
            _ => LogSumExp(g, spread),
        };
    }

    private static Value Mean(GraphBuilder g, SegmentGrid grid, Value spread)
    {
        Value count = g.Max(g.Cast(grid.Lengths, spread.DType), g.Float(spread.DType, 1));
        Value column = g.Reshape(count, [count.Shape[0], .. Enumerable.Repeat(Dim.One, spread.Rank - 2)]);
        return g.Div(g.ReduceSum(spread, [1]), column);
    }

    // Runtimes do not agree on the maximum of NaN: the sum of all NaN is NaN where there is one, and 0 elsewhere.
    private static Value Max(GraphBuilder g, Value spread)
    {
        Value nan = g.Where(g.IsNaN(spread), spread, g.Float(spread.DType, 0));
        return g.Add(g.ReduceMax(spread, [1]), g.ReduceSum(nan, [1]));
    }

    // What is taken out is finite, so that infinities stay what they are: log 0 = −∞, log ∞ = ∞.
    private static Value LogSumExp(GraphBuilder g, Value spread)
    {
        Value zero = g.Float(spread.DType, 0);
        Value max = g.ReduceMax(spread, [1], keepDims: true);
        Value finite = g.Where(g.Or(g.IsInf(max), g.IsNaN(max)), zero, max);
        Value sum = g.ReduceSum(g.Exp(g.Sub(spread, finite)), [1]);
        return g.Add(g.Log(sum), g.Squeeze(finite, [1]));
    }
}
