using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Fusion;

/// <summary>Ops that move elements about, emitted in the shortest form: transposes of transposes are one, or none.</summary>
internal static class Axes
{
    /// <summary>A transpose, composed with one that the value is, or with one that it is part of where the two come to nothing.</summary>
    public static Value Transpose(Value x, RewriteContext context, params ReadOnlySpan<int> perm)
    {
        long[] axes = [.. perm.ToArray().Select(static a => (long)a)];
        if (x.Op is Transpose inner)
        {
            (axes, x) = ([.. axes.Select(a => inner.Perm[(int)a])], inner.X);
        }

        return IsIdentity(axes) ? x : Picked(x, axes, context) ?? context.Emit(new Transpose(x) { Perm = [.. axes] });
    }

    // One of several that were exchanged together, as the queries in [3, B, H, n, D]: it can be taken before.
    private static Value? Picked(Value x, long[] axes, RewriteContext context)
    {
        (Op pick, int axis, Transpose all)? found = x.Op switch
        {
            Gather { Data.Op: Transpose t, Indices.Rank: 0 } gather => (gather, (int)(gather.Axis < 0 ? gather.Axis + t.X.Rank : gather.Axis), t),
            Reshape { X.Op: Slice { X.Op: Transpose t, Axes: [var axis] } slice } when axis >= 0 && slice.Outputs[0].Shape[(int)axis] == Dim.One
                && context.Equal(slice.Outputs[0].Shape.RemoveAt((int)axis), x.Shape) => (slice, (int)axis, t),
            _ => null,
        };
        if (found is not var (pick, at, transpose))
        {
            return null;
        }

        long from = transpose.Perm[at];
        long[] rest = [.. transpose.Perm.Where(a => a != from).Select(a => a > from ? a - 1 : a)];
        if (!IsIdentity(axes.Select(a => rest[a])))
        {
            return null;
        }

        return pick is Slice part
            ? context.Emit(part with { X = transpose.X, Axes = [from] }) is var taken ? Reshape(taken, taken.Shape.RemoveAt((int)from), context) : null
            : context.Emit(((Gather)pick) with { Data = transpose.X, Axis = from });
    }

    private static bool IsIdentity(IEnumerable<long> perm) => perm.Select(static (a, i) => a == i).All(static same => same);

    public static Value Swap(Value x, int a, int b, RewriteContext context) =>
        Transpose(x, context, [.. Enumerable.Range(0, x.Rank).Select(i => i == a ? b : i == b ? a : i)]);

    /// <summary>A reshape, composed with one that the value is; none where the shape is the same.</summary>
    public static Value Reshape(Value x, Shape shape, RewriteContext context)
    {
        if (context.Equal(x.Shape, shape))
        {
            return x;
        }

        x = x.Op is Reshape inner ? inner.X : x;
        return context.Equal(x.Shape, shape) ? x : context.Emit(new Reshape(x) { Shape = shape });
    }

    /// <summary>
    /// A mask over <c>[from…, n, m]</c> as one that says the same over <c>[to…, n, m]</c>, the same axes cut otherwise. Axes that
    /// are equal at the end stay as they are; of those before, only what differs from example to example is repeated.
    /// </summary>
    public static Value? Align(Value mask, Shape from, Shape to, RewriteContext context)
    {
        if (mask.Rank > from.Rank + 2)
        {
            return null;
        }

        if (context.Equal(from, to) || mask.Rank <= 2)
        {
            return mask;
        }

        int same = 0;
        while (same < Math.Min(from.Rank, to.Rank) && context.Equal(from[from.Rank - 1 - same], to[to.Rank - 1 - same]))
        {
            same++;
        }

        Shape own = [.. Enumerable.Repeat(Dim.One, from.Rank + 2 - mask.Rank), .. mask.Shape];
        Dim[] kept = [.. own.Skip(from.Rank - same)];
        if (own.Take(from.Rank - same).All(static d => d == Dim.One))
        {
            return Reshape(mask, [.. Enumerable.Repeat(Dim.One, to.Rank - same), .. kept], context);
        }

        Value spread = context.Emit(new Expand(Reshape(mask, own, context)) { Shape = [.. from.SkipLast(same), .. kept] });
        return Reshape(spread, [.. to.SkipLast(same), .. kept], context);
    }
}
