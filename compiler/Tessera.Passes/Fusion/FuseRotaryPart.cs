using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Fusion;

/// <summary>concat(rotary_embedding(x[…, :R]), x[…, R:])  →  rotary_embedding(x), which leaves the features behind R alone.</summary>
public sealed class FuseRotaryPart : RewriteRule<Concat>
{
    public override Value? Apply(Concat op, RewriteContext context)
    {
        if (op.Inputs is not [var turned, var rest] || (op.Axis != -1 && op.Axis != turned.Rank - 1)
            || RotaryPart.Of(rest) is not { } tail)
        {
            return null;
        }

        // The heads may have been put behind the tokens for it.
        Transpose? swap = turned.Op as Transpose;
        if ((swap?.X ?? turned).Op is not RotaryEmbedding rotary || !IsHead(swap is null ? rotary.X : Unswapped(rotary.X, swap), tail))
        {
            return null;
        }

        Value x = swap is null ? tail.X : context.Emit(swap with { X = tail.X });
        Value whole = context.Emit(rotary with { X = x });
        return swap is null ? whole : context.Emit(swap with { X = whole });
    }

    private static Value? Unswapped(Value x, Transpose swap) =>
        x.Op is Transpose other && other.Perm == swap.Perm && swap.Perm is [0, 2, 1, 3] ? other.X : null;

    private static bool IsHead(Value? value, RotaryPart tail) => value is not null && RotaryPart.Of(value) is { Start: 0, Step: 1 } head
        && ReferenceEquals(head.X, tail.X) && head.Count == tail.Start && tail.X.Shape[^1].ConstValue == tail.Start + tail.Count;
}
