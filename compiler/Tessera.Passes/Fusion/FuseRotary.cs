using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Fusion;

/// <summary>
/// a, b the halves of x, or its even and odd features;  concat(a·cos − b·sin, a·sin + b·cos)  →  rotary_embedding(x, cos, sin),
/// interleaved where pairs are joined again.
/// </summary>
public sealed class FuseRotary : RewriteRule<Op>
{
    public override Value? Apply(Op op, RewriteContext context) => op switch
    {
        Concat { Inputs: [var left, var right], Axis: var axis } concat when axis == -1 || axis == left.Rank - 1
            => Match(concat, left, right, interleaved: false, context),
        Reshape { X: { Op: Concat { Inputs: [{ Op: Reshape left }, { Op: Reshape right }], Axis: var axis } } pairs } reshape
            when (axis == -1 || axis == pairs.Rank - 1) && IsJoined(reshape, left, right)
            => Match(reshape, left.X, right.X, interleaved: true, context),
        _ => null,
    };

    // […, h] and […, h], each under a last axis of 1, side by side there and then merged.
    private static bool IsJoined(Reshape joined, Reshape left, Reshape right) =>
        left.Shape.Equals(left.X.Shape.Add(Dim.One)) && right.Shape.Equals(right.X.Shape.Add(Dim.One))
        && joined.Shape.Equals(left.X.Shape.With(left.X.Rank - 1, left.X.Shape[^1] * 2));

    private static Value? Match(Op op, Value left, Value right, bool interleaved, RewriteContext context)
    {
        if (left.Op is not Sub { A.Op: Mul ac, B.Op: Mul bs } || right.Op is not Add { A.Op: Mul first, B.Op: Mul second })
        {
            return null;
        }

        (Value A, Value Cos, Value B, Value Sin)[] ways =
        [
            .. from p in Ways(ac)
               from q in Ways(bs)
               where (Is(first, p.X, q.Angle) && Is(second, q.X, p.Angle)) || (Is(second, p.X, q.Angle) && Is(first, q.X, p.Angle))
               select (p.X, p.Angle, q.X, q.Angle),
        ];
        foreach ((Value a, Value cos, Value b, Value sin) in ways)
        {
            if (RotaryPart.Of(a) is { } even && RotaryPart.Of(b) is { } odd && even.IsPairedWith(odd, interleaved))
            {
                return RotaryLayout.Rotate(even.X, cos, sin, interleaved, context)
                    ?? context.Reject(op, $"the angles {cos.Type} and {sin.Type} are not one for each token of {even.X.Type}");
            }
        }

        return ways.Length == 0 ? null : context.Reject(op, "what is turned are not the two halves of one value, or its even and odd features");
    }

    private static IEnumerable<(Value X, Value Angle)> Ways(Mul mul) => [(mul.A, mul.B), (mul.B, mul.A)];

    private static bool Is(Mul mul, Value a, Value b) =>
        (ReferenceEquals(mul.A, a) && ReferenceEquals(mul.B, b)) || (ReferenceEquals(mul.A, b) && ReferenceEquals(mul.B, a));
}
