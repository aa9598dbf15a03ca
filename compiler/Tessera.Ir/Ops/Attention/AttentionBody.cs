namespace Tessera.Ir.Ops;

/// <summary>Attention by the standard op where that can express it, else by primitives; queries that see no key give 0.</summary>
internal static class AttentionBody
{
    public static Value Build(GraphBuilder g, Attention op)
    {
        Attention batched = op.Q.Rank == 4 ? op : op with { Q = Batch(g, op.Q), K = Batch(g, op.K), V = Batch(g, op.V) };
        batched = batched with
        {
            Q = op.QNorm is null ? batched.Q : g.RmsNorm(batched.Q, op.QNorm, op.NormEpsilon),
            K = op.KNorm is null ? batched.K : g.RmsNorm(batched.K, op.KNorm, op.NormEpsilon),
        };
        // ONNX Runtime's op refuses a factor that is not positive.
        bool standard = op.Softcap.Value == 0 && op.Scale.Value >= 0;

        // A mask and causality can hide together all that a query sees; only one mask of both shows it.
        bool joined = !standard || op.Mask is not null;
        Value? mask = AttentionMask.Of(g, batched, causal: joined);
        batched = batched with { Causal = op.Causal && !joined };
        double scale = op.EffectiveScale(op.Q.Shape[op.Q.Rank - 1].ConstValue ?? throw new TesseraException(
            "TSR0211", "", $"attention: the head size must be fixed; q is {op.Q.Type}."));
        Value heads = standard
            ? Standard(g, batched, mask, scale)
            : AttentionPrimitives.Build(g, batched.Q, batched.K, batched.V, mask, scale, op.Softcap.Value);
        heads = MayHideAll(g, batched) && mask is not null ? ZeroWhereHidden(g, heads, mask) : heads;
        return op.Q.Rank == 4 ? heads : g.Reshape(heads, [.. heads.Shape.Skip(1)]);
    }

    private static Value Standard(GraphBuilder g, Attention op, Value? mask, double scale)
    {
        Value[] operands = [Merge(g, op.Q), Merge(g, op.K), Merge(g, op.V), .. mask is null ? (Value[])[] : [OfAllPairs(g, op, mask)]];
        Value merged = MayBeEmpty(g, op) ? UnlessEmpty(g, op, operands, scale) : Standard(g, op, operands, scale);
        return g.Reshape(merged, [op.Q.Shape[0], op.Q.Shape[1], op.Q.Shape[2], op.V.Shape[3]]);
    }

    private static Value Standard(GraphBuilder g, Attention op, IReadOnlyList<Value> operands, double scale) => g.StandardAttention(
        operands[0], operands[1], operands[2],
        op.Q.Shape[2].ConstValue!.Value, op.K.Shape[2].ConstValue!.Value, scale, operands.ElementAtOrDefault(3), op.Causal);

    private static bool MayBeEmpty(GraphBuilder g, Attention op) =>
        g.Facts.GreaterEqual(op.Q.Shape[1], 1) != Proof.Proved || g.Facts.GreaterEqual(op.K.Shape[1], 1) != Proof.Proved;

    // ONNX Runtime refuses to attend without queries or without keys.
    private static Value UnlessEmpty(GraphBuilder g, Attention op, Value[] operands, double scale)
    {
        IrType[] types = [.. operands.Select(static v => v.Type)];
        return g.If(
            g.Greater(g.DimValue(op.Q.Shape[1] * op.K.Shape[1]), g.Int(DType.I64, 0)),
            [.. operands],
            Regions.Of(types, (b, v) => [Standard(b, op, v, scale)], g.Constraints),
            Regions.Of(types, (b, v) => [b.Expand(b.Float(op.Q.DType, 0), [.. op.Q.Shape.Take(2), op.Q.Shape[2] * op.V.Shape[3]])], g.Constraints))[0];
    }

    // ONNX Runtime broadcasts the mask over examples and heads, not over queries or keys.
    private static Value OfAllPairs(GraphBuilder g, Attention op, Value mask)
    {
        Shape pairs = [mask.Shape[0], mask.Shape[1], op.Q.Shape[1], op.K.Shape[1]];
        return mask.Shape.Equals(pairs) ? mask : g.Expand(mask, pairs);
    }

    // With as many keys as queries each query is inside its own window.
    private static bool MayHideAll(GraphBuilder g, Attention op) => op.Mask is not null || op.KLengths is not null
        || (op.HasWindow && g.Facts.Equal(op.Q.Shape[1], op.K.Shape[1]) != Proof.Proved);

    // The softmax of a row of −∞ is NaN there.
    private static Value ZeroWhereHidden(GraphBuilder g, Value heads, Value mask)
    {
        Value best = g.ReduceMax(mask, [3], keepDims: true);
        Value any = g.Not(g.Equal(best, g.Float(mask.DType, double.NegativeInfinity)));
        return g.Where(g.Transpose(any, [0, 2, 1, 3]), heads, g.Float(heads.DType, 0));
    }

    private static Value Batch(GraphBuilder g, Value x) => g.Reshape(x, [1, .. x.Shape]);

    private static Value Merge(GraphBuilder g, Value x) => g.Reshape(x, [x.Shape[0], x.Shape[1], x.Shape[2] * x.Shape[3]]);
}
