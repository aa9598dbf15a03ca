namespace Tessera.Ir.Ops;

/// <summary>Attention by the standard op where that can express it, else by primitives.</summary>
internal static class AttentionBody
{
    /// <param name="g">The builder.</param>
    /// <param name="op">The attention.</param>
    /// <param name="plain">By primitives in any case.</param>
    public static IReadOnlyList<Value> Build(GraphBuilder g, Attention op, bool plain = false)
    {
        Attention batched = op.Q.Rank == 4 ? op : op with { Q = Batch(g, op.Q), K = Batch(g, op.K), V = Batch(g, op.V) };
        batched = batched with
        {
            Q = op.QNorm is null ? batched.Q : g.RmsNorm(batched.Q, op.QNorm, op.NormEpsilon),
            K = op.KNorm is null ? batched.K : g.RmsNorm(batched.K, op.KNorm, op.NormEpsilon),
        };
        (Value heads, Value? logits) = !plain && IsStandard(g, batched) ? Standard(g, batched) : Primitive(g, batched);
        Value result = op.Q.Rank == 4 ? heads : Moves.Reshape(g, heads, [.. heads.Shape.Skip(1)]);
        return logits is null ? [result] : [result, op.Q.Rank == 4 ? logits : g.Reshape(logits, [.. logits.Shape.Skip(1)])];
    }

    // ONNX Runtime's op refuses a factor that is not positive; weights that are 0 where all is hidden are not its own.
    private static bool IsStandard(GraphBuilder g, Attention op) => op.Scale.Value >= 0 && AttentionMask.Addend(op) is not null
        && (op.Logits == LogitsStage.None || !GivesZero(g, op));

    // A mask and causality can hide together all that a query sees, and only one mask of both shows it. A finite number to hide
    // by is no causality where a query may see nothing.
    private static bool IsJoined(Attention op) => op.Mask is not null || op.Visible is not null || op.Logits == LogitsStage.Biased
        || !AttentionMask.HidesWholly(op) || (op.HasWindow && !double.IsNegativeInfinity(op.Fill));

    private static double Scale(Attention op) => op.EffectiveScale(op.Q.Shape[3]);

    private static (Value, Value?) Standard(GraphBuilder g, Attention op)
    {
        bool joined = IsJoined(op);
        Value? mask = AttentionMask.Of(g, op, causal: joined);
        bool apart = StandardAttention.TakesApart(op);
        Value[] operands = [.. ((Value[])[op.Q, op.K, op.V]).Select(x => apart ? Exchange(g, x) : Merge(g, x)), .. mask is null ? (Value[])[] : [OfAllPairs(g, op, mask)]];
        Attention inner = op with { Causal = op.Causal && !joined };
        IReadOnlyList<Value> results = MayBeEmpty(g, op) ? UnlessEmpty(g, inner, operands) : Standard(g, inner, operands);
        Value heads = apart ? Exchange(g, results[0]) : Moves.Reshape(g, results[0], [op.Q.Shape[0], op.Q.Shape[1], op.Q.Shape[2], op.V.Shape[3]]);
        return (GivesZero(g, op) && mask is not null ? ZeroWhereHidden(g, heads, mask) : heads, results.ElementAtOrDefault(1));
    }

    private static Value Exchange(GraphBuilder g, Value x) => Moves.Transpose(g, x, [0, 2, 1, 3]);

    private static (Value, Value?) Primitive(GraphBuilder g, Attention op)
    {
        bool filled = AttentionMask.Addend(op) is null;
        Value? mask = AttentionMask.Of(g, op, causal: true);
        (Value heads, Value? logits) = new AttentionPrimitives(g)
        {
            Mask = mask,
            Scale = Scale(op),
            Softcap = op.Softcap,
            Visible = filled ? AttentionMask.Flags(g, op) : null,
            Fill = op.Fill,
            Stage = op.Logits,
        }.Build(op.Q, op.K, op.V);
        if (!GivesZero(g, op) || mask is null)
        {
            return (heads, logits);
        }

        Value? weights = op.Logits == LogitsStage.Weights ? g.Where(AttentionMask.Any(g, mask), logits!, g.Float(logits!.DType, 0)) : logits;
        return (ZeroWhereHidden(g, heads, mask), weights);
    }

    private static IReadOnlyList<Value> Standard(GraphBuilder g, Attention op, IReadOnlyList<Value> operands) => g.StandardAttention(
        operands[0],
        operands[1],
        operands[2],
        Scale(op),
        operands.ElementAtOrDefault(3),
        operands[0].Rank == 4 ? 0 : op.Q.Shape[2].ConstValue!.Value,
        operands[0].Rank == 4 ? 0 : op.K.Shape[2].ConstValue!.Value,
        op.Causal,
        op.Softcap,
        (long)op.Logits - 1);

    private static bool MayBeEmpty(GraphBuilder g, Attention op) =>
        g.Facts.GreaterEqual(op.Q.Shape[1], 1) != Proof.Proved || g.Facts.GreaterEqual(op.K.Shape[1], 1) != Proof.Proved;

    // ONNX Runtime refuses to attend without queries or without keys.
    private static IReadOnlyList<Value> UnlessEmpty(GraphBuilder g, Attention op, Value[] operands)
    {
        IrType[] types = [.. operands.Select(static v => v.Type)];
        return g.If(
            g.Greater(g.DimValue(op.Q.Shape[1] * op.K.Shape[1]), g.Int(DType.I64, 0)),
            [.. operands],
            Regions.Of(types, (b, v) => Standard(b, op, v), g.Constraints),
            Regions.Of(types, (b, v) => Zeros(b, op, v[0]), g.Constraints));
    }

    private static IReadOnlyList<Value> Zeros(GraphBuilder g, Attention op, Value given)
    {
        (Shape q, Value zero) = (op.Q.Shape, g.Float(op.Q.DType, 0));
        Value result = g.Expand(zero, given.Rank == 4 ? given.Shape.With(3, op.V.Shape[3]) : [q[0], q[1], q[2] * op.V.Shape[3]]);
        return op.Logits == LogitsStage.None ? [result] : [result, g.Expand(zero, [q[0], q[2], q[1], op.K.Shape[1]])];
    }

    // ONNX Runtime broadcasts the mask over examples and heads, not over queries or keys.
    private static Value OfAllPairs(GraphBuilder g, Attention op, Value mask)
    {
        Shape pairs = [mask.Shape[0], mask.Shape[1], op.Q.Shape[1], op.K.Shape[1]];
        return mask.Shape.Equals(pairs) ? mask : g.Expand(mask, pairs);
    }

    // With as many keys as queries each query is inside its own window.
    private static bool GivesZero(GraphBuilder g, Attention op) => op.KLengths is not null || ((op.Hiding == Hiding.LeftOut || op.Safe)
        && (op.Mask is not null || op.Visible is not null || (op.HasWindow && g.Facts.Equal(op.Q.Shape[1], op.K.Shape[1]) != Proof.Proved)));

    // The softmax of a row of −∞ is NaN there.
    private static Value ZeroWhereHidden(GraphBuilder g, Value heads, Value mask) =>
        g.Where(g.Transpose(AttentionMask.Any(g, mask), [0, 2, 1, 3]), heads, g.Float(heads.DType, 0));

    private static Value Batch(GraphBuilder g, Value x) => Moves.Reshape(g, x, [1, .. x.Shape]);

    private static Value Merge(GraphBuilder g, Value x) => Moves.Reshape(g, x, [x.Shape[0], x.Shape[1], x.Shape[2] * x.Shape[3]]);
}
