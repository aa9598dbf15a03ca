namespace Tessera.Ir.Ops;

/// <summary>
/// What attention over one sequence and over packed sequences share: which keys a query sees and how logits are formed.
/// Order: QK-norm, dot · scale, softcap, + relative bias, mask, softmax. A query that sees no key gives 0.
/// </summary>
public abstract record AttentionOp : Op
{
    /// <summary>Factor on the dot products; 0 stands for 1/√D.</summary>
    public Real Scale { get; init; }

    /// <summary>Key j is visible to query i only if j ≤ i, both counted from the start of their sequence.</summary>
    public bool Causal { get; init; }

    /// <summary>Key j is visible to query i only if j ≥ i − this; −1 for no bound.</summary>
    public long WindowLeft { get; init; } = -1;

    /// <summary>Key j is visible to query i only if j ≤ i + this; −1 for no bound.</summary>
    public long WindowRight { get; init; } = -1;

    /// <summary>c &gt; 0 bounds logits smoothly: <c>c · tanh(s / c)</c>; 0 leaves them.</summary>
    public Real Softcap { get; init; }

    /// <summary>ε of the RMS norms on queries and keys.</summary>
    public Real NormEpsilon { get; init; } = 1e-6;

    /// <summary>The factor in force for heads of this size.</summary>
    public double EffectiveScale(long headDim) => Scale.Value == 0 ? 1 / Math.Sqrt(headDim) : Scale.Value;

    /// <summary>The same for a head size that may be known only at run time, which a factor that is given does not ask for.</summary>
    /// <exception cref="TesseraException">TSR0211: no factor is given and the head size is not fixed.</exception>
    public double EffectiveScale(Dim headDim) => Scale.Value != 0 ? Scale.Value : EffectiveScale(headDim.ConstValue ?? throw new TesseraException(
        "TSR0211", "", $"attention: the head size must be fixed where no scale is given; it is {headDim}."));

    /// <summary>Whether position alone lets query i see key j.</summary>
    internal bool Sees(long i, long j) => (!Causal || j <= i)
        && (WindowLeft < 0 || j >= i - WindowLeft)
        && (WindowRight < 0 || j <= i + WindowRight);

    /// <summary>Whether position restricts what a query sees.</summary>
    internal bool HasWindow => WindowLeft >= 0 || WindowRight >= 0;

    /// <summary>The common checks of attributes, element types and shapes.</summary>
    private protected void CheckHeads(InferContext context, Value q, Value k, Value v, int rank)
    {
        CheckAttributes(context);
        context.RequireSameDType(q, k);
        context.RequireSameDType(q, v);
        (Shape sq, Shape sk, Shape sv) = (context.ShapeOf(q), context.ShapeOf(k), context.ShapeOf(v));
        if (sq.Rank != rank || sk.Rank != rank || sv.Rank != rank || !q.DType.IsFloat())
        {
            throw context.Error("TSR0211", $"q, k and v must be float of rank {rank}, […, tokens, heads, head size]; they are {q.Type}, {k.Type} and {v.Type}.");
        }

        context.RequireEqual(sq[rank - 1], sk[rank - 1], "head sizes of q and k");
        context.RequireEqual(sk[rank - 2], sv[rank - 2], "heads of k and v");
        context.RequireEqual(sk[rank - 3], sv[rank - 3], "tokens of k and v");
        if (sq[rank - 2].ConstValue is not { } heads || sk[rank - 2].ConstValue is not { } kvHeads || kvHeads == 0 || heads % kvHeads != 0)
        {
            throw context.Error("TSR0211", $"query heads must be a fixed multiple of key heads; they are {sq[rank - 2]} and {sk[rank - 2]}.");
        }
    }

    private void CheckAttributes(InferContext context)
    {
        foreach ((string name, long window) in (ReadOnlySpan<(string, long)>)[("window_left", WindowLeft), ("window_right", WindowRight)])
        {
            if (window < -1)
            {
                throw context.Error("TSR0211", $"{name} is {window}.", "It must be 0 or more, or −1 for no bound.");
            }
        }

        foreach ((string name, Real value, bool mayBeNegative) in (ReadOnlySpan<(string, Real, bool)>)[
            ("scale", Scale, true), ("softcap", Softcap, false), ("norm_epsilon", NormEpsilon, false)])
        {
            if (!double.IsFinite(value.Value) || (!mayBeNegative && value.Value < 0))
            {
                throw context.Error("TSR0211", $"{name} is {value}.", mayBeNegative ? "It must be finite." : "It must be finite and 0 or more.");
            }
        }
    }

    private protected static void CheckOptional(InferContext context, Value q, Value? bias, Value? qNorm, Value? kNorm)
    {
        Shape sq = context.ShapeOf(q);
        if (bias is not null)
        {
            context.RequireSameDType(q, bias);
            Shape table = context.ShapeOf(bias);
            if (table.Rank != 2 || table[1].ConstValue is not { } width || width % 2 == 0)
            {
                throw context.Error("TSR0211", $"the relative bias must be [heads, 2R + 1]; it is {bias.Type}.");
            }

            context.RequireEqual(table[0], sq[sq.Rank - 2], "heads of the bias and of q");
        }

        foreach (Value? gain in (ReadOnlySpan<Value?>)[qNorm, kNorm])
        {
            if (gain is not null)
            {
                context.RequireSameDType(q, gain);
                context.RequireEqual(context.ShapeOf(gain) is [var size] ? size : Dim.Const(-1), sq[sq.Rank - 1], "norm gain and head size");
            }
        }
    }
}
