namespace Tessera.Ir.Ops;

/// <summary>Attention by matrix products and a softmax in f32, for targets that lack an attention op.</summary>
internal sealed class AttentionPrimitives(GraphBuilder g)
{
    /// <summary>Added to the logits: <c>[B|1, H|1, n, m]</c>.</summary>
    public Value? Mask { get; init; }

    public required double Scale { get; init; }

    public double Softcap { get; init; }

    /// <summary>Flags <c>[B|1, H|1, n, m]</c>: where they are false, logits become <see cref="Fill"/> before the mask is added.</summary>
    public Value? Visible { get; init; }

    public double Fill { get; init; }

    /// <summary>Which logits to give out.</summary>
    public LogitsStage Stage { get; init; }

    /// <summary><c>q[B, n, H, D], k[B, m, G, D], v[B, m, G, E] → [B, n, H, E]</c>, and the logits <c>[B, H, n, m]</c>.</summary>
    public (Value Result, Value? Logits) Build(Value q, Value k, Value v)
    {
        DType dtype = q.DType;
        (Dim b, Dim n, Dim m) = (q.Shape[0], q.Shape[1], k.Shape[1]);
        (Dim heads, Dim kvHeads) = (q.Shape[2], k.Shape[2]);
        Dim groups = Dim.FloorDiv(heads, kvHeads);

        // [B, G, H/G · n, D]: query heads that share a key head become more rows of one product.
        Value rows = g.Reshape(g.Transpose(q, [0, 2, 1, 3]), [b, kvHeads, groups * n, q.Shape[3]]);
        Value raw = g.MatMul(g.Mul(rows, g.Float(dtype, Scale)), g.Transpose(k, [0, 2, 3, 1]));
        Value product = g.Reshape(ToF32(raw), [b, heads, n, m]);
        Value capped = Capped(product);
        Value biased = Biased(capped);
        Value weights = g.Softmax(biased);
        Value mixed = g.MatMul(g.Reshape(weights, [b, kvHeads, groups * n, m]), g.Transpose(ToF32(v), [0, 2, 1, 3]));
        Value result = g.Transpose(g.Reshape(mixed, [b, heads, n, v.Shape[3]]), [0, 2, 1, 3]);
        Value? logits = Stage switch
        {
            LogitsStage.Product => product,
            LogitsStage.Capped => capped,
            LogitsStage.Biased => biased,
            LogitsStage.Weights => weights,
            _ => null,
        };
        return (To(result, dtype), logits is null ? null : To(logits, dtype));
    }

    private Value Capped(Value logits) => Softcap > 0
        ? g.Mul(g.Tanh(g.Div(logits, g.Float(logits.DType, Softcap))), g.Float(logits.DType, Softcap))
        : logits;

    private Value Biased(Value logits)
    {
        logits = Visible is null ? logits : g.Where(Visible, logits, g.Float(logits.DType, Fill));
        return Mask is null ? logits : g.Add(logits, ToF32(Mask));
    }

    private Value To(Value x, DType dtype) => x.DType == dtype ? x : g.Cast(x, dtype);

    private Value ToF32(Value x) => x.DType is DType.F32 or DType.F64 ? x : g.Cast(x, DType.F32);
}
