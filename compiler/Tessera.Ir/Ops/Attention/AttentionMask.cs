namespace Tessera.Ir.Ops;

/// <summary>What attention adds to its logits, as one tensor: relative bias, −∞ where a key is hidden, and a given mask.</summary>
public static class AttentionMask
{
    // Added to any finite logit of f32 or f64 that a model can have, such a number is what remains.
    private const double Drowning = -1e30;

    /// <summary>
    /// What is added to the logits of hidden keys; null where that is not what hides them. In place of logits or added to them, a
    /// number in which they drown comes to the same.
    /// </summary>
    public static double? Addend(Attention op) => op switch
    {
        { Hiding: Hiding.LeftOut } => double.NegativeInfinity,
        { Hiding: Hiding.Added } or { HidesKeys: false } => op.Fill,
        _ => double.IsNegativeInfinity(op.Fill) || (op.Fill <= Drowning && op.Q.DType is DType.F32 or DType.F64) ? op.Fill : null,
    };

    /// <summary>Whether hidden keys get the weight 0 where a query sees any: then it is the same as at −∞.</summary>
    public static bool HidesWholly(Attention op) => Addend(op) <= Drowning;

    /// <summary>Of the batched form of <paramref name="op"/>: <c>[B|1, H|1, n, m]</c>, or null when every key is visible.</summary>
    /// <param name="g">The builder.</param>
    /// <param name="op">Attention over <c>[B, n, H, D]</c>.</param>
    /// <param name="causal">Whether the mask has to express causality, too.</param>
    public static Value? Of(GraphBuilder g, Attention op, bool causal)
    {
        (DType dtype, Dim m) = (op.Q.DType, op.K.Shape[1]);
        Value? sum = op.Bias is null ? null : Relative(g, op.Bias, op.Q.Shape[1], m);
        Value? lengths = InLength(g, op.KLengths, m);
        double? fill = Addend(op);
        Value? flags = fill is null ? null : Flags(g, op with { Causal = op.Causal && causal });
        if (fill is null || double.IsNegativeInfinity(fill.Value))
        {
            (flags, lengths) = (Both(g, flags, lengths), null);
        }

        sum = Sum(g, sum, flags is null ? null : Hidden(g, flags, dtype, fill ?? double.NegativeInfinity));
        sum = Sum(g, sum, lengths is null ? null : Hidden(g, lengths, dtype, double.NegativeInfinity));
        sum = Sum(g, sum, op.Mask);
        return sum is null ? null : Pairs(g, sum);
    }

    /// <summary>What positions and flags let queries see: <c>bool[B|1, H|1, n, m]</c>; null for all.</summary>
    public static Value? Flags(GraphBuilder g, Attention op)
    {
        Value? visible = Both(g, Visible(g, op.Q.Shape[1], op.K.Shape[1], op.Causal, op.WindowLeft, op.WindowRight), op.Visible);
        return visible is null ? null : Pairs(g, visible);
    }

    /// <summary>Of the standard op: its own mask and causality.</summary>
    public static Value? Of(GraphBuilder g, StandardAttention op)
    {
        Value? visible = Visible(g, op.Q.Shape[op.Q.Rank - 2], op.K.Shape[op.K.Rank - 2], op.Causal, -1, -1);
        return Sum(g, op.Mask, visible is null ? null : Hidden(g, visible, op.Q.DType, double.NegativeInfinity));
    }

    /// <summary>Whether a mask shows a query any key: <c>bool[B|1, H|1, n, 1]</c>.</summary>
    public static Value Any(GraphBuilder g, Value mask) =>
        g.Not(g.Equal(g.ReduceMax(mask, [3], keepDims: true), g.Float(mask.DType, double.NegativeInfinity)));

    private static Value Hidden(GraphBuilder g, Value visible, DType dtype, double fill) => g.Where(visible, g.Float(dtype, 0), g.Float(dtype, fill));

    private static Value? Sum(GraphBuilder g, Value? a, Value? b) => a is null ? b : b is null ? a : g.Add(a, b);

    private static Value Pairs(GraphBuilder g, Value x) => x.Rank == 4 ? x : g.Reshape(x, [.. Enumerable.Repeat(Dim.One, 4 - x.Rank), .. x.Shape]);

    /// <summary><c>bool[n, m]</c>: what positions alone let a query see.</summary>
    private static Value? Visible(GraphBuilder g, Dim n, Dim m, bool causal, long left, long right)
    {
        // Causality is a window that ends at the query itself.
        right = causal ? right < 0 ? 0 : Math.Min(right, 0) : right;
        Value? before = right < 0 ? null : g.LessOrEqual(Keys(g, m), g.Add(Queries(g, n), g.Int(DType.I64, right)));
        Value? after = left < 0 ? null : g.GreaterOrEqual(Keys(g, m), g.Sub(Queries(g, n), g.Int(DType.I64, left)));
        return Both(g, before, after);
    }

    // bool[B, 1, 1, m]
    private static Value? InLength(GraphBuilder g, Value? lengths, Dim m) => lengths is null
        ? null
        : g.Less(Keys(g, m), g.Reshape(lengths, [lengths.Shape[0], 1, 1, 1]));

    // bias[h, clamp(j − i, −R, R) + R] as [H, n, m]
    private static Value Relative(GraphBuilder g, Value bias, Dim n, Dim m)
    {
        long reach = bias.Shape[1].ConstValue!.Value / 2;
        Value offset = g.Sub(Keys(g, m), Queries(g, n));
        Value clamped = g.Max(g.Min(offset, g.Int(DType.I64, reach)), g.Int(DType.I64, -reach));
        return g.Gather(bias, g.Add(clamped, g.Int(DType.I64, reach)), axis: 1);
    }

    private static Value Queries(GraphBuilder g, Dim n) => g.Reshape(Positions(g, n), [n, 1]);

    private static Value Keys(GraphBuilder g, Dim m) => g.Reshape(Positions(g, m), [1, m]);

    private static Value Positions(GraphBuilder g, Dim count) => g.Range(g.Int(DType.I64, 0), g.DimValue(count), g.Int(DType.I64, 1));

    private static Value? Both(GraphBuilder g, Value? a, Value? b) => a is null ? b : b is null ? a : g.And(a, b);
}
