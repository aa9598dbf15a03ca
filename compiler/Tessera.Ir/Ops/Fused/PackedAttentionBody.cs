namespace Tessera.Ir.Ops;

/// <summary>
/// Packed attention in standard ops: a loop over segments, each gathered, attended and appended to a sequence. Exact, and a
/// NaN in one segment reaches no other; measured faster than padding, since nothing is computed that is not asked for.
/// </summary>
internal static class PackedAttentionBody
{
    private static readonly TensorType s_round = new(DType.I64, Shape.Scalar);
    private static readonly TensorType s_condition = new(DType.Bool, Shape.Scalar);

    public static Value Build(GraphBuilder g, PackedAttention op)
    {
        // ONNX Runtime's sequences hold no bf16.
        PackedAttention carried = op.Q.DType == DType.BF16 ? InF32(g, op) : op;
        Shape result = op.Outputs[0].Shape;
        Value none = g.Expand(g.Float(carried.Q.DType, 0), [0, result[1], result[2]]);
        Value[] captures =
        [
            carried.Q, carried.K, carried.V, g.Cast(op.CuQ, DType.I64), g.Cast(op.CuK, DType.I64),
            .. new[] { carried.Bias, carried.QNorm, carried.KNorm }.OfType<Value>(),
        ];
        Value start = g.SequenceConstruct([none]);
        SequenceType parts = new(new TensorType(carried.Q.DType, null));
        Region body = Regions.Of([s_round, s_condition, parts, .. captures.Select(static v => v.Type)], (r, p) => Segment(r, p, carried));
        Value joined = g.ConcatFromSequence(g.Loop([start, .. captures], 1, body, maxTrip: g.DimValue(op.CuQ.Shape[0] - 1))[0], axis: 0);
        Value tokens = g.Reshape(joined, result);
        return tokens.DType == op.Q.DType ? tokens : g.Cast(tokens, op.Q.DType);
    }

    // p: round, condition, sequence, q, k, v, cu_q, cu_k, and what is present of bias, q_norm, k_norm
    private static IReadOnlyList<Value> Segment(GraphBuilder r, IReadOnlyList<Value> p, PackedAttention op)
    {
        (Value queries, Value queryCount) = Rows(r, p[0], p[6]);
        (Value keys, Value keyCount) = Rows(r, p[0], p[7]);
        Value[] inner = [r.Gather(p[3], queries), r.Gather(p[4], keys), r.Gather(p[5], keys), .. p.Skip(8)];
        IReadOnlyList<IrType> types = [.. inner.Select(static v => v.Type)];
        Value attended = r.If(
            r.Greater(r.Mul(queryCount, keyCount), r.Int(DType.I64, 0)),
            [.. inner],
            Regions.Of(types, (b, c) => [b.Emit(Inner(c, op))], [NotEmpty(inner[0]), NotEmpty(inner[1])]),
            Regions.Of(types, (b, c) => [b.Expand(b.Float(c[0].DType, 0), [c[0].Shape[0], c[0].Shape[1], c[2].Shape[2]])]))[0];
        return [p[1], r.SequenceInsert(p[2], attended)];
    }

    private static Constraint NotEmpty(Value rows) => new Constraint.GreaterEqual(rows.Shape[0], 1);

    // cu[i], cu[i] + 1, …, cu[i + 1] − 1, and how many they are
    private static (Value Rows, Value Count) Rows(GraphBuilder r, Value round, Value cu)
    {
        Value one = r.Int(DType.I64, 1);
        Value start = r.Gather(cu, round);
        Value end = r.Gather(cu, r.Add(round, one));
        return (r.Range(start, end, one), r.Sub(end, start));
    }

    private static Attention Inner(IReadOnlyList<Value> c, PackedAttention op)
    {
        int next = 3;
        return new Attention(
            c[0], c[1], c[2],
            op.Bias is null ? null : c[next++],
            op.QNorm is null ? null : c[next++],
            op.KNorm is null ? null : c[next])
        {
            Scale = op.Scale,
            Causal = op.Causal,
            WindowLeft = op.WindowLeft,
            WindowRight = op.WindowRight,
            Softcap = op.Softcap,
            NormEpsilon = op.NormEpsilon,
        };
    }

    private static PackedAttention InF32(GraphBuilder g, PackedAttention op) => op with
    {
        Q = g.Cast(op.Q, DType.F32),
        K = g.Cast(op.K, DType.F32),
        V = g.Cast(op.V, DType.F32),
        Bias = op.Bias is null ? null : g.Cast(op.Bias, DType.F32),
        QNorm = op.QNorm is null ? null : g.Cast(op.QNorm, DType.F32),
        KNorm = op.KNorm is null ? null : g.Cast(op.KNorm, DType.F32),
    };
}
