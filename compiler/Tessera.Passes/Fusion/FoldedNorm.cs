using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Fusion;

/// <summary>
/// <c>x·i + (b − m·i)</c> with <c>i = g / √s</c>, the gain g and the bias b perhaps absent: a norm as Keras and TensorFlow fold
/// it, which is <c>(x − m) / √s · g + b</c>.
/// </summary>
internal sealed record FoldedNorm(Value X, Value Mean, Value S, Value? Gain, Value? Bias)
{
    /// <summary>The ways to read a sum or a difference as one.</summary>
    public static IEnumerable<FoldedNorm> Of(BinaryOp op) => op switch
    {
        Add sum => Scaled(sum.A, sum.B, isNegative: false).Concat(Scaled(sum.B, sum.A, isNegative: false)),
        Sub difference => Scaled(difference.A, difference.B, isNegative: true),
        _ => [],
    };

    private static IEnumerable<FoldedNorm> Scaled(Value scaled, Value rest, bool isNegative)
    {
        if (scaled.Op is not Mul mul)
        {
            yield break;
        }

        foreach ((Value x, Value by) in new[] { (mul.A, mul.B), (mul.B, mul.A) })
        {
            (Value Mean, Value? Bias)? offset = isNegative ? Times(rest, by) is { } taken ? (taken, null) : null : Offset(rest, by);
            if (offset is not var (mean, bias))
            {
                continue;
            }

            foreach (OverRoot form in NormPatterns.Inverse(x, by))
            {
                yield return new FoldedNorm(x, mean, form.S, form.Gain, bias);
            }
        }
    }

    // m and b in b − m·i, however it is written; no b in −(m·i).
    private static (Value Mean, Value? Bias)? Offset(Value rest, Value by) => rest.Op switch
    {
        Sub { A: var bias, B: var product } when Times(product, by) is { } mean => (mean, bias),
        Add { A: var a, B: var b } when Negative(a, by) is { } mean => (mean, b),
        Add { A: var a, B: var b } when Negative(b, by) is { } mean => (mean, a),
        _ when Negative(rest, by) is { } mean => (mean, null),
        _ => null,
    };

    private static Value? Negative(Value value, Value by) => value.Op is Neg { X: var product } ? Times(product, by)
        : Times(value, by) is { Op: Neg minus } ? minus.X
        : null;

    private static Value? Times(Value product, Value by) => product.Op is not Mul mul ? null
        : ReferenceEquals(mul.B, by) ? mul.A
        : ReferenceEquals(mul.A, by) ? mul.B
        : null;
}
