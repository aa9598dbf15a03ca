using Tessera.Ir;
using Tessera.Ir.Ops;
using Tessera.Passes.Canonicalize;

namespace Tessera.Passes.Fusion;

/// <summary>
/// a, b the halves of x;  x·cos + concat(−b, a)·sin  →  rotary_embedding(x, cos, sin) where cos and sin have each angle twice;
/// so for even and odd features, interleaved.
/// </summary>
public sealed class FuseRotateHalf : RewriteRule<Add>
{
    public override Value? Apply(Add op, RewriteContext context) =>
        op is { A.Op: Mul first, B.Op: Mul second } ? Match(op, first, second, context) ?? Match(op, second, first, context) : null;

    private static Value? Match(Add op, Mul plain, Mul turned, RewriteContext context)
    {
        (Value Rotated, Value Sin)[] ways = [(turned.A, turned.B), (turned.B, turned.A)];
        foreach ((Value rotated, Value sin) in ways)
        {
            if (Rotated(rotated) is not (var x, var interleaved) || Other(plain, x) is not { } cos)
            {
                continue;
            }

            RepeatedAngles angles = new(interleaved, context);
            return angles.Once(cos) is not { } c ? context.Reject(op, $"the cosines {cos.Type} are not proved to have each angle twice")
                : angles.Once(sin) is not { } s ? context.Reject(op, $"the sines {sin.Type} are not proved to have each angle twice")
                : RotaryLayout.Rotate(x, c, s, interleaved, context)
                    ?? context.Reject(op, $"the angles {cos.Type} and {sin.Type} are not one for each token of {x.Type}");
        }

        return null;
    }

    private static Value? Other(Mul mul, Value x) => ReferenceEquals(mul.A, x) ? mul.B : ReferenceEquals(mul.B, x) ? mul.A : null;

    // concat(−b, a) of the halves a, b, or −b and a side by side, pair by pair.
    private static (Value X, bool Interleaved)? Rotated(Value value) => value.Op switch
    {
        Concat { Inputs: [var minus, var plain], Axis: var axis } when axis == -1 || axis == value.Rank - 1 => Pair(minus, plain, interleaved: false),
        Reshape { X: { Op: Concat { Inputs: [{ Op: Reshape minus }, { Op: Reshape plain }], Axis: var axis } } pairs } joined
            when (axis == -1 || axis == pairs.Rank - 1)
            && minus.Shape.Equals(minus.X.Shape.Add(Dim.One)) && plain.Shape.Equals(plain.X.Shape.Add(Dim.One))
            && joined.Shape.Equals(plain.X.Shape.With(plain.X.Rank - 1, plain.X.Shape[^1] * 2))
            => Pair(minus.X, plain.X, interleaved: true),
        _ => null,
    };

    private static (Value X, bool Interleaved)? Pair(Value minus, Value plain, bool interleaved) =>
        Negated(minus) is { } b && RotaryPart.Of(plain) is { } even && RotaryPart.Of(b) is { } odd && even.IsPairedWith(odd, interleaved)
            ? (even.X, interleaved)
            : null;

    private static Value? Negated(Value value) => value.Op switch
    {
        Neg neg => neg.X,
        Mul { A: var x, B: var minus } when Constants.IsAll(minus, -1) => x,
        _ => null,
    };
}
