using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Fusion;

/// <summary>
/// conv(x·c, w, b)  →  conv(x, w·c, b);  conv(x + c, w, b)  →  conv(x, w, b + Σ w·c) where nothing is padded, c one number for each
/// channel;  conv(x·s + c, w, b)  →  conv(x + c/s, w·s, b) where something is: zeros stay zeros under a factor, not under a term.
/// </summary>
public sealed class FoldBeforeConv : RewriteRule<Conv>
{
    public override Value? Apply(Conv conv, RewriteContext context)
    {
        if (conv.X.Op is not BinaryOp { B.Op: Constant } inner || inner is not (Mul or Add) || ChannelConstant.Of(inner.B, inner.A.Shape) is not { } c)
        {
            return null;
        }

        return !context.HasSingleUse(conv.X) ? context.Reject(conv, "what is convolved has other users")
            : conv.Group != 1 && c.Numbers.Length > 1 ? context.Reject(conv, "channels of groups have numbers of their own")
            : inner is Mul ? Scale(conv, inner.A, c, context)
            : Shift(conv, inner.A, c, context);
    }

    private static Value? Scale(Conv conv, Value x, ChannelConstant c, RewriteContext context) => !c.IsFactor
        ? context.Reject(conv, "a factor is 0 or not finite")
        : c.Times(conv.W, 1, context) is { } kernel ? context.Emit(conv with { X = x, W = kernel })
        : context.Reject(conv, "the kernel is not known, or a product with it overflows or vanishes");

    // x·s + c is (x + c/s)·s: the weight takes the factor in, and what is padded stays 0.
    private static Value? Unscaled(Conv conv, Value scaled, ChannelConstant c, RewriteContext context)
    {
        if (scaled.Op is not Mul { A: var x, B: { Op: Constant } factor } || ChannelConstant.Of(factor, x.Shape) is not { } s
            || s.DType != c.DType || !context.HasSingleUse(scaled) || (conv.Group != 1 && s.Numbers.Length > 1))
        {
            return null;
        }

        int count = Math.Max(s.Numbers.Length, c.Numbers.Length);
        ChannelConstant term = c with { Numbers = [.. Enumerable.Range(0, count).Select(i => c[i] / s[i])] };
        return c.IsModerate && term.IsModerate && s.Times(conv.W, 1, context) is { } kernel
            ? context.Emit(conv with { X = context.Emit(new Add(x, term.OfImages(x.Rank, context))), W = kernel })
            : null;
    }

    // Sums are taken in double in the order of the weight's elements, so that every machine gives the same bytes.
    private static Value? Shift(Conv conv, Value x, ChannelConstant c, RewriteContext context)
    {
        if (conv.Pads.Any(static p => p != 0))
        {
            return Unscaled(conv, x, c, context) ?? context.Reject(conv, "padding is 0 and would have to be the term");
        }

        if (!c.IsModerate || conv.W.Op is not Constant { Value: { Count: > 0 } content } || conv.Bias is { Op: not Constant })
        {
            return context.Reject(conv, "the weight is not a constant, or a term not finite or large");
        }

        RefTensor w = RefTensors.FromContent(content);
        (int channels, int inputs) = ((int)w.Dims[0], (int)w.Dims[1]);
        int window = w.Count / (channels * inputs);
        double[] sums = new double[channels];
        for (int i = 0; i < w.Count; i++)
        {
            sums[i / (inputs * window)] += w.F[i] * c[i / window % inputs];
        }

        if (!sums.All(s => double.IsFinite(RefTensors.Round(w.DType, s))))
        {
            return context.Reject(conv, "the terms add up to more than a bias holds");
        }

        Value shift = context.Emit(new Constant { Value = RefTensors.ToContent(RefTensor.Floats(w.DType, [channels], [.. sums.Select(s => RefTensors.Round(w.DType, s))])) });
        return context.Emit(conv with { X = x, Bias = conv.Bias is { } bias ? context.Emit(new Add(bias, shift)) : shift });
    }
}
