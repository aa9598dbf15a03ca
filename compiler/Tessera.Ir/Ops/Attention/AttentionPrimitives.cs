namespace Tessera.Ir.Ops;

/// <summary>Attention by matrix products and a softmax in f32, for targets that lack an attention op.</summary>
internal static class AttentionPrimitives
{
    /// <summary><c>q[B, n, H, D], k[B, m, G, D], v[B, m, G, E] → [B, n, H, E]</c>; mask <c>[B|1, H|1, n, m]</c> is added to the logits.</summary>
    public static Value Build(GraphBuilder g, Value q, Value k, Value v, Value? mask, double scale, double softcap)
    {
        DType dtype = q.DType;
        (Dim b, Dim n, Dim m) = (q.Shape[0], q.Shape[1], k.Shape[1]);
        (Dim heads, Dim kvHeads) = (q.Shape[2], k.Shape[2]);
        Dim groups = Dim.FloorDiv(heads, kvHeads);

        // [B, G, H/G · n, D]: query heads that share a key head become more rows of one product.
        Value rows = g.Reshape(g.Transpose(q, [0, 2, 1, 3]), [b, kvHeads, groups * n, q.Shape[3]]);
        Value logits = g.MatMul(g.Mul(rows, g.Float(dtype, scale)), g.Transpose(k, [0, 2, 3, 1]));
        logits = g.Reshape(ToF32(g, logits), [b, heads, n, m]);
        if (softcap > 0)
        {
            Value cap = g.Float(logits.DType, softcap);
            logits = g.Mul(g.Tanh(g.Div(logits, cap)), cap);
        }

        logits = mask is null ? logits : g.Add(logits, ToF32(g, mask));
        Value weights = g.Softmax(logits);
        Value mixed = g.MatMul(g.Reshape(weights, [b, kvHeads, groups * n, m]), g.Transpose(ToF32(g, v), [0, 2, 1, 3]));
        Value result = g.Transpose(g.Reshape(mixed, [b, heads, n, v.Shape[3]]), [0, 2, 1, 3]);
        return result.DType == dtype ? result : g.Cast(result, dtype);
    }

    private static Value ToF32(GraphBuilder g, Value x) => x.DType is DType.F32 or DType.F64 ? x : g.Cast(x, DType.F32);
}
