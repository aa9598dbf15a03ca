using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Fusion;

/// <summary>Puts a rotation of heads, which may stand before or behind the tokens, in the order that the op has: <c>[…, n, H, D]</c>.</summary>
internal static class RotaryLayout
{
    private static readonly EquatableArray<long> s_swap = [0, 2, 1, 3];

    /// <summary>
    /// The rotation of x by angles that broadcast to it, one for each pair of features, a head axis of size 1 or none among theirs;
    /// null where they differ by head, or are fewer or more than the pairs.
    /// </summary>
    public static Value? Rotate(Value x, Value cos, Value sin, bool interleaved, RewriteContext context)
    {
        int rank = x.Rank;
        if (cos.Rank == 0 || cos.Shape[^1] * 2 != x.Shape[^1] || !cos.Shape.Equals(sin.Shape))
        {
            return null;
        }

        if (rank >= 3 && IsShared(cos, x, rank - 2))
        {
            return Rotate(x, Without(cos, x, rank - 2, context), Without(sin, x, rank - 2, context), interleaved, x.Shape, context);
        }

        if (rank == 4 && IsShared(cos, x, 1))
        {
            Value tokens = context.Emit(new Transpose(x) { Perm = s_swap });
            Value? turned = Rotate(tokens, Without(cos, x, 1, context), Without(sin, x, 1, context), interleaved, tokens.Shape, context);
            return turned is null ? null : context.Emit(new Transpose(turned) { Perm = s_swap });
        }

        // No heads: one for each token.
        return rank is 2 or 3 ? Rotate(context.Emit(new Reshape(x) { Shape = x.Shape.Insert(rank - 1, Dim.One) }), cos, sin, interleaved, x.Shape, context) : null;
    }

    private static Value? Rotate(Value x, Value cos, Value sin, bool interleaved, Shape shape, RewriteContext context)
    {
        Shape tokens = x.Shape.Slice(0, x.Rank - 2);
        Shape angles = cos.Shape.Slice(0, cos.Rank - 1);
        if (Shape.Broadcast(tokens, angles, context.Facts).Shape?.Equals(tokens) != true)
        {
            return null;
        }

        Value turned = context.Emit(new RotaryEmbedding(x, cos, sin) { Interleaved = interleaved });
        return turned.Shape.Equals(shape) ? turned : context.Emit(new Reshape(turned) { Shape = shape });
    }

    // Whether the angles are the same along an axis of x, which they have with size 1 or lack.
    private static bool IsShared(Value angles, Value x, int axis) => axis - (x.Rank - angles.Rank) is var at && (at < 0 || angles.Shape[at] == Dim.One);

    private static Value Without(Value angles, Value x, int axis, RewriteContext context)
    {
        int at = axis - (x.Rank - angles.Rank);
        return at < 0 ? angles : context.Emit(new Reshape(angles) { Shape = angles.Shape.RemoveAt(at) });
    }
}
