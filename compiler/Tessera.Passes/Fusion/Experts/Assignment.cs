using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Fusion;

/// <summary>Which experts each token goes to and with what weight: <c>ids[…, k]</c> and <c>weights[…, k]</c> over the same tokens.</summary>
internal sealed record Assignment(Value Ids, Value Weights)
{
    private const int Deepest = 6;

    /// <summary>Number of experts that the ids count, as what makes them says; null where nothing does.</summary>
    public long? Experts => CountOf(Ids, Deepest);

    /// <summary>Whether no token names an expert twice, nor one that there is not: a law that asks relies on what selects them.</summary>
    public bool IsSelection(RewriteContext context)
    {
        if (Picker(Ids, Deepest) is not { } selection || !KeepsRows(selection))
        {
            return false;
        }

        context.RelyOn(selection);
        return true;
    }

    // A row holds one expert, or what was selected together: rows that are laid out anew may name one twice.
    private bool KeepsRows(Value selection) => Ids.Rank > 0 && (Ids.Shape[^1] == Dim.One || (selection.Producer is not ArgMax && Ids.Shape[^1] == selection.Shape[^1]));

    private static long? CountOf(Value ids, int depth) => Picker(ids, depth)?.Producer switch
    {
        TopK top => top.X.Shape[(int)(top.Axis < 0 ? top.Axis + top.X.Rank : top.Axis)].ConstValue,
        ArgMax most => most.X.Shape[(int)(most.Axis < 0 ? most.Axis + most.X.Rank : most.Axis)].ConstValue,
        Route route => route.Logits.Shape[1].ConstValue,
        _ => null,
    };

    // The indices of a top-k along the last axis, of an argmax, or of a routing that drops none.
    private static Value? Picker(Value ids, int depth) => depth == 0 ? null : ids.Producer switch
    {
        TopK top when ids.Index == 1 && (top.Axis == -1 || top.Axis == top.X.Rank - 1) => ids,
        ArgMax most when (most.Axis == -1 || most.Axis == most.X.Rank - 1) => ids,
        Route { HasSlots: false, IsWide: false } when ids.Index == 1 => ids,
        Cast { X.DType: DType.I64 or DType.I32, To: DType.I64 or DType.I32 } cast => Picker(cast.X, depth - 1),
        Reshape reshape => Picker(reshape.X, depth - 1),
        _ => null,
    };
}
