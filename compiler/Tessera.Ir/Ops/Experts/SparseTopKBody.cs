namespace Tessera.Ir.Ops;

/// <summary>Soft top-k in standard ops: τ of all rows at once, by halving intervals in f64.</summary>
internal static class SparseTopKBody
{
    // From any interval of f32 to one that its doubles do not divide further where the result can show it.
    private const int Steps = 128;

    public static Value Build(GraphBuilder g, SparseTopK op)
    {
        Value x = Widening.To(g, op.X, DType.F64);
        Value bad = Bad(g, op, x);
        Value clean = g.Where(bad, Number(g, 0), x);
        Value y = op.K == 0 ? g.Expand(Number(g, 0), op.X.Shape)
            : op.Magnitude ? Shrunk(g, op, clean)
            : Mask(g, op, clean);
        return Widening.To(g, g.Where(bad, Number(g, double.NaN), y), op.X.DType);
    }

    private static Value Bad(GraphBuilder g, SparseTopK op, Value x)
    {
        Value unusable = g.Or(g.IsNaN(x), g.IsInf(x, detectNegative: op.Magnitude));
        Value spoilt = g.Greater(Count(g, unusable), Number(g, 0));
        if (op.Magnitude)
        {
            return spoilt;
        }

        Value needed = g.Cast(g.DimValue(Dim.Min(op.K, op.X.Shape[^1])), DType.F64);
        Value few = g.Less(Count(g, g.Not(g.Or(g.IsNaN(x), g.IsInf(x)))), needed);
        return g.Or(spoilt, few);
    }

    private static Value Mask(GraphBuilder g, SparseTopK op, Value x)
    {
        Value lowest = g.ReduceMin(g.Where(g.IsInf(x), Number(g, double.MaxValue), x), [-1], keepDims: true);
        Value tau = Root(g, op, g.Sub(lowest, Number(g, Lambda(op))), g.ReduceMax(x, [-1], keepDims: true), x,
            static (r, op, x, t) => Raised(r, op, x, t));
        return g.Min(Raised(g, op, x, tau), Number(g, 1));
    }

    private static Value Shrunk(GraphBuilder g, SparseTopK op, Value x)
    {
        Value size = g.Abs(x);
        Value highest = g.ReduceMax(size, [-1], keepDims: true);
        Value tau = Root(g, op, g.Mul(highest, Number(g, 0)), highest, size,
            static (r, op, a, t) => r.Div(Raised(r, op, a, t), t));
        Value raised = Raised(g, op, size, tau);
        Value shrunk = g.Mul(g.Sign(x), g.Add(raised, Above(g, size, tau)));
        return g.Where(g.GreaterOrEqual(raised, tau), x, shrunk);
    }

    // Where the sum of shares, which falls as t rises, comes down to k.
    private static Value Root(GraphBuilder g, SparseTopK op, Value low, Value high, Value x, Func<GraphBuilder, SparseTopK, Value, Value, Value> share)
    {
        Region body = Regions.Of(
            [new TensorType(DType.I64, Shape.Scalar), new TensorType(DType.Bool, Shape.Scalar), low.Type, high.Type, x.Type],
            (r, p) =>
            {
                Value middle = r.Add(p[2], r.Mul(r.Sub(p[3], p[2]), Number(r, 0.5)));
                Value more = r.Greater(Excess(r, op, share(r, op, p[4], middle)), Number(r, 0));
                return [p[1], r.Where(more, middle, p[2]), r.Where(more, p[3], middle)];
            });
        return g.Loop([low, high, x], 2, body, maxTrip: g.Int(DType.I64, Steps))[1];
    }

    // How far shares, each at most 1, sum to more than k: whole ones are counted by themselves, so that no small one is lost.
    private static Value Excess(GraphBuilder g, SparseTopK op, Value shares)
    {
        Value isWhole = g.GreaterOrEqual(shares, Number(g, 1));
        Value parts = g.ReduceSum(g.Where(isWhole, Number(g, 0), shares), [-1], keepDims: true);
        return g.Add(g.Sub(Count(g, isWhole), Number(g, op.K)), parts);
    }

    private static Value Raised(GraphBuilder g, SparseTopK op, Value x, Value tau)
    {
        Value part = g.Div(Above(g, x, tau), Number(g, Lambda(op)));
        return SoftSelection.Exponent((float)op.P.Value) switch
        {
            1 => part,
            2 => g.Mul(part, part),
            3 => g.Mul(g.Mul(part, part), part),
            var power => g.Pow(part, Number(g, power)),
        };
    }

    private static Value Above(GraphBuilder g, Value x, Value tau) => g.Max(g.Sub(x, tau), Number(g, 0));

    private static Value Count(GraphBuilder g, Value flags) => g.ReduceSum(g.Cast(flags, DType.F64), [-1], keepDims: true);

    private static double Lambda(SparseTopK op) => (float)op.Lambda.Value;

    private static Value Number(GraphBuilder g, double value) => g.Float(DType.F64, value);
}
