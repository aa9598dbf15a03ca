using Tessera.Ir;
using Tessera.Ir.Ops;
using Tessera.Passes.Canonicalize;

namespace Tessera.Passes.Fusion;

/// <summary>What a softmax's operand is made of when it is the logits of an attention.</summary>
/// <param name="Q"><c>[…, n, D]</c>.</param>
/// <param name="KT"><c>[…, D, m]</c>.</param>
/// <param name="Scale">Product of all single numbers on logits, queries and keys.</param>
/// <param name="Softcap">c in c·tanh(s/c); 0 for none.</param>
/// <param name="Mask">What is added, or null.</param>
internal sealed record AttentionLogits(Value Q, Value KT, double Scale, double Softcap, Value? Mask)
{
    public static AttentionLogits? Match(Value logits, RewriteContext context)
    {
        if (logits.Op is Add sum)
        {
            return WithoutMask(sum.A, context) is { } left ? left with { Mask = sum.B }
                : WithoutMask(sum.B, context) is { } right ? right with { Mask = sum.A }
                : null;
        }

        return WithoutMask(logits, context);
    }

    private static AttentionLogits? WithoutMask(Value logits, RewriteContext context)
    {
        (Value inner, double scale) = StripScale(logits);
        if (inner.Op is Tanh tanh && scale > 0)
        {
            (Value capped, double by) = StripScale(tanh.X);
            return Product(capped, by * scale, context) is { } product ? product with { Softcap = scale } : null;
        }

        return Product(inner, scale, context);
    }

    private static AttentionLogits? Product(Value value, double scale, RewriteContext context)
    {
        if (value.Op is not MatMul product)
        {
            return null;
        }

        (Value q, double onQ) = StripScale(product.A);
        (Value kT, double onK) = StripBelowTranspose(product.B, context);
        return new AttentionLogits(q, kT, scale * onQ * onK, 0, null);
    }

    // Canonical form has the transpose of scaled keys outside.
    private static (Value Value, double Scale) StripBelowTranspose(Value value, RewriteContext context)
    {
        (Value inner, double scale) = StripScale(value);
        if (inner.Op is Transpose transpose && StripScale(transpose.X) is ({ } x, var below) && below != 1)
        {
            return (context.Emit(transpose with { X = x }), scale * below);
        }

        return (inner, scale);
    }

    private static (Value Value, double Scale) StripScale(Value value)
    {
        double scale = 1;
        while (true)
        {
            switch (value.Op)
            {
                case Mul { A: var x, B: var c } when IsNumber(c, x, out double by):
                    (value, scale) = (x, scale * by);
                    break;
                case Div { A: var x, B: var c } when IsNumber(c, x, out double by) && by != 0:
                    (value, scale) = (x, scale / by);
                    break;
                default:
                    return (value, scale);
            }
        }
    }

    private static bool IsNumber(Value constant, Value x, out double number) =>
        Constants.IsSplat(constant, out number) && constant.Tensor.Shape!.NumElements == Dim.One && constant.Rank <= x.Rank;
}
