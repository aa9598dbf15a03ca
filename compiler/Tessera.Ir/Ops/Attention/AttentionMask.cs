namespace Tessera.Ir.Ops;

/// <summary>What attention adds to its logits, as one tensor: relative bias, −∞ where a key is hidden, and a given mask.</summary>
internal static class AttentionMask
{
    /// <summary>Of the batched form of <paramref name="op"/>: <c>[B|1, H|1, n, m]</c>, or null when every key is visible.</summary>
    /// <param name="g">The builder.</param>
    /// <param name="op">Attention over <c>[B, n, H, D]</c>.</param>
    /// <param name="causal">Whether the mask has to express causality, too.</param>
    public static Value? Of(GraphBuilder g, Attention op, bool causal)
    {
        DType dtype = op.Q.DType;
        (Dim n, Dim m) = (op.Q.Shape[1], op.K.Shape[1]);
        Value? sum = op.Bias is null ? null : Relative(g, op.Bias, n, m);
        Value? visible = Both(g, Visible(g, n, m, causal && op.Causal, op.WindowLeft, op.WindowRight), InLength(g, op.KLengths, m));
        if (visible is not null)
        {
            Value hidden = g.Where(visible, g.Float(dtype, 0), g.Float(dtype, double.NegativeInfinity));
            sum = sum is null ? hidden : g.Add(sum, hidden);
        }

        sum = op.Mask is null ? sum : sum is null ? op.Mask : g.Add(sum, op.Mask);
        return sum is null || sum.Rank == 4 ? sum : g.Reshape(sum, [.. Enumerable.Repeat(Dim.One, 4 - sum.Rank), .. sum.Shape]);
    }

    /// <summary>Of the standard op: its own mask and causality.</summary>
    public static Value? Of(GraphBuilder g, StandardAttention op)
    {
        Value? visible = Visible(g, op.Q.Shape[1], op.K.Shape[1], op.Causal, -1, -1);
        Value? hidden = visible is null ? null : g.Where(visible, g.Float(op.Q.DType, 0), g.Float(op.Q.DType, double.NegativeInfinity));
        return hidden is null ? op.Mask : op.Mask is null ? hidden : g.Add(op.Mask, hidden);
    }

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
